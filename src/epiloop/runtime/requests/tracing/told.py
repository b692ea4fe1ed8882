"""What was said about a request in free text: why it was asked for, refused or opened in an emergency, and how that was
reviewed. It is sealed; whom it concerns may open it, and is in the key service's log first (PRIVACY R11).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, NotAllowed
from epiloop.ledger.events import Entry
from epiloop.operations.tracing.checks import no_such_request
from epiloop.operations.tracing.events import GlassBroken, GlassReviewed, TraceRefused, VisitsAsked
from epiloop.operations.tracing.state import Request, fold
from epiloop.runtime.histories import History, load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.tracing import APPROVE
from epiloop.store.ledger import PgLedger
from epiloop.vault.sealing import unseal

SUPERVISE = "audit.read"


@dataclass(frozen=True, slots=True)
class Said:
    """What one of them said: `kind` is that of its event, `texts` what stood sealed in it, by field. Its text form
    shows none of that.
    """

    kind: str
    by: str
    at: datetime
    texts: dict[str, str]

    def __repr__(self) -> str:
        return f"Said({self.kind!r}, {len(self.texts)} texts)"


def concerns(by: By, state: Request, where: int) -> bool:
    """Whether it is the business of the one who asks: who made the request, who may approve or review it there, and who
    supervises what is done there.
    """
    return by.actor == state.by or by.can(APPROVE, where) or by.can(SUPERVISE, where)


def said(parts: Parts, by: By, request: UUID) -> tuple[Said, ...]:
    """What was said about a request, oldest first; nothing for one that was erased.

    Raises NotFound, NotAllowed, Unavailable when the key service does not answer: then nothing is shown.
    """
    history = _history(parts, request)
    if not concerns(by, fold(request, history.entries), history.entries[0].jurisdiction):
        raise NotAllowed(N_("Reasons are shown to whoever made the request, approves or reviews it, or supervises."))
    sealed = [one for one in history.entries if _speaker(one) and one.sealed]
    if not sealed:
        return ()
    key = parts.vault.unlock([request], asker=by.actor, purpose=by.purpose).get(request)
    return tuple(_said(one, key) for one in sealed) if key else ()


def _history(parts: Parts, request: UUID) -> History:
    with parts.pool.connection() as connection:
        history = load(PgLedger(connection), {request: "trace"}, lock=False)[request]
    if history.kind != "trace" or not history.entries:
        raise no_such_request()
    return history


def _speaker(entry: Entry) -> str:
    told = entry.body
    return told.by if isinstance(told, VisitsAsked | TraceRefused | GlassBroken | GlassReviewed) else ""


def _said(entry: Entry, key: bytes) -> Said:
    texts: dict[str, Any] = unseal(entry.sealed or b"", key, stream=entry.ref.stream, kind=entry.body.kind)
    told = {name: str(text) for name, text in texts.items() if text}
    return Said(entry.body.kind, _speaker(entry), entry.occurred_at, told)
