"""How a request for a contact search stands, folded from its own stream."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Entry
from epiloop.operations.tracing import events as e

STEPS: Mapping[str, frozenset[str]] = {
    "asked": frozenset({"approved", "refused", "withdrawn"}),
    "approved": frozenset({"done", "withdrawn"}),
    "done": frozenset({"done", "withdrawn"}),
    "refused": frozenset(),
    "withdrawn": frozenset(),
}
"""What was approved may be carried out again while it holds: who is found grows with what is known."""

GLASS_STEPS: Mapping[str, frozenset[str]] = {
    "broken": frozenset({"reviewed", "lapsed"}),
    "lapsed": frozenset({"reviewed"}),
    "reviewed": frozenset(),
}
"""A review that comes too late is still one; the account stays suspended until an administrator lets it in again."""


APPROVALS: Mapping[str, int] = {"trace": 1, "history": 1, "order": 2}
"""How many others approve what has to be approved, each of another unit. What is not here is reviewed afterwards."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `step` "" before anybody asked. `kind`: "trace", "glass", "history" (where the case itself was) or
    "order" (the same by legal order). `approved`: account and unit of each who approved; `decided_by` is the last.

    `due`: until when another person has to decide, or to review. `expires`: until when it can be carried out.
    `said`: which event of it holds what was said as free text, sealed.
    """

    request: UUID
    kind: str = "trace"
    step: str = ""
    person: UUID | None = None
    case: UUID | None = None
    disease: str = ""
    clause: str = ""
    ring: int = 1
    since: datetime | None = None
    until: datetime | None = None
    by: str = ""
    unit: str = ""
    digest: str = ""
    asked_at: datetime | None = None
    due: datetime | None = None
    decided_by: str = ""
    decided_unit: str = ""
    decided_at: datetime | None = None
    expires: datetime | None = None
    approved: tuple[tuple[str, str], ...] = ()
    first: int | None = None
    second: int | None = None
    counted: bool = False
    done_at: datetime | None = None
    confirmed: int = 0
    registered: int = 0
    justified: bool | None = None
    said: EventRef | None = None


def fold(request: UUID, history: Iterable[Entry]) -> Request:
    """The request after these events."""
    state = Request(request)
    for entry in history:
        state = _after(state, entry)
    return state


def _after(state: Request, entry: Entry) -> Request:
    told, at = entry.body, entry.occurred_at
    if isinstance(told, e.TraceAsked | e.GlassBroken | e.VisitsAsked):
        return _asked(state, told, entry)
    if isinstance(told, e.TraceApproved):
        decided = {"decided_by": told.by, "decided_unit": told.unit, "decided_at": at, "expires": told.until}
        approved = (*state.approved, (told.by, told.unit))
        step = "approved" if len(approved) >= APPROVALS[state.kind] else "asked"
        return replace(state, step=step, approved=approved, **decided)  # type: ignore[arg-type]
    if isinstance(told, e.TraceRefused):
        decided = {"decided_by": told.by, "decided_unit": "", "decided_at": at, "expires": None}
        return replace(state, step="refused", said=entry.ref, **decided)  # type: ignore[arg-type]
    if isinstance(told, e.TraceCarriedOut):
        counts = {"first": told.first, "second": told.second, "counted": told.counted}
        return replace(state, step="done", done_at=at, **counts)  # type: ignore[arg-type]
    if isinstance(told, e.TraceConfirmed):
        more = state.confirmed + told.confirmed, state.registered + told.registered
        return replace(state, confirmed=more[0], registered=more[1])
    return _ended(state, entry)


def _asked(state: Request, told: e.TraceAsked | e.GlassBroken | e.VisitsAsked, entry: Entry) -> Request:
    known = {"person": told.person, "by": told.by, "unit": told.unit, "due": told.due, "digest": told.digest}
    if isinstance(told, e.TraceAsked):
        asked = {"case": told.case, "disease": told.disease, "clause": told.clause, "ring": told.ring}
        asked |= {"since": told.since, "until": told.until, "step": "asked"}
    elif isinstance(told, e.VisitsAsked):
        asked = {"kind": "order" if told.order else "history", "step": "asked", "said": entry.ref}
        asked |= {"since": told.since, "until": told.until}
    else:
        asked = {"kind": "glass", "step": "broken", "expires": told.until, "said": entry.ref}
    return replace(state, asked_at=entry.occurred_at, **known, **asked)  # type: ignore[arg-type]


def _ended(state: Request, entry: Entry) -> Request:
    told = entry.body
    if isinstance(told, e.TraceWithdrawn):
        return replace(state, step="withdrawn")
    if isinstance(told, e.GlassLapsed):
        return replace(state, step="lapsed")
    if isinstance(told, e.GlassReviewed):
        decided = {"decided_by": told.by, "decided_unit": told.unit, "decided_at": entry.occurred_at}
        return replace(state, step="reviewed", justified=told.justified, **decided)  # type: ignore[arg-type]
    return state
