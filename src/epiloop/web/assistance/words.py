"""Requests in the reader's words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.operations.assistance.minimal import RESULTS, RULES, Kind, Result
from epiloop.web import vocabulary as v
from epiloop.web.said import said_day

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


def result(value: str, asked: Kind) -> str:
    """What came of it for a person."""
    if not value:
        return gettext("no result yet")
    if value == Result.FOUND and asked is Kind.WHEREABOUTS:
        return gettext("found")  # nobody is put under control for the question where they are
    return gettext(RESULTS[Result(value)])


def facts(said: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    """What is said of a person besides who it is; of facts that are handed over their number."""
    pairs = [(gettext(FACTS[name]), _fact(name, said[name], today)) for name in FACTS if name in said]
    if "facts" in said:
        pairs.append((gettext("Facts handed over"), str(len(said["facts"]))))
    return pairs


def _fact(name: str, value: Any, today: date) -> str:
    """A fact in words; what the other side wrote in a way of its own stays as it is."""
    try:
        if name == "disease":
            return v.said(v.DISEASES, value)
        if name == "ring":
            return gettext(v.RINGS[value])
        if name in ("last_exposure", "taken_on"):
            return said_day(date.fromisoformat(value), today)
    except (KeyError, ValueError, TypeError):
        pass
    return str(value)
