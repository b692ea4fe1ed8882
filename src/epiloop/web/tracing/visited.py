"""Where one person was, for whoever opened it: by kind of place; which place it was, the search has dropped already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from epiloop.web.acting import Acting
from epiloop.web.registers.kinds import kind_name


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
    kind = kind_name(one.kind.partition("/")[0]) if one.kind else ""
    return Stay(one.entered, one.left, kind, bool(one.presumed), bool(one.doubtful))
