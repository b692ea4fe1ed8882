"""Who is asked about: recognised among our people or registered, and with that controlled, taken over, answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotFound, Refused
from epiloop.core.instants import day_of
from epiloop.ledger.events import Draft
from epiloop.operations.assistance import actions, checks
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import Kind, Result
from epiloop.operations.assistance.state import Request, fold
from epiloop.operations.investigation.state import fold as fold_investigation
from epiloop.registers.people import actions as people
from epiloop.registers.people import events as p
from epiloop.registers.people.state import Person
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.assistance import handing
from epiloop.runtime.requests.assistance.asking import ASK, KIND, Opened, no_such_request, opened
from epiloop.runtime.requests.people import found, with_absorbed
from epiloop.runtime.requests.registering import note_duplicates
from epiloop.vault.port import Identity, Pair

TAKEN_UP = (Kind.CONTROL, Kind.TAKE_OVER, Kind.WHEREABOUTS)
"""Kinds of requests whose people are registered or recognised."""


@dataclass(frozen=True, slots=True)
class _Whom:
    """Person `number` of a request, as whom, and where the person is from now on."""

    opened: Opened
    number: int
    person: UUID
    stay: int
    matched: bool
    identity: Identity

    @property
    def state(self) -> Request:
        return self.opened.state


def alike(parts: Parts, by: By, one: Opened) -> dict[UUID, list[Pair]]:
    """Whom of our people the vault finds alike to those who are asked about, best first."""
    if one.state.told is None or one.state.outgoing or one.state.told.peer is None:
        return {}
    own = set(one.state.told.people)
    hits: dict[UUID, list[Pair]] = {}
    for pair in parts.vault.linkage(sorted(own), scope=by.scope("person.read"), asker=by.actor):
        asked, other = (pair.left, pair.right) if pair.left in own else (pair.right, pair.left)
        if other not in own:
            hits.setdefault(asked, []).append(Pair(asked, other, pair.score, pair.by))
    return hits


def take_up(
    parts: Parts, by: By, stream: UUID, number: int, *, person: UUID | None = None, stay: int | None = None
) -> Done:
    """Person `number` is `person` of ours, or is registered now, staying in `stay`; what is asked for is done.

    A contact is determined, a person handed over is in our loops from now on; the answer says so. Raises NotFound,
    NotAllowed, Refused and InvalidInput with the reason; then nothing was changed.
    """
    one = opened(parts, by, stream)
    by.check(ASK, one.state.jurisdiction)
    whom = _whom(parts, by, one, number, person, stay)
    streams = {stream: KIND, **_streams(parts, whom)}

    def decide(histories: Histories, at: datetime, laws: Laws) -> Decision:
        state = fold(stream, histories[stream].entries)
        drafts, result = _drafts(by, whom, histories, laws, at)
        drafts += actions.answer(state, [Answer(number, result, at)], None, at=at)
        if whom.matched:
            drafts += actions.match(state, number, whom.person, at=at)
        return Decision(drafts, {"assistance": str(stream), "person": str(whom.person)})

    asked = replace(by, digest=by.digest or f"take-up:{stream}:{number}:{person}:{stay}")
    done = carry_out(parts, asked, streams, decide)
    _tidy(parts, by, whom)  # also when repeated: nobody knows how far the first one came
    return done


def _whom(parts: Parts, by: By, one: Opened, number: int, person: UUID | None, stay: int | None) -> _Whom:
    state = one.state
    if state.told is None or state.outgoing:
        raise no_such_request()
    if state.told.asked not in TAKEN_UP or not 1 <= number <= state.people:
        raise InvalidInput(N_("Nobody of this request is registered or recognised."))
    asked = state.told.people[number - 1]
    inside = state.told.peer is None
    if inside and person not in (None, asked):
        raise Refused(N_("Inside one installation this is the person who is asked about, and nobody else."))
    known = parts.vault.reveal([asked], asker=by.actor, purpose=by.purpose).get(asked, Identity())
    matched = person is not None and not inside
    return _Whom(one, number, person or asked, stay or state.jurisdiction, matched, known)


def _streams(parts: Parts, whom: _Whom) -> dict[UUID, str]:
    assert whom.state.told is not None
    known = whom.matched or whom.state.told.peer is None
    return with_absorbed(parts, whom.person) if known else {whom.person: "person"}


def _drafts(by: By, whom: _Whom, histories: Histories, laws: Laws, at: datetime) -> tuple[list[Draft], Result]:
    state = whom.state
    assert state.told is not None
    checks.check_answer(state, [Answer(whom.number, _best(state.told.asked), at)])
    drafts = _person_drafts(by, whom, histories, laws, at)
    said = whom.opened.items[whom.number - 1]
    if state.told.asked is Kind.CONTROL:
        entries = histories[whom.person].entries
        already = any(
            link.step == "determined" and link.disease == said.get("disease")
            for link in fold_investigation(whom.person, entries).links.values()
        )
        drafts.append(handing.contact_draft(state, whom.number, whom.person, said, at=at, stay=whom.stay))
        return drafts, Result.CONTROLLED if already else Result.FOUND
    if state.told.asked is Kind.TAKE_OVER:
        drafts.append(Draft(whom.person, handing.taken_over(state), at, whom.stay, f"taken-over:{state.stream}"))
        if state.told.peer is not None:
            facts = said.get("facts", [])
            drafts += handing.drafts_of(state, whom.number, whom.person, facts, at=at, stay=whom.stay)
        return drafts, Result.TAKEN_OVER
    return drafts, Result.FOUND


def _best(kind: Kind) -> Result:
    return Result.TAKEN_OVER if kind is Kind.TAKE_OVER else Result.FOUND


def _person_drafts(by: By, whom: _Whom, histories: Histories, laws: Laws, at: datetime) -> list[Draft]:
    """Registered, or known and (if handed over) staying here from now on."""
    assert whom.state.told is not None
    history = histories[whom.person]
    inside = whom.state.told.peer is None
    if history.head is None:
        if whom.matched or inside:
            raise NotFound(N_("There is no such person within your jurisdiction."))
        by.check(ASK, whom.stay)
        told = p.PersonRegistered(stay=whom.stay)
        today = day_of(at, laws.zone(whom.stay))
        known = whom.identity
        recorded = p.IdentityRecorded(bool(known.name), bool(known.documents), bool(known.phones), bool(known.address))
        drafts = people.register(Person(whom.person), told, at=at, today=today)
        return [*drafts, Draft(whom.person, recorded, at, whom.stay)]
    one = found(whom.person, histories, laws, at)
    if not inside:
        by.check_person("person.read", one.jurisdiction)
    moved = whom.state.told.asked is Kind.TAKE_OVER and one.person.stay != whom.stay
    return people.change(one.person, p.StayChanged(whom.stay), at=at) if moved else []


def _tidy(parts: Parts, by: By, whom: _Whom) -> None:
    """What the vault has twice is erased, where somebody is now is told to it, and new people are compared."""
    assert whom.state.told is not None
    asked = whom.state.told.people[whom.number - 1]
    if whom.matched and asked != whom.person:
        parts.vault.erase([asked])
    parts.vault.place({whom.person: whom.stay} if whom.state.told.asked is Kind.TAKE_OVER or not whom.matched else {})
    if not whom.matched and whom.state.told.peer is not None:
        note_duplicates(parts, by.part("duplicates"), [whom.person])
