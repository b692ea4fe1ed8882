"""The rows of a person: registration, cases, contact links, samples, follow-ups, and the plan the rules make."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from epiloop.ledger.events import Entry
from epiloop.operations import duties
from epiloop.operations.investigation.events import CaseDetermined, ContactDetermined
from epiloop.operations.investigation.state import Investigation
from epiloop.operations.investigation.state import fold as investigate
from epiloop.operations.screening.events import ResultCorrected, ResultReceived, SampleTaken
from epiloop.registers.people.events import IdentityRecorded
from epiloop.registers.people.state import Person, in_recorded_order, merged
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.histories import History
from epiloop.runtime.laws import Laws
from epiloop.runtime.rows.patterns import Planned, planned
from epiloop.runtime.rows.plans import Whose, step_rows
from epiloop.runtime.rows.snapshots import Told
from epiloop.store.tables import (
    CaseRow,
    ContactRow,
    DuplicateRow,
    FollowUpRow,
    OutsideIdRow,
    PersonRow,
    SampleRow,
)

RESULTS = (ResultReceived, ResultCorrected)


def person_rows(own: History, absorbed: Sequence[History], laws: Laws, *, packed: bool) -> Iterator[tuple[Any, ...]]:
    """All rows of one registration; one that was merged into another leaves only its register row.

    `packed`: they are to be written, so some may be packed.
    """
    entries = in_recorded_order(own.entries, *(history.entries for history in absorbed))
    person = merged(own.stream, own.entries, *(history.entries for history in absorbed))
    goes_on = person.merged_into is None
    whose = Whose(person.person, "person", person.jurisdiction, min(person.employers, default=None))
    steps = duties.fold(entries, own.stream)
    told = Told(whose, facts_of(entries, own.stream) if goes_on else (), steps)
    plan = planned(laws, told, packed=packed)
    yield _person(person, entries, plan)
    yield from _outside(own, person.jurisdiction)
    yield from _duplicates(person)
    if goes_on and not absorbed and told.snapshot:
        yield told.snapshot.row()
    if goes_on:
        yield from plan.rows
        yield from step_rows(whose, steps)
        state = investigate(person.person, entries)
        histories = [own, *absorbed]
        yield from case_rows(person, state, _sealed_of_last(entries, histories, CaseDetermined, "case"))
        yield from contact_rows(person, state, _sealed_of_last(entries, histories, ContactDetermined, "link"))
        yield from _samples(person, entries)
        yield from _follow_ups(person, state)


def told_of(own: History) -> Told:
    """What a registration that was merged with no other tells the rules."""
    person = merged(own.stream, own.entries)
    whose = Whose(person.person, "person", person.jurisdiction, min(person.employers, default=None))
    return Told(whose, facts_of(own.entries), duties.fold(own.entries))


def _person(person: Person, entries: Iterable[Entry], plan: Planned) -> PersonRow:
    known = any(isinstance(e.body, IdentityRecorded) and (e.body.name or e.body.document) for e in entries)
    return PersonRow(
        id=person.person,
        jurisdiction=person.jurisdiction,
        residence=person.residence or 0,
        sex=person.sex.value if person.sex else "unknown",
        birth_year=person.birth_year,
        occupation=person.occupation or "",
        household=person.household,
        employer=min(person.employers, default=None),
        identified=known,
        merged_into=person.merged_into,
        died_on=person.died_on,
        controlled_from=plan.since,
        controlled_until=plan.until,
    )


def _outside(own: History, code: int) -> Iterator[OutsideIdRow]:
    """What other systems call this registration; merged or not, it keeps its own."""
    pairs = {pair for entry in own.entries for pair in getattr(entry.body, "outside", ())}
    return (OutsideIdRow(system, outside, own.stream, code) for system, outside in sorted(pairs))


def _duplicates(person: Person) -> Iterator[DuplicateRow]:
    """Each pair once, by the registration that still stands or has the smaller id."""
    for other, score in person.possible.items():
        if person.person < other:
            yield DuplicateRow(person.person, other, "possible", score, person.jurisdiction, None)
    for other in person.absorbed:
        yield DuplicateRow(person.person, other, "same", 1.0, person.jurisdiction, None)
    for other in person.different:
        if person.person < other:
            yield DuplicateRow(person.person, other, "different", 0.0, person.jurisdiction, None)


def case_rows(person: Person, state: Investigation, sealed: Mapping[Any, bytes]) -> Iterator[CaseRow]:
    """Each case, by number; `sealed` by case."""
    numbers: Counter[str] = Counter()
    for case in state.cases.values():
        numbers[case.disease] += 1
        yield CaseRow(
            person=person.person,
            disease=case.disease,
            number=numbers[case.disease],
            classification=case.classification,
            jurisdiction=person.jurisdiction,
            onset=case.onset,
            determined_at=case.since,
            detected_how=case.detected or "",
            outcome=case.outcome,
            outcome_on=case.outcome_on,
            discarded_at=None if case.standing else case.discarded_at,
            outside=next((outside for _, outside in case.outside), ""),
            details={
                "case": str(case.case),
                "severity": case.severity,
                "reported": case.reported and case.reported.isoformat(),
            },
            sealed=sealed.get(case.case),
        )


def contact_rows(person: Person, state: Investigation, sealed: Mapping[Any, bytes]) -> Iterator[ContactRow]:
    """Each link, a row for each of its sources: those of the second and further ones carry a number."""
    for link in state.links.values():
        for number, source in enumerate(link.sources or (None,)):
            yield ContactRow(
                contact=person.person,
                source=source,
                link=f"{link.link}#{number}" if number else link.link,
                disease=link.disease,
                ring=link.ring,
                jurisdiction=person.jurisdiction,
                last_exposure=link.last_exposure,
                determined_at=link.since,
                withdrawn_at=link.ended_at if link.step == "withdrawn" else None,
                relation=link.relation or "",
                setting=link.setting or "",
                sealed=sealed.get(link.link),
            )


def _sealed_of_last(entries: Sequence[Entry], histories: Sequence[History], kind: type, name: str) -> dict[Any, bytes]:
    """The sealed part of the last event of a kind, by what it names; still sealed for its own stream and kind."""
    by_stream = {history.stream: history for history in histories}
    found: dict[Any, bytes] = {}
    for entry in entries:
        if isinstance(entry.body, kind):
            part = by_stream[entry.ref.stream].sealed_of(entry.ref)
            if part is not None:
                found[getattr(entry.body, name)] = part
    return found


def _samples(person: Person, entries: Sequence[Entry]) -> Iterator[SampleRow]:
    taken = {e.body.sample: e for e in entries if isinstance(e.body, SampleTaken)}
    results = {e.body.sample: e for e in entries if isinstance(e.body, RESULTS)}
    for sample in taken | results:
        swab, result = taken.get(sample), results.get(sample)
        yield SampleRow(
            subject=person.person,
            sample=sample,
            kind=_kind_of(swab),
            jurisdiction=person.jurisdiction,
            taken_at=swab.occurred_at if swab else None,
            outcome=_outcome_of(result),
            result_at=result.occurred_at if result else None,
            ct=getattr(result.body, "ct", None) if result else None,
        )


def _kind_of(swab: Entry | None) -> str:
    return swab.body.sampled.value if swab and isinstance(swab.body, SampleTaken) else "single"


def _outcome_of(result: Entry | None) -> str:
    if result and isinstance(result.body, RESULTS):
        return result.body.outcome.value
    return "pending"


def _follow_ups(person: Person, state: Investigation) -> Iterator[FollowUpRow]:
    answers = {answer.at: answer for answer in state.follow_ups}
    return (FollowUpRow(person.person, at, person.jurisdiction, answer.symptoms) for at, answer in answers.items())
