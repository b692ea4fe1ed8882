"""Where one person was, for whoever opened it: by kind of place; which place it was stays with the key service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from epiloop.web.acting import Acting
from epiloop.web.registers.kinds import kind_name


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay: from when until when, at what kind of place, and whether its end is presumed."""

    entered: datetime
    left: datetime
    kind: str
    presumed: bool


def stays_of(found: Iterable[Any], _who: Acting) -> list[Stay]:
    """The stays of an answer, in order of time."""
    return [
        Stay(one.entered, one.left, kind_name(one.kind.partition("/")[0]) if one.kind else "", bool(one.presumed))
        for one in sorted(found, key=lambda one: one.entered)
    ]
