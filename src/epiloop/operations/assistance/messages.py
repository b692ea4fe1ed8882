"""What messages say, in canonical CBOR before they are sealed: a request, a receipt, results, the end of a request.

Each names the installations it goes between, so that a message cannot be turned round, and when it was written, so
that an old one is refused. The same message twice has the same id and is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import cbor2

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code, code, short
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import LONGEST, Kind, Result, check_items

OLDEST = timedelta(days=14)
"""A message that was written longer ago is refused: write it again."""
AHEAD = timedelta(hours=1)
"""How far the other side's clock may be ahead."""
WHATS = ("request", "receipt", "answer", "closed")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom: the ids of the two installations' keys; which request, and as which of its messages."""

    sender: bytes
    receiver: bytes
    request: UUID
    what: str
    at: datetime

    @property
    def id(self) -> UUID:
        """What names the message: the same for the same message sent again."""
        return derived("assistance", self.sender.hex(), str(self.request), self.what)

    @property
    def sort(self) -> str:
        """Which sort of message: an answer has a number behind it."""
        return self.what.partition("-")[0]

    @property
    def round(self) -> int:
        """Which of the sender's answers it is, from 1; 0 for other sorts."""
        number = self.what.partition("-")[2]
        return int(number) if number.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks whom for what, why, until when, and whom to call."""

    kind: Kind
    sender: int
    receiver: int
    made_at: datetime
    deadline: datetime
    clause: str
    post: str
    phone: str
    items: tuple[Mapping[str, Any], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """All results so far."""

    answers: tuple[Answer, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a request."""

    withdrawn: bool


Content = Asked | Received | Answered | Closed


def written(envelope: Envelope, content: Content) -> bytes:
    """The text of a message."""
    head = {
        "v": 1,
        "from": envelope.sender,
        "to": envelope.receiver,
        "request": envelope.request.bytes,
        "what": envelope.what,
        "at": _said(envelope.at),
    }
    return cbor2.dumps({**head, "body": _BODIES[type(content)](content)}, canonical=True)


def read(text: bytes) -> tuple[Envelope, Content]:
    """What a message says. Raises InvalidInput for one that this version cannot read or that says too much."""
    try:
        said = cbor2.loads(text)
        if said["v"] != 1:
            raise ValueError("version")
        ends = bytes(said["from"]), bytes(said["to"])
        envelope = Envelope(*ends, UUID(bytes=said["request"]), str(said["what"]), _at(said["at"]))
        content = _READERS[envelope.sort](said["body"])
    except (cbor2.CBORError, ValueError, TypeError, LookupError, OverflowError, ArithmeticError) as wrong:
        raise InvalidInput(
            N_("This version cannot read the message."), remedy=N_("Bring both installations to the same version.")
        ) from wrong
    if isinstance(content, Asked):
        check_items(content.kind, content.items)
    return envelope, content


def check_envelope(envelope: Envelope, *, sender: bytes, receiver: bytes, at: datetime) -> None:
    """Raise Refused for a message that was written for others, long ago, or in the future."""
    if (envelope.sender, envelope.receiver) != (sender, receiver):
        raise Refused(N_("This message was written for another installation."))
    if envelope.at < at - OLDEST:
        raise Refused(
            N_("This message is too old: it was written more than %(days)s days ago."),
            remedy=N_("Ask the other side to send it again."),
            days=OLDEST.days,
        )
    if envelope.at > at + AHEAD:
        raise Refused(
            N_("This message comes from the future: one of the two clocks is wrong."), remedy=N_("Compare the clocks.")
        )


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _at(text: Any) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at


def _text(value: Any, longest: int = LONGEST) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError("text")
    return value


def _write_asked(told: Asked) -> dict[str, Any]:
    return {
        "kind": told.kind.value,
        "sender": short(Code(told.sender)),
        "receiver": short(Code(told.receiver)),
        "made_at": _said(told.made_at),
        "deadline": _said(told.deadline),
        "clause": told.clause,
        "post": told.post,
        "phone": told.phone,
        "people": [dict(one) for one in told.items],
        "note": told.note,
    }


def _read_asked(said: Mapping[str, Any]) -> Asked:
    if not isinstance(said["people"], list) or not all(isinstance(one, dict) for one in said["people"]):
        raise TypeError("people")
    return Asked(
        Kind(said["kind"]),
        int(code(said["sender"])),
        int(code(said["receiver"])),
        _at(said["made_at"]),
        _at(said["deadline"]),
        _text(said["clause"]),
        _text(said["post"]),
        _text(said["phone"]),
        tuple(said["people"]),
        _text(said["note"], 4 * LONGEST),
    )


def _write_answered(told: Answered) -> dict[str, Any]:
    rows = [
        [one.number, one.result.value, _said(one.at), short(Code(one.where)) if one.where else ""]
        for one in told.answers
    ]
    return {"results": rows, "note": told.note}


def _read_answered(said: Mapping[str, Any]) -> Answered:
    rows: Sequence[Any] = said["results"]
    answers = tuple(
        Answer(int(number), Result(result), _at(at), int(code(where)) if where else None)
        for number, result, at, where in rows
    )
    return Answered(answers, _text(said["note"], 4 * LONGEST))


_BODIES: Mapping[type, Any] = {
    Asked: _write_asked,
    Received: lambda told: {"at": _said(told.at)},
    Answered: _write_answered,
    Closed: lambda told: {"withdrawn": told.withdrawn},
}
_READERS: Mapping[str, Any] = {
    "request": _read_asked,
    "receipt": lambda said: Received(_at(said["at"])),
    "answer": _read_answered,
    "closed": lambda said: Closed(bool(said["withdrawn"])),
}
