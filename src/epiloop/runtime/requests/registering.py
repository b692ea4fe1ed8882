"""New people with their identity, which registrations are one person, units with posts and shifts, places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotFound
from epiloop.core.ids import derived
from epiloop.core.instants import day_of
from epiloop.ledger.events import Body, Draft
from epiloop.registers.people import actions as people
from epiloop.registers.people import events as p
from epiloop.registers.people.state import Person
from epiloop.registers.people.state import fold as fold_person
from epiloop.registers.places import actions as places
from epiloop.registers.places import events as pl
from epiloop.registers.places.state import fold as fold_place
from epiloop.registers.units import actions as units
from epiloop.registers.units import events as u
from epiloop.registers.units.state import fold as fold_unit
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.histories import load
from epiloop.runtime.laws import Laws
from epiloop.runtime.parting import echoes, handed, left
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out, check_open, happened, laws_of, no_such_person
from epiloop.runtime.requests.people import tell
from epiloop.store.ledger import PgLedger
from epiloop.vault.port import Identity

WRITE = "person.write"


def register_person(
    parts: Parts, by: By, told: p.PersonRegistered, identity: Identity | None = None, *, at: datetime | None = None
) -> Done:
    """Register a person; `person` in the result is the id. Who it is goes to the vault alone.

    With outside ids the first one names the person, so the same system and id is the same person. What the vault finds
    alike is noted as possible duplicates.
    """
    check_open(told)
    person = derived("person", *told.outside[0]) if told.outside else by.new_id("person")

    def decide(histories: Histories, now: datetime, laws: Laws) -> Decision:
        state = fold_person(person, histories[person].entries)
        stay = told.stay or told.residence or state.jurisdiction
        for jurisdiction in {stay, state.jurisdiction or stay}:
            by.check(WRITE, jurisdiction)
        when = happened(at, now)
        today = day_of(now, laws.zone(stay))
        drafts = people.register(state, told, at=when, today=today)
        drafts += [Draft(person, _recorded(identity), when, stay)] if identity else []
        return Decision(drafts, {"person": str(person)})

    _put(parts, by, person, decide, identity)
    done = carry_out(parts, by, {person: "person"}, decide)
    if identity and not done.repeated:
        note_duplicates(parts, by.part("duplicates"), [person])
    return done


def identify(parts: Parts, by: By, person: UUID, identity: Identity) -> Done:
    """Replace who the vault says a person is."""

    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        state = _registered(person, histories)
        by.check_person(WRITE, state.jurisdiction)
        drafts = people.change(state, _recorded(identity), at=now)
        return Decision(drafts, {"person": str(person)})

    _put(parts, by, person, decide, identity)
    done = carry_out(parts, by, {person: "person"}, decide)
    if not done.repeated:
        note_duplicates(parts, by.part("duplicates"), [person])
    return done


def change_stay(parts: Parts, by: By, person: UUID, stay: int, *, at: datetime | None = None) -> Done:
    """The person stays in another jurisdiction from now on; the vault searches there too."""
    done = tell(parts, by, person, p.StayChanged(stay), at=at)
    parts.vault.place({person: stay})
    return done


def note_duplicates(parts: Parts, by: By, registrations: Sequence[UUID]) -> int:
    """Note what the vault finds alike, each pair once, for somebody to decide; how many pairs were found."""
    pairs = parts.vault.linkage(registrations, scope=by.scope(WRITE), asker=by.actor)
    streams = dict.fromkeys((side for pair in pairs for side in (pair.left, pair.right)), "person")

    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        states = {stream: fold_person(stream, history.entries) for stream, history in histories.items()}
        drafts: list[Draft] = []
        for pair in pairs:
            for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
                if states[one].step == "registered":
                    alike = p.PossibleDuplicate(other, pair.score, pair.by)
                    drafts += people.propose_duplicate(states[one], alike, at=now)
        return Decision(drafts, {"pairs": len(pairs)})

    if pairs:
        carry_out(parts, by, streams, decide)
    return len(pairs)


def declare_same(parts: Parts, by: By, survivor: UUID, other: UUID) -> Done:
    """Two registrations are one person; `survivor` goes on."""
    return _pair(parts, by, survivor, other, lambda one, two, at, _told: people.declare_same(one, two, at=at))


def split(parts: Parts, by: By, survivor: UUID, other: UUID) -> Done:
    """What was declared one person is two after all. What was told since of a case, a link or a sample that the other
    one had before goes with it.
    """

    def apart(one: Person, two: Person, at: datetime, told: Histories) -> Sequence[Draft]:
        drafts = people.split(one, two, at=at)
        going = echoes(told[survivor].entries, other, told[other].entries)
        back = left(going, survivor, at, one.jurisdiction)
        return [*handed(going, other, two.jurisdiction), *drafts, *back]

    return _pair(parts, by, survivor, other, apart)


def declare_different(parts: Parts, by: By, one: UUID, other: UUID) -> Done:
    """The two are not the same person; the pair is not proposed again."""
    return _pair(parts, by, one, other, lambda one, two, at, _told: people.declare_different(one, two, at=at))


def _pair(
    parts: Parts,
    by: By,
    one: UUID,
    other: UUID,
    action: Callable[[Person, Person, datetime, Histories], Sequence[Draft]],
) -> Done:
    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        states = _registered(one, histories), _registered(other, histories)
        for state in states:
            by.check_person(WRITE, state.jurisdiction)
        return Decision(action(*states, now, histories), {"person": str(one), "other": str(other)})

    return carry_out(parts, by, {one: "person", other: "person"}, decide)


def _registered(person: UUID, histories: Histories) -> Person:
    history = histories[person]
    if history.head is None or history.kind != "person":
        raise no_such_person()
    return fold_person(person, history.entries)


def _recorded(identity: Identity) -> p.IdentityRecorded:
    return p.IdentityRecorded(
        bool(identity.name), bool(identity.documents), bool(identity.phones), bool(identity.address)
    )


def _put(
    parts: Parts,
    by: By,
    person: UUID,
    decide: Callable[[Histories, datetime, Laws], Decision],
    identity: Identity | None,
) -> None:
    """Give the vault an identity, after the act was tried on what is known now: what is refused leaves nothing."""
    if identity is None:
        return
    with parts.pool.connection() as connection:
        ledger = PgLedger(connection)
        if ledger.result_of(by.asked().key) is not None:
            return
        histories = load(ledger, {person: "person"}, lock=False)
    drafts = decide(histories, parts.now(), laws_of(parts)).drafts
    parts.vault.put({person: identity}, jurisdictions={person: drafts[0].jurisdiction}, key=by.asked().key)


@dataclass(frozen=True, slots=True)
class _Register:
    """How requests about one kind of thing are carried out."""

    kind: str
    fold: Callable[..., Any]
    table: Mapping[type[Body], tuple[str, Callable[..., Sequence[Draft]]]]


_UNITS = _Register(
    "unit",
    fold_unit,
    {
        u.UnitRegistered: ("register.write", units.register),
        u.UnitChanged: ("register.write", units.change),
        u.UnitClosed: ("register.write", lambda state, _told, *, at: units.close(state, at=at)),
        u.PostCreated: ("roster.write", units.create_post),
        u.PostClosed: ("roster.write", units.close_post),
        u.PostHolderAssigned: ("roster.write", units.assign),
        u.PostHolderRemoved: ("roster.write", units.remove),
        u.ShiftRostered: ("roster.write", units.roster),
        u.ShiftCancelled: ("roster.write", units.cancel),
        u.SubstituteNamed: ("roster.write", units.name_substitute),
    },
)
_PLACES = _Register(
    "place",
    fold_place,
    {
        pl.PlaceRegistered: ("register.write", places.register),
        pl.PlaceChanged: ("register.write", places.change),
        pl.PlaceClosed: ("register.write", places.close),
        pl.ZoneSet: ("register.write", places.set_zone),
        pl.ZoneClosed: ("register.write", places.close_zone),
        pl.HoursSet: ("register.write", places.set_hours),
    },
)


def tell_unit(parts: Parts, by: By, unit: UUID | None, told: Body, *, at: datetime | None = None) -> Done:
    """Something about a unit, its posts or its roster; None for a new unit. The result names the unit."""
    return _tell(parts, by, _UNITS, unit, told, at)


def tell_place(parts: Parts, by: By, place: UUID | None, told: Body, *, at: datetime | None = None) -> Done:
    """Something about a place; None for a new one. The result names the place."""
    return _tell(parts, by, _PLACES, place, told, at)


def _tell(parts: Parts, by: By, register: _Register, thing: UUID | None, told: Body, at: datetime | None) -> Done:
    if type(told) not in register.table:
        raise InvalidInput(N_("Nobody can tell this: %(kind)s."), kind=told.kind)
    right, action = register.table[type(told)]
    stream = thing or _named(by, register, told)

    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        history = histories[stream]
        if (thing is not None and history.head is None) or history.kind != register.kind:
            raise NotFound(N_("There is no such entry in this register."), remedy=N_("Search for it again."))
        state = register.fold(stream, history.entries)
        for jurisdiction in {state.jurisdiction, getattr(told, "jurisdiction", None)} - {0, None}:
            by.check(right, jurisdiction)
        drafts = action(state, told, at=happened(at, now))
        return Decision(drafts, {register.kind: str(stream), **_post_of(told)})

    return carry_out(parts, by, {stream: register.kind}, decide)


def _named(by: By, register: _Register, told: Body) -> UUID:
    outside: tuple[tuple[str, str], ...] = getattr(told, "outside", ())
    return derived(register.kind, *outside[0]) if outside else by.new_id(register.kind)


def _post_of(told: Body) -> dict[str, str]:
    return {"post": str(told.post)} if isinstance(told, u.PostCreated) else {}
