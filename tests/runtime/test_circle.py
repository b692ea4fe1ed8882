"""The steps that work out what becomes of contacts agree with the obvious reference (`circle_reference`), story by
story; and a list says at once what it says one by one. EPILOOP_PROOF_EXAMPLES sets how many stories are tried.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from tests.proofs.exposed import in_order
from tests.proofs.people import rows
from tests.runtime.circle_reference import Reference, Standing
from tests.runtime.in_memory import HERE, Memory

from epiloop.core.ids import derived
from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.registers.people import events as p
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.parts import Parts

EXAMPLES = int(os.environ.get("EPILOOP_PROOF_EXAMPLES", "60"))
START = datetime(2022, 7, 12, 1, tzinfo=UTC)
PEOPLE = [derived("circle", str(number)) for number in range(4)]
A, B, C, D = PEOPLE
NUMBERS = some.integers(0, 3)
POSITIVE, NEGATIVE = s.ResultOutcome.POSITIVE, s.ResultOutcome.NEGATIVE


@dataclass(frozen=True)
class Same:
    """The registration told of and another one are declared one person."""

    other: UUID


@dataclass(frozen=True)
class Split:
    """They are two after all."""

    other: UUID


Step = tuple[UUID, Body | Same | Split]


def disease(name: str) -> str:
    """Each name is of one disease."""
    return "mers" if name.startswith("mers") else "covid-19"


def case(whom: UUID, name: str = "1", sure: e.Classification = e.Classification.CONFIRMED) -> e.CaseDetermined:
    return e.CaseDetermined(derived("case", str(whom), name), disease(name), sure)


def no_case(whom: UUID, name: str = "1") -> e.CaseDiscarded:
    return e.CaseDiscarded(derived("case", str(whom), name), disease(name))


def contact(name: str, ring: int, *sources: UUID, day: int = 10) -> e.ContactDetermined:
    return e.ContactDetermined(name, disease(name), ring, sources, last_exposure=date(2022, 7, day))


def withdrawn(name: str) -> e.ContactWithdrawn:
    return e.ContactWithdrawn(name, disease(name))


def result(outcome: s.ResultOutcome, sample: str = "x") -> s.ResultReceived:
    return s.ResultReceived(sample, outcome)


def corrected(outcome: s.ResultOutcome, sample: str = "x") -> s.ResultCorrected:
    return s.ResultCorrected(sample, outcome)


@some.composite
def linked(draw: some.DrawFn) -> Step:
    """A contact by a link whose name is of one registration, as those that lists and pages give are."""
    number = draw(NUMBERS)
    others = [one for one in PEOPLE if one != PEOPLE[number]]
    sources = draw(some.lists(some.sampled_from(others), min_size=1, max_size=2, unique=True))
    name = draw(some.sampled_from(["a", "a", "b", "mers"]))
    ring, day = draw(some.sampled_from([1, 2, 2])), draw(some.sampled_from([10, 10, 11]))
    return PEOPLE[number], contact(f"{name}{number}", ring, *sources, day=day)


@some.composite
def taken_back(draw: some.DrawFn) -> Step:
    number = draw(NUMBERS)
    name = draw(some.sampled_from(["a{}", "a{}", "b{}", "mers{}", "a{}:closer", "a{}#1:closer"]))
    return PEOPLE[number], withdrawn(name.format(number))


@some.composite
def examined(draw: some.DrawFn) -> Step:
    sample, outcome = draw(some.sampled_from("xy")), draw(some.sampled_from([*s.ResultOutcome, POSITIVE]))
    told = draw(some.sampled_from([s.ResultReceived, s.ResultReceived, s.ResultCorrected]))(sample, outcome)
    pool = s.SampleTaken(sample, s.SampleKind.POOL)
    return PEOPLE[draw(NUMBERS)], pool if draw(some.integers(0, 9)) == 9 else told


@some.composite
def diagnosed(draw: some.DrawFn) -> Step:
    whom, name = PEOPLE[draw(NUMBERS)], draw(some.sampled_from(["1", "1", "2", "mers"]))
    said = case(whom, name, draw(some.sampled_from([*e.Classification, e.Classification.CONFIRMED])))
    again = e.CaseReclassified(said.case, said.disease, said.classification)
    over = e.OutcomeRecorded(said.case, said.disease, e.Outcome.RECOVERED, date(2022, 7, draw(some.integers(9, 10))))
    discarded = no_case(whom, name)
    return whom, draw(some.sampled_from([said, said, said, said, again, over, discarded, discarded, discarded]))


@some.composite
def declared(draw: some.DrawFn) -> Step:
    other = PEOPLE[draw(NUMBERS)]
    return PEOPLE[draw(NUMBERS)], draw(some.sampled_from([Same(other), Split(other)]))


TOLD = [linked(), linked(), taken_back(), examined(), diagnosed()]
STORIES = some.lists(some.one_of(TOLD), min_size=4, max_size=18)
MERGED = some.lists(some.one_of([*TOLD, declared()]), min_size=4, max_size=18)


@settings(max_examples=EXAMPLES)
@given(story=STORIES)
@example(story=[(A, contact("a0", 2, B)), (B, case(B)), (A, contact("a0", 1, C))])
@example(story=[(A, contact("a0", 2, B)), (B, case(B)), (A, withdrawn("a0")), (A, contact("a0", 2, B))])
@example(story=[(A, contact("a0", 2, D)), (B, contact("a1", 2, A)), (D, case(D)), (A, contact("a0", 2, B, D))])
@example(
    story=[
        (A, contact("a0", 2, B)),
        (C, contact("a2", 2, A)),
        (B, case(B)),
        (B, case(B, sure=e.Classification.SUSPECTED)),
    ]
)
@example(story=[(A, contact("a0", 1, B, C)), (B, case(B)), (B, no_case(B))])
def test_contacts_stand_as_the_rules_say(story: list[Step]) -> None:
    agree(story)


@settings(max_examples=EXAMPLES)
@given(story=MERGED)
@example(story=[(A, contact("a0", 2, B)), (C, Same(B)), (D, case(D)), (C, case(C)), (C, Split(B)), (C, Same(B))])
@example(story=[(A, contact("a0", 2, B)), (B, result(POSITIVE)), (B, corrected(NEGATIVE)), (C, case(C)), (C, Same(B))])
@example(story=[(D, contact("b3", 2, C, A)), (B, Same(D)), (C, case(C)), (B, Split(D))])
@example(
    story=[(A, contact("a0", 2, B)), (B, case(B)), (C, Same(B)), (C, case(C, "2")), (C, Split(B)), (C, no_case(C, "2"))]
)
@example(story=[(D, contact("a3", 2, C, A)), (C, case(C)), (D, Same(C)), (D, Split(C))])
def test_contacts_of_registrations_that_are_merged_and_split_stand_as_the_rules_say(story: list[Step]) -> None:
    agree(story)


@settings(max_examples=EXAMPLES)
@given(story=STORIES)
@example(story=[(B, result(POSITIVE)), (A, contact("a0", 2, B)), (B, result(s.ResultOutcome.INVALID))])
@example(story=[(B, case(B)), (A, result(POSITIVE)), (B, contact("a1", 1, A)), (A, result(NEGATIVE))])
def test_a_list_writes_at_once_what_it_writes_one_by_one_and_nothing_the_second_time(story: list[Step]) -> None:
    singly, whole = known(), known()
    drafts = drafts_of(story)
    for number, draft in enumerate(drafts):
        singly.act([draft], START + timedelta(days=2, minutes=number))
    whole.act(drafts, START + timedelta(days=2))
    assert said(whole) == said(singly)
    assert standing(whole) == standing(singly)
    again = said(whole)
    whole.act(drafts, START + timedelta(days=3))
    assert said(whole) == again


STORY: list[Step] = [
    (B, contact("a1", 1, A)),
    (C, contact("a2", 2, B, D)),
    (D, contact("a3", 2, C)),
    (A, case(A)),
    (B, result(POSITIVE)),
    (C, contact("a2", 2, D, B)),
    (B, corrected(NEGATIVE)),
    (C, withdrawn("a2")),
    (C, contact("a2", 2, B)),
    (B, case(B, sure=e.Classification.SUSPECTED)),
    (A, no_case(A)),
    (B, no_case(B)),
]


@pytest.mark.parametrize("size", [1, len(STORY)])
def test_the_database_answers_as_memory_does(lawful: Parts, size: int) -> None:
    memory, drafts = known(), drafts_of(STORY)
    tell_all(lawful, "people", registered())
    for start in range(0, len(drafts), size):
        batch = drafts[start : start + size]
        memory.act(batch, START + timedelta(days=2, minutes=start))
        tell_all(lawful, str(start), batch)
    assert in_order(lawful)
    columns = ("contact", "source", "link", "ring", "last_exposure", "determined_at", "withdrawn_at")
    found = rows(lawful, f"select {', '.join(columns)} from contact_link")
    expected = [tuple(getattr(row, name) for name in columns) for row in memory.links()]
    assert sorted(found, key=str) == sorted(expected, key=str)


def tell_all(parts: Parts, key: str, drafts: Sequence[Draft]) -> None:
    streams = {draft.stream: "person" for draft in drafts}
    perform(parts, Asked("test", "data-import", key), streams, lambda _histories, _now: Decision(drafts))


def registered() -> list[Draft]:
    at = START - timedelta(days=20)
    return [Draft(whom, p.PersonRegistered(stay=HERE, sex=p.Sex.FEMALE), at, HERE) for whom in PEOPLE]


def known() -> Memory:
    """Four people of whom nothing else is known."""
    memory = Memory()
    memory.act(registered(), START - timedelta(days=20))
    return memory


def drafts_of(story: list[Step]) -> list[Draft]:
    """As a list tells it, an hour apart, each under a name of its own."""
    hours = ((START + timedelta(hours=number), whom, what) for number, (whom, what) in enumerate(story))
    return [Draft(whom, what, at, HERE, f"row:{at}") for at, whom, what in hours if isinstance(what, Body)]


def agree(story: list[Step]) -> None:
    """After each step the same links stand in the rows and by the reference."""
    memory, reference = known(), Reference()
    for number, step in enumerate(story):
        tell(memory, reference, step, START + timedelta(hours=number))
        assert standing(memory) == reference.standing()


def tell(memory: Memory, reference: Reference, step: Step, at: datetime) -> None:
    """What is refused is told to nobody."""
    whom, what = step
    if isinstance(what, Same):
        one, other = memory.survivor(whom), memory.survivor(what.other)
        if memory.declare_same(one, other, at):
            reference.declare_same(one, other, at)
    elif isinstance(what, Split):
        one = memory.survivor(what.other)
        if memory.split(one, what.other, at):
            reference.split(one, what.other, at)
    elif memory.tell(whom, what, at):
        reference.tell(whom, what, at)


def standing(memory: Memory) -> set[Standing]:
    """The links that stand, each made of the rows of its sources."""
    found: dict[tuple[UUID, str], list[Any]] = {}
    for row in sorted(memory.links(), key=lambda row: (len(row.link), row.link)):
        if row.withdrawn_at is None:
            base, _, number = row.link.rpartition("#")
            found.setdefault((row.contact, base if number.isdigit() else row.link), []).append(row)
    return {
        (
            whom,
            name,
            rows[0].disease,
            rows[0].ring,
            frozenset(memory.survivor(row.source) for row in rows),
            rows[0].last_exposure,
        )
        for (whom, name), rows in found.items()
    }


def said(memory: Memory) -> list[tuple[object, ...]]:
    """Everything that was written."""
    entries = [entry for one in PEOPLE for entry in memory.streams[one]]
    return [(entry.ref, entry.body, entry.occurred_at, entry.source_key) for entry in entries]
