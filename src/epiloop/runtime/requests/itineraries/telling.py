"""Stops told, corrected and withdrawn: an act in the person's stream, and sealed visits in the same transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from uuid import UUID

from epiloop.core.errors import N_, NotFound
from epiloop.ledger.events import Draft, Entry, Json
from epiloop.operations.itineraries import actions
from epiloop.operations.itineraries.events import StopTold, StopWithdrawn
from epiloop.operations.itineraries.state import Itinerary, Stop, fold
from epiloop.operations.itineraries.visits import ended, said
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.itineraries.opening import WRITE, opened
from epiloop.runtime.requests.people import Known, found, with_absorbed
from epiloop.store.reading.registers import places_by_id, zones
from epiloop.store.scoped import reading
from epiloop.store.tables import PlaceRow, ZoneRow
from epiloop.vault.visits import Said

_Decide = Callable[[Known], Decision]


def tell_stops(running: Running, by: By, person: UUID, told: Sequence[StopTold]) -> Done:
    """The person was at these stops; those that are known are corrected. All of them or none.

    Raises InvalidInput, Refused with the reason, NotFound for a person or a place out of reach.
    """
    settled = _settled(running, by, told)

    def decide(known: Known) -> Decision:
        here = [_here(one, known) for one in settled]
        state = fold(person, _openable(running.parts, by, known, {one.stop for one in here}))
        drafts = actions.tell_all(state, here, now=known.now, jurisdiction=known.jurisdiction)
        return Decision(drafts, _named(person, here), _visits(state, drafts, known))

    return _for_person(running.parts, by, person, decide)


def withdraw_stop(running: Running, by: By, person: UUID, request: StopWithdrawn) -> Done:
    """The person was not there after all: the visit ends where it began. Raises as `tell_stops`."""

    def decide(known: Known) -> Decision:
        state = fold(person, _openable(running.parts, by, known, {request.stop}))
        drafts = actions.withdraw(state, request, now=known.now, jurisdiction=known.jurisdiction)
        gone = ended(person, state.stops[request.stop], _zone(known))
        return Decision(drafts, {"person": str(person), "stops": [str(request.stop)]}, gone)

    return _for_person(running.parts, by, person, decide)


def tell_day(running: Running, by: By, person: UUID, told: Sequence[StopTold]) -> Done:
    """Stops of a template (a day like another, home for the rest), each named after the request and its place in it."""
    named = [replace(one, stop=by.new_id("stop", str(n))) for n, one in enumerate(told)]
    return tell_stops(running, by, person, named)


def _for_person(parts: Parts, by: By, person: UUID, decide: _Decide) -> Done:
    streams = with_absorbed(parts, person)

    def decide_now(histories: Histories, now: datetime, laws: Laws) -> Decision:
        known = found(person, histories, laws, now)
        by.check_person(WRITE, known.jurisdiction)
        return decide(known)

    return carry_out(parts, by, streams, decide_now)


def _settled(running: Running, by: By, told: Sequence[StopTold]) -> list[StopTold]:
    """The stops with what the register says of their places: area, kind, name, position."""
    ids = {one.place for one in told if one.place}
    if not ids:
        return list(told)
    with reading(running.readers, by.scope("register.read")) as connection:
        # Whoever takes down an itinerary must be able to name a clinic: to them sensitive places are shown.
        rows, parts = places_by_id(connection, ids, by.scope(WRITE)), zones(connection, ids)
    return [_at(one, rows, parts.get(one.place, [])) if one.place else one for one in told]


def _at(told: StopTold, rows: Mapping[UUID, PlaceRow], parts: Sequence[ZoneRow]) -> StopTold:
    row = rows.get(told.place) if told.place else None
    zone = next((part for part in parts if part.zone == told.zone), None)
    if row is None or (told.zone and zone is None):
        raise NotFound(N_("There is no such entry in this register."), remedy=N_("Search for it again."))
    return replace(
        told,
        area=row.jurisdiction,
        place_kind=f"{row.kind}/{zone.kind}" if zone and zone.kind else row.kind,
        name=told.name or row.name_zh,
        position=(row.longitude, row.latitude) if row.longitude is not None and row.latitude is not None else (),
    )


def _here(told: StopTold, known: Known) -> StopTold:
    """The stop with what the person says of it: the own home, and the area of an unregistered place."""
    person = known.person
    if told.where == "household" and told.household is None:
        return replace(told, household=person.household or person.person)
    return told if told.area or told.where in ("household", "vehicle") else replace(told, area=known.jurisdiction)


def _openable(parts: Parts, by: By, known: Known, stops: set[UUID]) -> Iterable[Entry]:
    """What was told of these stops, opened; of the others only that they are there."""
    mine = {entry.ref: entry for entry in known.entries if getattr(entry.body, "stop", None) in stops}
    clear = {entry.ref: entry for entry in opened(parts, by, mine.values())}
    return [clear.get(entry.ref, entry) for entry in known.entries]


def _visits(state: Itinerary, drafts: Sequence[Draft], known: Known) -> tuple[Said, ...]:
    zone = _zone(known)
    return tuple(
        one for draft in drafts if isinstance(draft.body, StopTold) for one in _of(state, draft.body, known, zone)
    )


def _of(state: Itinerary, told: StopTold, known: Known, zone: tzinfo) -> Iterator[Said]:
    before = state.stops.get(told.stop)
    if before is not None:
        yield from ended(state.person, before, zone)
    fresh = Stop(told.stop, "told", told, before.tellings + 1 if before else 1, known.now)
    yield from said(state.person, fresh, zone)


def _named(person: UUID, told: Iterable[StopTold]) -> dict[str, Json]:
    return {"person": str(person), "stops": [str(one.stop) for one in told]}


def _zone(known: Known) -> tzinfo:
    return known.laws.zone(known.jurisdiction)
