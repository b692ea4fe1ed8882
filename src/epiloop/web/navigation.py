"""The places of the product: what the navigation shows to whom.

Paths are fixed here and served in `project/urls.py`; a place is shown to those who hold its right anywhere.
"""

from dataclasses import dataclass

from epiloop.core.errors import N_
from epiloop.web.acting import Acting


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation: where it leads, its name (message id), the right to see it."""

    path: str
    name: str
    right: str


PLACES = (
    Place("/board/", N_("Board"), "board.read"),
    Place("/today/", N_("Today"), "today.read"),
    Place("/people/", N_("People"), "person.read"),
    Place("/cases/", N_("Cases"), "case.read"),
    Place("/traces/", N_("Contact searches"), "case.read"),
    Place("/assistance/", N_("Requests"), "case.read"),
    Place("/registers/", N_("Places and units"), "register.read"),
    Place("/checkins/enter/", N_("At the door"), "checkin.write"),
    Place("/rules/", N_("Rules"), "rules.read"),
    Place("/imports/", N_("Import"), "import.write"),
    Place("/audit/", N_("Audit"), "audit.read"),
    Place("/accounts/", N_("Accounts"), "accounts.manage"),
)

THUMB = ("/today/", "/board/", "/people/", "/cases/")
"""The places of the bar at the bottom of a phone; the rest stands behind its last entry, the menu."""


def places(who: Acting) -> tuple[Place, ...]:
    """The places this account may open, in order."""
    return tuple(place for place in PLACES if who.can(place.right))


def thumb(shown: tuple[Place, ...]) -> list[Place]:
    """Up to four of the places for the bar of a phone: the usual ones in their order, else the first there are."""
    usual = sorted((place for place in shown if place.path in THUMB), key=lambda place: THUMB.index(place.path))
    return usual or list(shown[:3])
