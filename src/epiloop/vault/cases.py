"""The calls about cases, written down as those of the vault's port are (see `vault.wire`).

Signatures travel as the name of the key and 64 bytes. What may be said twice without harm is sent again when no answer
came; what opens something is sent once, because each sending is a look of its own in the log.
"""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from epiloop.vault import answers
from epiloop.vault.signatures import KeyKind, PublicKey, Signature
from epiloop.vault.wire import Call

SEARCHING = 180.0
"""Seconds for an answer that takes reading the days of a whole window, from a slow disk at worst."""


def _same(value: Any) -> Any:
    return value


def _id(grant: UUID) -> bytes:
    return grant.bytes


def _to_id(sent: bytes) -> UUID:
    return UUID(bytes=sent)


def _signature(signature: Signature) -> list[bytes]:
    return [signature.key, signature.value]


def _to_grant(sent: Any) -> dict[str, Any]:
    return {**sent, "grant": UUID(bytes=sent["grant"])}


def _to_signed(sent: Any) -> dict[str, Any]:
    return {**sent, "signature": Signature(*sent["signature"])}


def _stated(text: bytes, signature: Signature) -> dict[str, Any]:
    return {"text": text, "signature": _signature(signature)}


def _looked(grant: UUID, asker: str) -> dict[str, Any]:
    return {"grant": grant.bytes, "asker": asker}


ENROL = Call(
    "enrol",
    lambda key, person, unit: {"key": [key.kind.value, key.content], "person": person, "unit": unit},
    lambda sent: {**sent, "key": PublicKey(KeyKind(sent["key"][0]), sent["key"][1])},
    _same,
    _same,
    again=True,
)
SIGNERS = Call(
    "signers", lambda person: {"person": person}, _same, answers.plain_signers, answers.signers_of, again=True
)
ATTEST = Call("attest", _stated, _to_signed, _id, _to_id, again=True)
ATTESTED = Call(
    "attested",
    lambda subject, asker: {"subject": subject.bytes, "asker": asker},
    lambda sent: {**sent, "subject": UUID(bytes=sent["subject"])},
    _same,
    _same,
)
PROPOSE = Call("propose", _stated, _to_signed, _id, _to_id, again=True)
APPROVE = Call(
    "approve",
    lambda grant, signature: {"grant": grant.bytes, "signature": _signature(signature)},
    lambda sent: _to_signed(_to_grant(sent)),
    lambda until: int(until.timestamp()),
    lambda sent: datetime.fromtimestamp(sent, UTC),
    again=True,
)
WITHDRAW = Call("withdraw", _looked, _to_grant, _same, _same, again=True)
TEXT = Call("text", _looked, _to_grant, _same, _same)
GRANTS = Call("grants", lambda limit: {"limit": limit}, _same, answers.plain_grants, answers.grants_of, again=True)
TRACE = Call("trace", _looked, _to_grant, answers.plain_trace, answers.trace_of, seconds=SEARCHING)
HISTORY = Call("history", _looked, _to_grant, answers.plain_visits, answers.visits_of, seconds=SEARCHING)
REVIEW = Call(
    "review",
    lambda grant, signature, justified: {
        "grant": grant.bytes,
        "signature": _signature(signature),
        "justified": justified,
    },
    lambda sent: _to_signed(_to_grant(sent)),
    _same,
    _same,
    again=True,
)
COUNTS = Call(
    "counts",
    lambda after: {"after": after and after.isoformat()},
    lambda sent: {"after": date.fromisoformat(sent["after"]) if sent["after"] else None},
    answers.plain_counts,
    answers.counts_of,
    again=True,
)

_ALL = (ENROL, SIGNERS, ATTEST, ATTESTED, PROPOSE, APPROVE, WITHDRAW, TEXT, GRANTS, TRACE, HISTORY, REVIEW, COUNTS)
CALLS: dict[str, Call] = {call.name: call for call in _ALL}
