"""Kinds of places in the reader's words: those of the register, and those that only itineraries have."""

from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.operations.itineraries.events import Vehicle
from epiloop.web.itineraries.words import KINDS
from epiloop.web.registers.kinds import kind_name

UNREGISTERED = {**{str(one): KINDS[one] for one in Vehicle}, "household": N_("Household"), "gathering": N_("Gathering")}
"""Words of `operations.itineraries.visits.KINDS`."""


def place_kind(kind: str) -> str:
    """A kind as the terms of clauses write it ("restaurant/room"), without its zone's."""
    word = kind.partition("/")[0]
    if word in UNREGISTERED:
        return gettext(UNREGISTERED[word])
    return kind_name(word) if word else gettext("Some other place")
