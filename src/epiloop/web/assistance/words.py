"""Requests in the reader's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.operations.assistance.minimal import RESULTS, RULES, Kind, Result

STEPS: Mapping[str, str] = {
    "made": N_("made, not sent"),
    "sent": N_("sent, no receipt yet"),
    "arrived": N_("arrived, not received"),
    "received": N_("received, not answered"),
    "answered": N_("answered"),
    "closed": N_("closed"),
}
FACTS: Mapping[str, str] = {
    "disease": N_("Disease"),
    "ring": N_("Ring"),
    "last_exposure": N_("Last exposure"),
    "sample": N_("Number on the tube"),
    "taken_on": N_("Taken"),
    "place": N_("Place"),
    "since": N_("From"),
    "until": N_("Until"),
}


def kind(value: str) -> str:
    """What is asked for."""
    return gettext(RULES[Kind(value)].name)


def step(value: str) -> str:
    """How far it is."""
    return gettext(STEPS[value])


def result(value: str) -> str:
    """What came of it for a person."""
    return gettext(RESULTS[Result(value)]) if value else gettext("no result yet")


def facts(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is said of a person besides who it is; of facts that are handed over their number."""
    pairs = [(gettext(FACTS[name]), str(value)) for name, value in said.items() if name in FACTS]
    if "facts" in said:
        pairs.append((gettext("Facts handed over"), str(len(said["facts"]))))
    return pairs
