"""What can happen to a division. Each stands in the division's own stream and takes effect on its `since`."""

from dataclasses import dataclass
from datetime import date

from epiloop.ledger.events import Body, body


@body("division-listed")
@dataclass(frozen=True)
class DivisionListed(Body):
    """A code table lists this division; listed again it replaces what the earlier listing said."""

    code: int
    level: str
    name: str
    since: date
    parent: int | None = None
    name_en: str = ""
    placeholder: bool = False
    source: str = ""


@body("division-renamed")
@dataclass(frozen=True)
class DivisionRenamed(Body):
    """From `since` it has another name; its code stays."""

    code: int
    name: str
    since: date
    name_en: str = ""
    source: str = ""


@body("division-moved")
@dataclass(frozen=True)
class DivisionMoved(Body):
    """From `since` it belongs to another parent; its code and everything inside it stay."""

    code: int
    parent: int
    since: date
    source: str = ""


@body("division-merged")
@dataclass(frozen=True)
class DivisionMerged(Body):
    """From `since` it is part of `into`, which then also answers for everything recorded under the old code."""

    code: int
    into: int
    since: date
    source: str = ""


@body("division-split")
@dataclass(frozen=True)
class DivisionSplit(Body):
    """From `since` it gives the divisions `part` to the new division `to`; `ends` if nothing of it remains."""

    code: int
    to: int
    part: tuple[int, ...]
    since: date
    ends: bool = False
    source: str = ""


@body("zone-drawn")
@dataclass(frozen=True)
class ZoneDrawn(Body):
    """A functional zone governs a territory at a rank in [since, until); drawn again it replaces the earlier one."""

    code: int
    level: str
    parent: int
    name: str
    territory: tuple[int, ...]
    since: date
    until: date | None = None
    source: str = ""
