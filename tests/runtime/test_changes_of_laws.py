"""What a changed law changes, filled in for somebody alike, is what comes of working out both and comparing."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.cast import BEFORE_ALL, HERE, adopted, book
from tests.rules.test_engines_agree import AROUND, streams
from tests.runtime.test_patterns import CONTACT, FIRST, OTHER, as_bytes, moved, thorough

from epiloop.core.subjects import EventRef
from epiloop.operations.duties.state import Risen
from epiloop.rules.facts import Fact
from epiloop.rules.loader import load_text
from epiloop.rules.regimes import Adoption
from epiloop.runtime.laws import Laws
from epiloop.runtime.rows.changes import Changes
from epiloop.runtime.rows.patterns import Planned, counts_of, patterns_of
from epiloop.runtime.rows.snapshots import Snapshot, Told, read
from epiloop.store.counting import Place, tally
from epiloop.store.tables import TABLES
from epiloop.store.writing import Difference


@cache
def laws() -> tuple[Laws, Laws]:
    """The rulebook `cn`, and the same with another day of sampling from an instant within a change of regime."""
    before = adopted(book("cn"), book("who"))
    text = book("cn").text.replace("[1, 2, 3, 5, 7]", "[1, 2, 4, 5, 7]")
    since = datetime(2022, 7, 1, 3, tzinfo=UTC)
    return Laws(before), Laws((*before, Adoption(load_text(text), BEFORE_ALL, since)), b"changed")


def plans(told: Told) -> tuple[Planned, Planned]:
    before, after = (patterns_of(some).worked_out(told, HERE) for some in laws())
    return before, after


def check(difference: Difference, told: Told) -> None:
    """The rows of before without those gone, and those that came, are the rows of after; so are the counts."""
    before, after = plans(told)
    keys = set(difference.gone)
    gone = [row for row in before.rows if (type(row), tuple(getattr(row, c) for c in TABLES[type(row)].key)) in keys]
    assert len(gone) == len(keys) == len(difference.gone)
    kept = [row for row in before.rows if row not in gone]
    assert all(row in after.rows for row in kept)
    more = [row for row in after.rows if row not in kept]
    assert as_bytes(Planned(difference.rows, None, None)) == as_bytes(Planned(more, None, None))
    counts: Counter[Place] = tally(counts_of(before, told))
    for place, n in difference.counts:
        counts[place] += n
    assert +counts == tally(counts_of(after, told))
    assert min(counts.values(), default=0) >= 0
    held = (after.since, after.until)
    assert difference.held in ((None, held) if held == (before.since, before.until) else (held,))


@thorough
@given(data=st.data())
def test_a_change_filled_in_is_the_change_worked_out(data: st.DataObject) -> None:
    facts = data.draw(streams(data.draw(st.sampled_from(AROUND["cn"]))))
    shifts = st.sampled_from([0, 0, 0, 1, -1, 40, -40, 59 * 60, -59 * 60, 24 * 60, 13, 420])
    risen = st.sampled_from([None, 0, 30, 3000])
    key = ("close-contact#1", "sample@centralised.1", 1)
    changes = Changes(*laws())
    for number in range(5):
        others = moved(facts, [timedelta(minutes=data.draw(shifts)) if number > 1 else timedelta() for _ in facts])
        later = data.draw(risen) if number else None
        steps = {} if later is None else {key: Risen(*key, facts[0].at + timedelta(minutes=later))}
        told = Told(FIRST if number % 2 else OTHER, others, steps)
        check(changes.worked_out(told), told)
        known = kept(told)
        again = changes.known(known) if known else None
        if again:
            check(again, told)


def kept(told: Told) -> Snapshot | None:
    """The snapshot as it is read back."""
    made = told.snapshot
    assert made is None or read(made.row()) == made
    return made


def test_the_third_person_alike_needs_no_more_than_a_snapshot() -> None:
    changes = Changes(*laws())
    at, values = CONTACT
    facts = [Fact("contact-determined", at, at, values, EventRef(FIRST.subject, 1))]
    known = [kept(Told(OTHER, moved(facts, [timedelta(minutes=n)]), {})) for n in range(3)]
    assert changes.known(known[2]) is None  # type: ignore[arg-type]
    for n in range(2):
        changes.worked_out(Told(OTHER, moved(facts, [timedelta(minutes=n)]), {}))
    found = changes.known(known[2])  # type: ignore[arg-type]
    assert found is not None
    assert len(found.gone) < len(plans(Told(OTHER, facts, {}))[0].rows)
    assert found.rows


def test_a_snapshot_tells_apart_what_laws_may_tell_apart() -> None:
    at, values = CONTACT

    def digest(said: dict[str, object], **more: Any) -> bytes:
        fact = Fact("contact-determined", more.get("at", at), at, said, EventRef(FIRST.subject, 1))  # type: ignore[arg-type]
        found = Told(more.get("whose", FIRST), [fact], more.get("steps", {})).snapshot
        assert found is not None
        return found.likeness

    same = digest(values)
    assert digest({**values, "link": "b"}, whose=OTHER) == same
    assert digest(values, at=at + timedelta(minutes=5)) == same
    assert digest({**values, "ring": 2}) != same
    assert digest({**values, "last_exposure": date(2022, 6, 27)}) != same
    step = Risen("close-contact#1", "sample@centralised.1", 1, at)
    assert digest(values, steps={("close-contact#1", "sample@centralised.1", 1): step}) != same
