"""What happens to a request for a contact search. None of it tells the rules anything (PRIVACY R5).

The stream's id is the one under which the key service keeps the signed text. `by` is an account's id, `unit` what the
signing key was enrolled with. Counts only: neither a place nor anybody who was met is in an event.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Body, body, secret


@body("trace-asked")
@dataclass(frozen=True)
class TraceAsked(Body):
    """Somebody asked who met the case, in rings 1 to `ring`, from `since` until `until`, by a clause of a rulebook.

    `digest` (hex) is that of the signed text; another person decides until `due`.
    """

    person: UUID
    case: UUID
    disease: str
    clause: str
    ring: int
    since: datetime
    until: datetime
    by: str
    unit: str
    due: datetime
    digest: str


@body("visits-asked")
@dataclass(frozen=True)
class VisitsAsked(Body):
    """Somebody asked to open where one person was, from `since` until `until`: for the investigation of their own case,
    or, with `order`, by a statute (a word of `core.statutes`) for an authority, under its reference; two others of two
    further units approve that (PRIVACY R8, R12).
    """

    person: UUID
    order: bool
    since: datetime
    until: datetime
    by: str
    unit: str
    due: datetime
    digest: str
    statute: str | None = secret(default=None)
    authority: str | None = secret(default=None)
    reference: str | None = secret(default=None)


@body("trace-approved")
@dataclass(frozen=True)
class TraceApproved(Body):
    """Another person of another unit signed the same text; with enough of them it may be carried out until `until`."""

    by: str
    unit: str
    until: datetime


@body("trace-refused")
@dataclass(frozen=True)
class TraceRefused(Body):
    """Whoever was to approve it did not."""

    by: str
    reason: str | None = secret(default=None)


@body("trace-carried-out")
@dataclass(frozen=True)
class TraceCarriedOut(Body):
    """How many were over the threshold, ring 1 and ring 2. `counted`: only a first positive, so nobody was named."""

    by: str
    first: int
    second: int = 0
    counted: bool = False


@body("trace-confirmed")
@dataclass(frozen=True)
class TraceConfirmed(Body):
    """An investigator confirmed so many of them as contacts now; so many of these were registered for it."""

    by: str
    confirmed: int
    registered: int = 0


@body("trace-withdrawn")
@dataclass(frozen=True)
class TraceWithdrawn(Body):
    """It is over: nothing can be searched with it any more."""

    by: str


@body("glass-broken")
@dataclass(frozen=True)
class GlassBroken(Body):
    """Somebody opened one person's visits without an approval, until `until`; another has to review it by `due`."""

    person: UUID
    by: str
    unit: str
    until: datetime
    due: datetime
    digest: str
    reason: str | None = secret(default=None)


@body("glass-reviewed")
@dataclass(frozen=True)
class GlassReviewed(Body):
    """Another person reviewed it: it was justified, or it was not. `key` and `signature` are what they signed it with,
    as hexadecimal digits: a key service that was restored from a backup is told again.
    """

    by: str
    unit: str
    justified: bool
    note: str | None = secret(default=None)
    key: str = ""
    signature: str = ""


@body("glass-lapsed")
@dataclass(frozen=True)
class GlassLapsed(Body):
    """Nobody reviewed it in time: the account that did it is suspended."""

    account: str
