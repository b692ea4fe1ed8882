"""Codes at the doors of places: issued, rotated, ended, printed as posters, verified."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import IO
from uuid import UUID

from epiloop.core.errors import N_, NotFound, Refused
from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, scope
from epiloop.ledger.events import Draft
from epiloop.operations.checkins import actions, codes, short
from epiloop.operations.checkins import events as e
from epiloop.operations.checkins.codes import Claims, Verifier
from epiloop.operations.checkins.state import Codes
from epiloop.operations.checkins.state import fold as fold_codes
from epiloop.papers import posters
from epiloop.papers.posters import Poster, Wording
from epiloop.registers.places.state import Place
from epiloop.registers.places.state import fold as fold_place
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out, laws_of
from epiloop.store.reading import registers
from epiloop.store.reading.asking import Page
from epiloop.store.reading.registers import PlacesAsked
from epiloop.store.scoped import reading
from epiloop.store.tables import PlaceRow, VenueCodeRow, ZoneRow

RIGHT = "register.write"
BATCH = 1_000
"""Places per act, and per page read."""

JUST_NOW = timedelta(minutes=1)
DAYS = 14
"""After how many days check-ins are destroyed (PRIVACY R15), unless the settings say otherwise."""

Names = tuple[str, str, str, str]
"""Of a place and of its zone, each in Chinese and English."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Printing:
    """What is printed: which places (`asked`, or those of `places`), for which site, on which paper."""

    site: str
    wording: Wording
    asked: PlacesAsked
    places: Sequence[UUID] = ()
    size: str = "A4"
    most: int | None = None
    """Refused are more places than this; None: any number."""


def rotate(parts: Parts, by: By, place: UUID, ends: datetime, *, zone: str | None = None) -> Done:
    """Every zone of a place (or one) gets a new code; the old ones are taken until `ends`."""

    def decide(state: Place, known: Codes, now: datetime) -> Sequence[Draft]:
        wanted = [word for word in zones_of(state) if zone is None or word == zone]
        if not wanted:
            raise NotFound(N_("This place has no such zone."), remedy=N_("Load the page again."))
        where = state.jurisdiction
        return [
            draft
            for word in wanted
            for draft in actions.rotate(known, word, max(ends, now), jurisdiction=where, at=now)
        ]

    return _one(parts, by, place, decide)


def end(parts: Parts, by: By, place: UUID, request: e.VenueCodeEnded) -> Done:
    """A code is refused from an instant on, for a reason. An instant that just went by while this was asked is now."""

    def decide(state: Place, known: Codes, now: datetime) -> Sequence[Draft]:
        just_now = now - JUST_NOW <= request.ends < now
        told = replace(request, ends=now) if just_now else request
        return actions.end(known, told, jurisdiction=state.jurisdiction, at=now)

    return _one(parts, by, place, decide)


def issue_missing(parts: Parts, by: By, places: Sequence[UUID]) -> int:
    """Every zone of these open places has a code that holds after this; how many were issued."""
    issued = 0
    for start in range(0, len(places), BATCH):
        some = dict.fromkeys(places[start : start + BATCH], "place")

        def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
            drafts = [draft for place in histories for draft in _missing(by, place, histories, now)]
            return Decision(drafts, {"issued": len(drafts)})

        done = carry_out(parts, by.part(str(start)), some, decide)
        issued += int(str(done.result["issued"]))
    return issued


def print_posters(
    running: Running, by: By, wanted: Printing, out: IO[bytes], *, progress: Progress = lambda _done, _total: None
) -> int:
    """Write the posters of places as one PDF, issuing the codes that are missing; how many pages.

    Raises InvalidInput if there is nothing to print.
    """
    places = list(_places(running, by, wanted))
    if wanted.most is not None and len(places) > wanted.most:
        raise Refused(
            N_("These are %(places)d places; at once %(most)d can be printed here."),
            remedy=N_("Choose a kind or a smaller jurisdiction, or use `epiloop codes print`."),
            places=len(places),
            most=wanted.most,
        )
    issue_missing(running.parts, by.part("issue"), [row.id for row in places])
    return posters.write(_posters(running, by, wanted, places, progress), out, wanted.wording, size=wanted.size)


def _posters(
    running: Running, by: By, wanted: Printing, places: Sequence[PlaceRow], progress: Progress
) -> Iterator[Poster]:
    laws = laws_of(running.parts)
    for start in range(0, len(places), BATCH):
        some = places[start : start + BATCH]
        zones, known = _doors(running, by, some)
        for number, row in enumerate(some, start + 1):
            words = {zone.zone: zone for zone in zones.get(row.id, ())}
            for code in _holding(known.get(row.id, ()), words):
                said = claims(row, words.get(code.zone), code)
                yield poster(running, wanted.site, said, _names(row, words.get(code.zone)), laws.zone(row.jurisdiction))
            progress(number, len(places))


