"""Rows filled into a pattern are the rows that the rules give, whoever the pattern was made of."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.cast import HERE, adopted, book
from tests.rules.test_engines_agree import AROUND, LAB, streams

from epiloop.core.subjects import EventRef
from epiloop.operations.duties.state import Risen
from epiloop.rules.facts import Fact
from epiloop.rules.regimes import Context
from epiloop.runtime.rows.patterns import Patterns, Planned, counts_of
from epiloop.runtime.rows.plans import Whose
from epiloop.runtime.rows.snapshots import Told
from epiloop.store.binary import packed as pack
from epiloop.store.counting import Place, tally
from epiloop.store.tables import TABLES, Packed

FIRST = Whose(UUID(int=77), "person", 4502260010010000, UUID(int=78))
OTHER = Whose(UUID(int=99), "person", 4502260020310000, None)
RULES = {"cn": adopted(book("cn"), book("who")), "lab": adopted(LAB)}
CONTACT = (
    datetime(2022, 6, 28, 3, tzinfo=UTC),
    {"disease": "covid-19", "ring": 1, "last_exposure": date(2022, 6, 28), "link": "a"},
)

thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def moved(facts: list[Fact], by: list[timedelta]) -> list[Fact]:
    """Another person's facts: the same said of other samples, each a little earlier or later."""
    return [
        Fact(
            fact.kind,
            fact.at + shift,
            fact.recorded_at,
            {name: f"other {value}" if name == "sample" else value for name, value in fact.values.items()},
            fact.event and EventRef(OTHER.subject, fact.event.version),
        )
        for fact, shift in zip(facts, by, strict=True)
    ]


def in_order(planned: Planned) -> tuple[list[tuple[type, tuple[object, ...]]], object]:
    return sorted(((type(row), tuple(row)) for row in planned.rows), key=repr), planned.until


def as_bytes(planned: Planned) -> tuple[dict[type, bytes], object]:
    """The rows of each table as they are written."""
    pieces: dict[type, bytes] = {}
    for row in planned.rows:
        of = row.of if isinstance(row, Packed) else type(row)
        more = row.rows if isinstance(row, Packed) else pack(TABLES[of].types, [row])
        pieces[of] = pieces.get(of, b"") + more
    return pieces, planned.until


def counts(planned: Planned, told: Told) -> Counter[Place]:
    """What rows count for, some of them packed."""
    plain = Planned([row for row in planned.rows if not isinstance(row, Packed)], planned.since, planned.until)
    found = tally(counts_of(plain, told))
    for place, n in (one for row in planned.rows if isinstance(row, Packed) for one in row.counts):
        found[place] += n
    return found


@thorough
@given(data=st.data())
def test_rows_filled_into_a_pattern_are_those_the_rules_give(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["cn", "lab"]))
    facts = data.draw(streams(data.draw(st.sampled_from(AROUND[name]))))
    shifts = st.sampled_from([0, 0, 0, 1, -1, 40, -40, 59 * 60, -59 * 60, 24 * 60, 13, 420])
    patterns = Patterns(RULES[name])
    step = Risen("close-contact#1", "sample@centralised.1", 1, facts[0].at)
    steps = data.draw(st.sampled_from([{}, {("close-contact#1", "sample@centralised.1", 1): step}]))
    patterns.planned(Told(FIRST, facts, steps), HERE)
    for _ in range(4):
        some = [timedelta(minutes=data.draw(shifts)) for _ in facts]
        others = moved(facts, some)
        for told in (Told(FIRST, facts, steps), Told(OTHER, others, steps)):
            wanted = patterns.worked_out(told, HERE)
            filled, packed = patterns.planned(told, HERE), patterns.planned(told, HERE, packed=True)
            assert as_bytes(packed) == as_bytes(wanted)
            assert in_order(filled) == in_order(wanted)
            assert counts(packed, told) == tally(counts_of(wanted, told))


def test_a_pattern_is_used_for_the_third_person_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [Fact("contact-determined", at, at, told, EventRef(FIRST.subject, 1)) for at, told in [CONTACT]]
    patterns = Patterns(RULES["cn"])
    worked_out: list[Whose] = []
    honest = patterns.worked_out

    def noted(told: Told, context: Context) -> Planned:
        worked_out.append(told.whose)
        return honest(told, context)

    monkeypatch.setattr(Patterns, "worked_out", lambda _self, *rest: noted(*rest))
    for minutes in range(20):
        later = moved(facts, [timedelta(minutes=minutes)])
        assert patterns.planned(Told(OTHER, later, {}), HERE).rows
    assert len(worked_out) == 2
