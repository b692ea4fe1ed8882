"""Stops in the reader's words: what each is, where, how well it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.operations.itineraries.events import Basis, Precision, StopKind, StopTold, Vehicle
from epiloop.web import titles
from epiloop.web.registers.kinds import kind_name, zone_name

HOME = "home"
KINDS: Mapping[str, str] = {
    HOME: N_("At home"),
    StopKind.PLACE: N_("Registered place"),
    StopKind.ELSEWHERE: N_("Some other place"),
    Vehicle.TRAIN: N_("Train"),
    Vehicle.BUS: N_("Bus"),
    Vehicle.FLIGHT: N_("Flight"),
    Vehicle.SHIP: N_("Ship"),
    Vehicle.CAR: N_("Car"),
    StopKind.HOUSEHOLD: N_("In somebody else's home"),
    StopKind.GATHERING: N_("Gathering"),
}
"""What the form offers, in the order in which people ask on the telephone."""
BASES: Mapping[str, str] = {
    Basis.INTERVIEW: N_("said in the interview"),
    Basis.TICKET: N_("ticket"),
    Basis.CARD: N_("card payment or pass"),
    Basis.CAMERA: N_("camera"),
    Basis.TELEPHONE: N_("telephone data"),
}
PARTS: Mapping[str, tuple[str, int, int]] = {
    "night": (N_("night"), 0, 6),
    "morning": (N_("morning"), 6, 12),
    "afternoon": (N_("afternoon"), 12, 18),
    "evening": (N_("evening"), 18, 24),
}
"""Parts of a day, with their first and last hour."""


@dataclass(frozen=True, slots=True)
class Words:
    """One stop: what it is in one line, what is known besides, and how it is known."""

    title: str
    detail: str
    basis: str


def words_of(told: StopTold, home: UUID) -> Words:
    """A stop in words; `home`: the person's own household."""
    detail = [part for part in (_detail(told), told.note) if part]
    basis = gettext(BASES[told.basis])
    if told.precision is Precision.ABOUT:
        basis = gettext("%(basis)s, times about right") % {"basis": basis}
    return Words(_title(told, home), " · ".join(detail), basis)


def form_kind(told: StopTold, home: UUID) -> str:
    """What of `KINDS` a stop is."""
    if told.where is StopKind.VEHICLE:
        return str(told.vehicle)
    return HOME if told.where is StopKind.HOUSEHOLD and told.household == home else str(told.where)


def _title(told: StopTold, home: UUID) -> str:
    kind = gettext(KINDS[form_kind(told, home)])
    if told.where is StopKind.VEHICLE:
        return f"{kind} {told.number}"
    if told.where is StopKind.HOUSEHOLD:
        return kind if told.household in (home, None) else f"{kind} {titles.short_code(told.household or home)}"
    return told.name or kind


def _detail(told: StopTold) -> str:
    if told.where is StopKind.VEHICLE:
        return " · ".join(part for part in (_way(told), _seat(told)) if part)
    parts = [gettext(KINDS[StopKind.GATHERING]) if told.where is StopKind.GATHERING else "", told.address or ""]
    kind, _, zone = (told.place_kind or "").partition("/")
    parts += [kind_name(kind) if kind else "", f"{zone_name(zone)} {told.zone}".strip() if told.zone else ""]
    return " · ".join(part for part in parts if part)


def _way(told: StopTold) -> str:
    ends = told.origin or "", told.destination or ""
    return " → ".join(ends) if any(ends) else ""


def _seat(told: StopTold) -> str:
    said = [gettext("carriage %(carriage)s") % {"carriage": told.carriage}] if told.carriage else []
    said += [gettext("seat %(seat)s") % {"seat": told.seat}] if told.seat else []
    return " · ".join(said)
