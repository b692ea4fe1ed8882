"""What can happen to a unit, its posts and its roster. The rules are told nothing: they know posts, never people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Body, body


@body("unit-registered")
@dataclass(frozen=True)
class UnitRegistered(Body):
    """A unit is known: an office, a hospital, an employer. `jurisdiction` is the 16-digit code it stands in."""

    unit_kind: str
    jurisdiction: int
    name_zh: str
    name_en: str = ""
    outside: tuple[tuple[str, str], ...] = ()


@body("unit-changed")
@dataclass(frozen=True)
class UnitChanged(Body):
    """What is given is different now; what is left out stays."""

    unit_kind: str | None = None
    jurisdiction: int | None = None
    name_zh: str | None = None
    name_en: str | None = None


@body("unit-closed")
@dataclass(frozen=True)
class UnitClosed(Body):
    """The unit is no more, nor are its posts."""


@body("post-created")
@dataclass(frozen=True)
class PostCreated(Body):
    """A post of the unit. `post_kind` is a word of the rules' vocabulary; `phone` the desk's line.

    A post of the territory answers for `jurisdiction` at `level`; one of the unit itself has level "".
    """

    post: UUID
    post_kind: str
    jurisdiction: int
    level: str = ""
    phone: str | None = None


@body("post-closed")
@dataclass(frozen=True)
class PostClosed(Body):
    """The post is no more."""

    post: UUID


@body("post-holder-assigned")
@dataclass(frozen=True)
class PostHolderAssigned(Body):
    """An account holds the post, on shift or not; `substitute_for` names the holder it stands behind."""

    post: UUID
    account: str
    phone: str | None = None
    substitute_for: str | None = None


@body("post-holder-removed")
@dataclass(frozen=True)
class PostHolderRemoved(Body):
    """The account holds the post no more."""

    post: UUID
    account: str


@body("shift-rostered")
@dataclass(frozen=True)
class ShiftRostered(Body):
    """An account is on duty at the post in [starts, ends). `phone` is the duty line, not a private one."""

    post: UUID
    account: str
    starts: datetime
    ends: datetime
    phone: str | None = None
    substitute_for: str | None = None


@body("shift-cancelled")
@dataclass(frozen=True)
class ShiftCancelled(Body):
    """The account is not on duty at the post from `starts` after all."""

    post: UUID
    account: str
    starts: datetime


@body("substitute-named")
@dataclass(frozen=True)
class SubstituteNamed(Body):
    """In [starts, ends) `substitute` takes every shift of `account` at the post."""

    post: UUID
    account: str
    substitute: str
    starts: datetime
    ends: datetime
    phone: str | None = None
