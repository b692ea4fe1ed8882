"""Stops as visits for the keeper of sealed days: which zones, as bytes that are the same for everybody who was there.

A stop is told to the keeper as a visit that is over, on each calendar day one: so a day that is destroyed takes nothing
with it of what was said of the next. A correction ends the old visits where they began and tells new ones; so does a
withdrawal, without new ones. The ids of the visits follow from the stop's, so nobody has to keep them.
"""

from datetime import datetime, tzinfo
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.core.instants import day_of, end_of_day, instant
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import Stop
from epiloop.vault.normal import address as plain
from epiloop.vault.reach import subject_code
from epiloop.vault.spots import MOVES, spot, spot_of_place, spot_on_board
from epiloop.vault.visits import NO_ROW, Kind, Said, kind_number

ITINERARY, VEHICLE, HOUSEHOLD = 2, 3, 4
"""Numbers of sources: `exposure.visits.Source`."""
KINDS = (*map(str, e.Vehicle), "household", "gathering")
"""Kinds of place that no register has: terms of clauses may name them like any other."""
_SOURCES = {e.StopKind.VEHICLE: VEHICLE, e.StopKind.HOUSEHOLD: HOUSEHOLD}


def said(person: UUID, stop: Stop, zone: tzinfo) -> tuple[Said, ...]:
    """The visits that an opened stop is, as told last."""
    told = stop.told
    numbers = {"place": kind_number(kind_words(told)), "source": source(told), "row": seat_row(told.seat)}
    return tuple(
        Said(_visit(stop, piece), Kind.OUT, *span, where, subject_code(person), **numbers)
        for piece, (where, span) in enumerate(
            (where, span) for where in sorted(spots(told)) for span in _spans(stop.begins, stop.ends, zone)
        )
    )


def ended(person: UUID, stop: Stop, zone: tzinfo) -> tuple[Said, ...]:
    """The same visits ended where they began: the person was not there after all."""
    return tuple(
        Said(one.visit, Kind.OUT, one.entered, one.entered, one.zone, one.person, one.place, 0, one.source, one.row)
        for one in said(person, stop, zone)
    )


def spots(told: e.StopTold) -> frozenset[bytes]:
    """The zones of an opened stop. A gathering is one of its own, and the registered place where it was another: so
    its guests meet those who checked in there, and those who only said which gathering it was.
    """
    found = {_spot(told)}
    if told.where is e.StopKind.GATHERING:
        found.add(gathering_spot(told.name or ""))
    return frozenset(one for one in found if one)


def gathering_spot(name: str) -> bytes:
    """The zone of a gathering, by the name that several people's stops share, however it was typed."""
    return spot(MOVES, f"gathering:{plain(name)}".encode())


def household_spot(household: UUID) -> bytes:
    """The zone of a household, or of the home of a person who lives in none."""
    return spot(MOVES, b"household:" + household.bytes)


def vehicle_spot(told: e.StopTold) -> bytes:
    """The zone of a vehicle on the day it set out, with the carriage where one is known: somebody of whom it is not may
    have met those of any.
    """
    return spot_on_board(f"{told.vehicle}:{plain(told.number or '')}:{told.on}".encode(), plain(told.carriage or ""))


def kind_words(told: e.StopTold) -> str:
    """The kind of place in the words of the terms of clauses: "restaurant/room", "train", "household"."""
    if told.where is e.StopKind.VEHICLE:
        return str(told.vehicle)
    if told.where is e.StopKind.HOUSEHOLD:
        return "household"
    return told.place_kind or ("gathering" if told.where is e.StopKind.GATHERING else "")


def source(told: e.StopTold) -> int:
    """Where the visit is known from, as a number."""
    return _SOURCES.get(told.where, ITINERARY) if told.where else ITINERARY


def seat_row(seat: str | None) -> int:
    """The row of a seat: the number in "12F"; NO_ROW where none is said."""
    digits = "".join(sign for sign in seat or "" if sign in "0123456789")
    return int(digits) if digits and len(digits) < 4 and int(digits) < NO_ROW else NO_ROW


def _spot(told: e.StopTold) -> bytes:
    if told.place is not None:
        return spot_of_place(told.area or MOVES, told.place, told.zone or "")
    if told.where is e.StopKind.VEHICLE:
        return vehicle_spot(told)
    if told.where is e.StopKind.HOUSEHOLD:
        return household_spot(told.household) if told.household else b""
    if told.where is e.StopKind.GATHERING:
        return b""
    return spot(told.area or MOVES, f"elsewhere:{plain(told.address or told.name or '')}".encode())


def _spans(begins: datetime, ends: datetime, zone: tzinfo) -> list[tuple[int, int]]:
    if begins == ends:
        return [(_seconds(begins), _seconds(ends))]
    spans, start = [], instant(begins)
    while start < ends:
        end = min(end_of_day(day_of(start, zone), zone), instant(ends))
        spans.append((_seconds(start), _seconds(end)))
        start = end
    return spans


def _seconds(at: datetime) -> int:
    return int(instant(at).timestamp())


def _visit(stop: Stop, piece: int) -> bytes:
    return derived("stop", str(stop.stop), str(stop.tellings), str(piece)).bytes
