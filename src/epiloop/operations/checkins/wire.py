"""Batches of check-ins as JSON: what phones and gateways send, read strictly at the edge.

    {"id": "<uuid>", "said": [{"what": "came", "visit": "<uuid>", "at": "2022-07-01T12:00:00+08:00",
                               "code": "<the code scanned>", "visitor": {"phone": "..."}, "way": "phone"},
                              {"what": "left", "visit": "<uuid>", "at": "..."},
                              {"what": "staying", "visit": "<uuid>", "at": "...", "until": "..."},
                              {"what": "still-here", "visit": "<uuid>", "at": "..."}]}

Somebody who came says it with the code that was scanned: whoever reads it verifies the code, and takes place and zone
from there and from nowhere else. No error says what stood in a field (PRIVACY R28).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.operations.checkins.codes import Claims
from epiloop.operations.checkins.inbox import LARGEST, Batch
from epiloop.operations.checkins.visits import Came, Left, Said, Staying, StillHere, Visitor, Way

MOST_BYTES = 2 * 1024 * 1024
_FIELDS = {
    "came": {"what", "visit", "at", "code", "visitor", "way"},
    "left": {"what", "visit", "at"},
    "staying": {"what", "visit", "at", "until"},
    "still-here": {"what", "visit", "at"},
}
_OF_VISITOR = {"phone", "document", "card", "name"}

Verify = Callable[[str, datetime], Claims]
"""What a code says at an instant, if it may be believed; raises otherwise."""


def read(body: bytes, verify: Verify, *, ways: frozenset[Way]) -> Batch:
    """The batch in a request's body; `ways`: what its sender may have entered it by.

    Codes are verified for the instant at which they were scanned, so that what was queued without signal is taken when
    the code has ended meanwhile. Raises InvalidInput or Refused; then nothing of the batch may be taken.
    """
    given = _json(body)
    if set(given) != {"id", "said"} or not isinstance(given["said"], list) or len(given["said"]) > LARGEST:
        raise _unreadable("batch")
    once = _Once(verify)
    said = tuple(_said(one, number, once, ways) for number, one in enumerate(given["said"], 1))
    return Batch(_id(given["id"], "id"), said)


@dataclass(slots=True)
class _Once:
    """Verifies a code again only for an instant outside those it was found to hold at: a code holds without a gap."""

    verify: Verify
    held: dict[str, tuple[datetime, datetime, Claims]] = field(default_factory=dict)

    def __call__(self, code: str, at: datetime) -> Claims:
        first, last, claims = self.held.get(code, (None, None, None))
        if first is None or last is None or claims is None:
            first = last = at
            claims = self.verify(code, at)
        elif not first <= at <= last:
            claims = self.verify(code, at)
        self.held[code] = min(first, at), max(last, at), claims
        return claims


def _json(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BYTES:
        raise InvalidInput(N_("The batch is too large."), remedy=N_("Send them in parts."))
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise _unreadable("batch") from None
    if not isinstance(given, dict):
        raise _unreadable("batch")
    return given


def _said(one: Any, number: int, verify: Verify, ways: frozenset[Way]) -> Said:
    where = f"said[{number}]"
    if not isinstance(one, dict) or not isinstance(one.get("what"), str) or set(one) != _FIELDS.get(one["what"]):
        raise _unreadable(where)
    visit, at = _id(one["visit"], where), _instant(one["at"], where)
    try:
        if one["what"] == "left":
            return Left(visit, at)
        if one["what"] == "staying":
            return Staying(visit, at, _instant(one["until"], where))
        if one["what"] == "still-here":
            return StillHere(visit, at)
        return _came(one, visit, at, verify, ways)
    except EpiloopError as wrong:
        wrong.where = wrong.where or where
        raise


def _came(one: Mapping[str, Any], visit: UUID, at: datetime, verify: Verify, ways: frozenset[Way]) -> Came:
    visitor, code = one["visitor"], one["code"]
    if not isinstance(code, str) or not isinstance(visitor, dict) or not set(visitor) <= _OF_VISITOR:
        raise _unreadable("visitor")
    if not all(isinstance(text, str) for text in visitor.values()):
        raise _unreadable("visitor")
    if one["way"] not in {way.value for way in ways}:
        raise InvalidInput(N_("A check-in cannot be entered here in this way."))
    claims = verify(code, at)
    return Came(visit, at, claims.place, claims.zone, claims.number, Visitor(**visitor), Way(one["way"]))


def _id(value: Any, where: str) -> UUID:
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise _unreadable(where) from None


def _instant(value: Any, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise _unreadable(where) from None
    if at.tzinfo is None or not 2000 <= at.year < 2200:
        raise _unreadable(where)
    return at


def _unreadable(where: str) -> InvalidInput:
    return InvalidInput(N_("This is no batch of check-ins."), where=where, remedy=N_("Load the page again."))
