"""A stage or a status that a change of regime leaves as it is stays one row, and says at every instant what two did."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.instants import Interval
from epiloop.rules.plan import Clause, Plan, StatusSpan
from epiloop.runtime.rows.plans import Whose, plan_rows
from epiloop.store.tables import StatusRow

START = datetime(2022, 7, 1, tzinfo=UTC)
WHOSE = Whose(UUID(int=1), "person", 4502260010010000)


def span(first: int, last: int, stage: str = "home", loop: str = "a") -> StatusSpan:
    clause = Clause("cn", "close-contact", "2022-06-28", f"stages.{stage}", "a source")
    held = Interval(START + timedelta(hours=first), START + timedelta(hours=last))
    return StatusSpan(loop, stage, held, clause, "as planned", 30)


def rows(*spans: StatusSpan) -> list[StatusRow]:
    return [row for row in plan_rows(WHOSE, Plan(statuses=spans), {}) if isinstance(row, StatusRow)]


def at(row: StatusRow, hour: int) -> bool:
    return row.starts <= START + timedelta(hours=hour) < row.ends


def test_what_goes_on_is_one_row() -> None:
    (one,) = rows(span(0, 5), span(5, 9), span(9, 12))
    assert (one.starts, one.ends) == (START, START + timedelta(hours=12))


def test_what_is_something_else_or_comes_later_is_another_row() -> None:
    assert len(rows(span(0, 5), span(5, 9, "centralised"))) == 2
    assert len(rows(span(0, 5), span(6, 9))) == 2
    assert len(rows(span(0, 5), span(5, 9, loop="b"))) == 2


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1), st.sampled_from(["home", "centralised"])), max_size=8))
def test_at_every_hour_the_rows_say_what_the_spans_say(drawn: list[tuple[int, int, str]]) -> None:
    spans: list[StatusSpan] = []
    hour = 0
    for length, gap, stage in drawn:
        spans.append(span(hour + gap, hour + gap + length, stage))
        hour += gap + length
    for when in range(hour + 1):
        wanted = [one.status for one in spans if START + timedelta(hours=when) in one.span]
        assert [row.status for row in rows(*spans) if at(row, when)] == wanted
