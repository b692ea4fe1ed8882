"""A request between jurisdictions, folded from its events in recorded order; the same on both sides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from epiloop.ledger.events import Body, Entry
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.events import Answer

STEPS: Mapping[str, frozenset[str]] = {
    "new": frozenset({"made", "arrived"}),
    "made": frozenset({"sent", "received", "answered", "closed"}),
    "sent": frozenset({"sent", "received", "answered", "closed"}),
    "arrived": frozenset({"received", "answered", "closed"}),
    "received": frozenset({"received", "answered", "closed"}),
    "answered": frozenset({"received", "answered", "closed"}),
    "closed": frozenset(),
}
"""A message may overtake another: an answer that comes before its receipt is one that was received."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as one side knows it. `jurisdiction` is ours, `other` the other side's; `outgoing`: we ask.

    `rounds` counts answers, `heard` is the number of the other side's last one. `sent` are the messages that left:
    what -> (how, when). `said_at` is the version of the event that holds what is sealed of it.
    """

    stream: UUID
    step: str = "new"
    outgoing: bool = True
    told: "e.AssistanceAsked | e.AssistanceArrived | None" = None
    jurisdiction: int = 0
    other: int = 0
    made_at: datetime | None = None
    arrived_at: datetime | None = None
    received_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn: bool = False
    answers: Mapping[int, Answer] = field(default_factory=lambda: MappingProxyType({}))
    rounds: int = 0
    heard: int = 0
    matched: Mapping[int, UUID] = field(default_factory=lambda: MappingProxyType({}))
    sent: Mapping[str, tuple[str, datetime]] = field(default_factory=lambda: MappingProxyType({}))
    said_at: int = 0

    @property
    def people(self) -> int:
        """How many people it concerns."""
        return len(self.told.people) if self.told else 0

    @property
    def complete(self) -> bool:
        """Whether there is a result of everybody."""
        return self.told is not None and len(self.answers) >= max(self.people, 1)


def fold(stream: UUID, history: Iterable[Entry]) -> Request:
    """The request after these events; those of other capabilities are passed over."""
    request = Request(stream)
    for entry in history:
        request = _with(request, entry.body, entry)
    return request


def _with(request: Request, told: Body, entry: Entry) -> Request:
    take = _TAKES.get(type(told))
    return take(request, told, entry) if take else request


def _sent(request: Request, told: e.AssistanceSent, entry: Entry) -> Request:
    step = "sent" if request.step == "made" and told.what == "request" else request.step
    sent = MappingProxyType({**request.sent, told.what: (told.how, entry.occurred_at)})
    return replace(request, step=step, sent=sent)


def _received(request: Request, _told: e.AssistanceReceived, entry: Entry) -> Request:
    step = request.step if request.step in ("answered", "closed") else "received"
    return replace(request, step=step, received_at=request.received_at or entry.occurred_at)


def _matched(request: Request, told: e.AssistanceMatched, _entry: Entry) -> Request:
    return replace(request, matched=MappingProxyType({**request.matched, told.number: told.person}))


def _closed(request: Request, told: e.AssistanceClosed, entry: Entry) -> Request:
    return replace(request, step="closed", closed_at=entry.occurred_at, withdrawn=told.withdrawn)


def _begun(request: Request, told: e.AssistanceAsked | e.AssistanceArrived, entry: Entry) -> Request:
    asked = isinstance(told, e.AssistanceAsked)
    return replace(
        request,
        step="made" if asked else "arrived",
        outgoing=asked,
        told=told,
        jurisdiction=entry.jurisdiction,
        other=told.receiver if isinstance(told, e.AssistanceAsked) else told.sender,
        made_at=entry.occurred_at if isinstance(told, e.AssistanceAsked) else told.made_at,
        arrived_at=None if asked else entry.occurred_at,
        said_at=entry.ref.version,
    )


def _answered(request: Request, told: e.AssistanceAnswered, entry: Entry) -> Request:
    at = entry.occurred_at
    said = zip(told.numbers, told.results, told.at, told.where, strict=True)
    answers = {number: Answer(number, result, when, where or None) for number, result, when, where in said}
    return replace(
        request,
        step="closed" if request.step == "closed" else "answered",
        received_at=request.received_at or at,
        answered_at=at if told.complete else request.answered_at,
        answers=MappingProxyType({**request.answers, **answers}),
        rounds=request.rounds + 1,
        heard=max(request.heard, told.round),
    )


_TAKES: Mapping[type[Body], Callable[[Request, Any, Entry], Request]] = {
    e.AssistanceAsked: _begun,
    e.AssistanceArrived: _begun,
    e.AssistanceSent: _sent,
    e.AssistanceReceived: _received,
    e.AssistanceAnswered: _answered,
    e.AssistanceMatched: _matched,
    e.AssistanceClosed: _closed,
}
