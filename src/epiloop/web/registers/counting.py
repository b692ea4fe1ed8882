"""Which shared time at a place makes a contact of a case, by the rules in force there: what searches count by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from epiloop.exposure.terms import POINTS_PER_MINUTE, Setting
from epiloop.operations.checkins.presumed import kind_of
from epiloop.runtime.terms import InForce, terms_in_force
from epiloop.store.tables import PlaceRow, ZoneRow
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting
from epiloop.web.registers.kinds import zone_name


@dataclass(frozen=True, slots=True)
class Counted:
    """How time shared with a case of a disease counts in a kind of zone; "" for the place and all other zones.

    `together`: minutes there from which it counts, `weight` times each. `after`: minutes within `hours` after the case
    left, None where they do not count. `enough`: weighted minutes that make a contact. `own`: the document says no
    numbers, these are Epiloop's.
    """

    disease: str
    zone: str
    together: float
    weight: float
    after: float | None
    hours: float
    enough: float
    law: str
    own: bool


def counted(who: Acting, row: PlaceRow, zones: Sequence[ZoneRow]) -> list[Counted]:
    """What counts at a place, a line for each disease, and for kinds of zones that are told apart."""
    inside = sorted({zone.kind for zone in zones} - {""})
    terms = (terms_in_force(who.laws, disease, row.jurisdiction, who.at) for disease in v.DISEASES)
    return [line for known in terms if known for line in _lines(known, row.kind, inside)]


def _lines(known: InForce, kind: str, inside: Sequence[str]) -> Iterator[Counted]:
    usual = known.terms.setting(kind)
    yield _line(known, "", usual)
    for zone in inside:
        setting = known.terms.setting(kind_of(kind, zone))
        if setting != usual:
            yield _line(known, zone_name(zone), setting)


def _line(known: InForce, zone: str, one: Setting) -> Counted:
    return Counted(
        v.said(v.DISEASES, known.disease),
        zone,
        one.minimum / 60,
        one.weight / 1000,
        one.lag_minimum / 60 if one.lag and one.lag_weight else None,
        one.lag / 3600,
        known.terms.first / POINTS_PER_MINUTE,
        f"{titles.of_language(known.source.title)} · {known.version}",
        "kinds" in known.own,
    )
