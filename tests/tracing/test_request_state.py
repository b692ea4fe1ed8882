"""A request folded from its events alone: what an approval said is over when somebody else refuses."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from epiloop.ledger.events import Entry, EventRef
from epiloop.operations.tracing import events as e
from epiloop.operations.tracing.state import fold

AT = datetime(2022, 7, 4, 8, tzinfo=UTC)
REQUEST = UUID(int=1)


def test_a_legal_order_that_the_second_refuses_has_no_end_and_names_no_unit_of_the_first():
    asked = e.VisitsAsked(UUID(int=2), True, AT, AT, "asker", "centre", AT + timedelta(days=1), "digest")
    approved = e.TraceApproved("first", "city", AT + timedelta(days=3))
    told = (asked, approved, e.TraceRefused("second", "another person"))
    entries = [Entry(EventRef(REQUEST, number + 1), body, AT, AT) for number, body in enumerate(told)]
    half, over = fold(REQUEST, entries[:2]), fold(REQUEST, entries)
    assert (half.step, half.decided_unit, half.expires) == ("asked", "city", AT + timedelta(days=3))
    assert (over.step, over.decided_by, over.decided_unit, over.expires) == ("refused", "second", "", None)
    assert over.approved == (("first", "city"),), "that the first had approved stays told"