def poster(running: Running, site: str, said: Claims, names: Names, zone: tzinfo) -> Poster:
    """The poster of one code, with names in full (those in the code may be cut) and days by the clock of the place."""
    return Poster(
        codes.address(site, codes.signed(said, running.venue_keys.signer)),
        *names,
        short.spoken(short.short_code(said.place, said.zone, said.number)),
        said.number,
        day_of(said.issued, zone),
        day_of(said.until, zone) if said.until else None,
    )


def claims(place: PlaceRow, zone: ZoneRow | None, code: VenueCodeRow) -> Claims:
    """What a code says: names as they are now, issue as it was."""
    name_zh, name_en, zone_zh, zone_en = _names(place, zone)
    return Claims(
        place=place.id,
        zone=code.zone,
        number=code.number,
        place_kind=place.kind,
        zone_kind=zone.kind if zone else "",
        name_zh=name_zh,
        name_en=name_en,
        zone_zh=zone_zh,
        zone_en=zone_en,
        jurisdiction=place.jurisdiction,
        issued=code.issued_at,
    )


def _names(place: PlaceRow, zone: ZoneRow | None) -> Names:
    """The names of a place and a zone; rows repeat the Chinese one where there is no English one."""
    english = "" if place.name_en == place.name_zh else place.name_en
    if zone is None:
        return place.name_zh, english, "", ""
    return place.name_zh, english, zone.name_zh, "" if zone.name_en == zone.name_zh else zone.name_en


def verified(running: Running, text: str, at: datetime) -> Claims:
    """What a code says, once it is known to be one of ours, issued, and not ended. Raises InvalidInput, Refused."""
    keys = running.venue_keys
    said = Verifier(keys.trusted).verify(text, at)
    with reading(running.readers, scope(Code(said.jurisdiction))) as connection:
        row = registers.venue_code(connection, said.place, said.zone, said.number)
    ended = row.ends_at if row else None
    return Verifier(keys.trusted, ended=lambda *_code: ended).verify(text, at)


def zones_of(place: Place) -> tuple[str, ...]:
    """The words of the zones that have a code of their own; '' where a place is checked in to as a whole."""
    return tuple(zone.zone for zone in place.zones) or ("",)


def _missing(by: By, place: UUID, histories: Histories, now: datetime) -> list[Draft]:
    state = fold_place(place, histories[place].entries)
    if state.step != "open":
        return []
    by.check(RIGHT, state.jurisdiction)
    known = fold_codes(place, histories[place].entries)
    return actions.issue_missing(known, zones_of(state), jurisdiction=state.jurisdiction, at=now)


def _one(parts: Parts, by: By, place: UUID, decide: Callable[[Place, Codes, datetime], Sequence[Draft]]) -> Done:
    def decided(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        history = histories[place]
        if history.head is None or history.kind != "place":
            raise NotFound(N_("There is no such entry in this register."), remedy=N_("Search for it again."))
        state = fold_place(place, history.entries)
        by.check(RIGHT, state.jurisdiction)
        return Decision(decide(state, fold_codes(place, history.entries), now), {"place": str(place)})

    return carry_out(parts, by, {place: "place"}, decided)


def _places(running: Running, by: By, wanted: Printing) -> Iterator[PlaceRow]:
    at, reach = running.parts.now(), by.scope(RIGHT)
    with reading(running.readers, reach) as connection:
        if wanted.places:
            yield from registers.places_by_id(connection, wanted.places, reach).values()
            return
        after: str | None = None
        while True:
            page: Page[PlaceRow] = registers.places(connection, wanted.asked, at, limit=BATCH, after_page=after)
            yield from page.rows
            after = page.after
            if after is None:
                return


Doors = tuple[Mapping[UUID, Sequence[ZoneRow]], Mapping[UUID, Sequence[VenueCodeRow]]]


def _doors(running: Running, by: By, places: Sequence[PlaceRow]) -> Doors:
    ids = [row.id for row in places]
    with reading(running.readers, by.scope(RIGHT)) as connection:
        return registers.zones(connection, ids), registers.venue_codes(connection, ids)


def _holding(known: Sequence[VenueCodeRow], zones: Mapping[str, ZoneRow]) -> Iterator[VenueCodeRow]:
    """The codes to hang up: of zones there still are, without an end."""
    wanted = set(zones) or {""}
    return (code for code in known if code.ends_at is None and code.zone in wanted)
