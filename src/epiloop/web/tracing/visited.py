"""Where one person was, for whoever opened it: by kind of place; which place it was, the search has dropped already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from epiloop.web.acting import Acting
from epiloop.web.tracing.whereabouts import place_kind


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay: from when until when, at what kind of place, whether its end is presumed, and it is doubtful."""

    entered: datetime
    left: datetime
    kind: str
    presumed: bool
    doubtful: bool


def stays_of(found: Iterable[Any], _who: Acting) -> list[Stay]:
    """The stays of an answer, in order of time."""
    return [_stay(one) for one in sorted(found, key=lambda one: one.entered)]


def _stay(one: Any) -> Stay:
    return Stay(one.entered, one.left, place_kind(one.kind), bool(one.presumed), bool(one.doubtful))
