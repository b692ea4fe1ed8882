"""The rows of registers: divisions, units with their posts and shifts, places, adopted rulebooks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from epiloop.core.jurisdictions import LEVELS
from epiloop.operations.checkins import state as checkins_state
from epiloop.operations.checkins.short import short_code
from epiloop.operations.checkins.state import VenueCode
from epiloop.registers import rulebooks
from epiloop.registers.jurisdictions.divisions import Division
from epiloop.registers.jurisdictions.events import ZoneDrawn
from epiloop.registers.jurisdictions.state import register
from epiloop.registers.places import hours
from epiloop.registers.places import state as places_state
from epiloop.registers.places.state import Place
from epiloop.registers.units import state as units_state
from epiloop.registers.units.queries import served
from epiloop.registers.units.state import Shift, Unit
from epiloop.runtime.histories import History
from epiloop.store.tables import (
    AdoptionRow,
    DivisionRow,
    DoorCountRow,
    PlaceRow,
    PostRow,
    ShiftRow,
    UnitRow,
    VenueCodeRow,
    ZoneRow,
)

Rows = Iterator[tuple[Any, ...]]
EVER = date(1, 1, 1)


def division_rows(history: History) -> Rows:
    """A division in each span of time in which it was the same."""
    bodies = [entry.body for entry in history.entries if not isinstance(entry.body, ZoneDrawn)]
    for spans in register(bodies).spans.values():
        yield from (_division(history, span) for span in spans)


def _division(history: History, span: Division) -> DivisionRow:
    return DivisionRow(
        id=history.stream,
        code=span.code,
        level=LEVELS.index(span.level),
        parent=span.parent,
        name_zh=span.name,
        name_en=span.name_en,
        pinyin=span.pinyin,
        initials=span.initials,
        placeholder=span.placeholder,
        valid_from=span.since or EVER,
        valid_until=span.until,
    )


def adoption_rows(history: History) -> Rows:
    """Each adoption of a rulebook."""
    for adopted in rulebooks.fold(history.entries):
        digest = bytes.fromhex(adopted.digest)
        yield AdoptionRow(history.stream, adopted.name, digest, adopted.jurisdiction, adopted.at, adopted.recorded_at)


def unit_rows(history: History) -> Rows:
    """A unit with its posts and who is on shift at them; a closed one has neither."""
    unit = units_state.fold(history.stream, history.entries)
    yield UnitRow(unit.unit, unit.kind, unit.name_zh, unit.name_en or unit.name_zh, unit.jurisdiction)
    if unit.step != "registered":
        return
    for post in unit.posts.values():
        yield PostRow(post.post, post.kind, post.level, post.jurisdiction, unit.unit, post.phone or "")
    for shift in unit.shifts:
        if shift.post in unit.posts:
            yield from (_shift(unit, piece) for piece in served(shift, unit.substitutes))


def _shift(unit: Unit, shift: Shift) -> ShiftRow:
    post = unit.posts[shift.post]
    line, instead_of = shift.phone or post.phone or "", shift.substitute_for or ""
    return ShiftRow(shift.post, shift.starts, shift.ends, shift.account, line, instead_of, post.jurisdiction, unit.unit)


def place_rows(history: History) -> Rows:
    """A place with its zones, the codes at its doors (those of a closed one end with it), and what was counted."""
    place = places_state.fold(history.stream, history.entries)
    yield PlaceRow(
        place.place,
        place.place_kind,
        place.name_zh,
        place.name_en or place.name_zh,
        place.capacity,
        place.sensitivity.value,
        place.jurisdiction,
        place.unit,
        place.closed_at,
        place.code or "",
        hours.said(place.hours),
        *(place.position or (None, None)),
    )
    for zone in place.zones:
        names = zone.name_zh, zone.name_en or zone.name_zh
        yield ZoneRow(place.place, zone.zone, zone.zone_kind, *names, zone.capacity, place.jurisdiction)
    for code in checkins_state.fold(history.stream, history.entries).codes:
        yield _code(place, code)
    for told in checkins_state.counts(history.entries):
        yield DoorCountRow(place.place, told.zone, told.since, told.until, told.people, place.jurisdiction)


def _code(place: Place, code: VenueCode) -> VenueCodeRow:
    ends, reason = code.ends, code.reason
    if place.closed_at is not None and (ends is None or place.closed_at < ends):
        ends, reason = place.closed_at, "closed"
    short = short_code(place.place, code.zone, code.number)
    return VenueCodeRow(place.place, code.zone, code.number, short, place.jurisdiction, code.issued, ends, reason)
