"""The calls of the vault's port as bytes: what the key service and its client say to each other.

Each call is `POST /v1/NAME` with a body in CBOR (RFC 8949) and an answer in CBOR. No tags are used, so that neither
side builds anything but maps, lists, numbers, texts and bytes from what the other sent. Ids of many people travel as
one string of bytes, 16 for each. A call is written down once, here; `keyservice.serving` carries it out by the method
of that name, and `gateways.keys` sends it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import cbor2

from epiloop.core import errors
from epiloop.core.errors import N_, Broken, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import Range, Scope
from epiloop.vault.port import Access, Head, Identity, LedgerEnd, Match, Pair

PATH = "/v1/"
MEDIA = "application/cbor"
ORDINARY = 60.0
"""Seconds for the answer to a call; what takes longer by nature says so."""

MOST_BYTES = 64 * 1024 * 1024
"""The longest body, in both directions: some hundred thousand identities."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its name, the forms of both ways, whether it may be sent again when no answer came, and how many
    seconds an answer may take.

    `asking` takes the arguments of the port's method, `asked` gives them back; `answering` takes what the method
    returned, `answered` gives it back.
    """

    name: str
    asking: Callable[..., Any]
    asked: Callable[[Any], dict[str, Any]]
    answering: Callable[[Any], Any]
    answered: Callable[[Any], Any]
    again: bool = False
    seconds: float = ORDINARY


def pack(value: Any) -> bytes:
    """A value as a body."""
    return cbor2.dumps(value)


def unpack(body: bytes) -> Any:
    """The value of a body. Raises InvalidInput for anything that is none, without saying what it holds."""
    try:
        return cbor2.loads(body)
    except Exception:
        raise unreadable() from None


def unreadable() -> InvalidInput:
    """The refusal of a body that is not what its call wants."""
    return InvalidInput(N_("The key service cannot read this request."), where="key service")


def from_error(wrong: EpiloopError) -> dict[str, Any]:
    """An error as the answer tells it; values are counts, ids and words of ours, never what was sent."""
    values = {name: value if isinstance(value, int | str) else str(value) for name, value in wrong.values.items()}
    return {"code": wrong.code, "what": wrong.what, "where": wrong.where, "remedy": wrong.remedy, "values": values}


def to_error(told: Any) -> EpiloopError:
    """The error that an answer tells of; Broken if it tells none that this version knows."""
    kind = _ERRORS.get(str(told.get("code"))) if isinstance(told, dict) else None
    if kind is None:
        return Broken(N_("The key service failed; its log says where."), where="key service")
    return kind(str(told["what"]), where=str(told["where"]), remedy=str(told["remedy"]), **told["values"])


_ERRORS: dict[str, type[EpiloopError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, EpiloopError) and kind is not EpiloopError
}


# Forms of values


def ids(subjects: Iterable[UUID]) -> bytes:
    """Many ids as one string of bytes."""
    return b"".join([subject.bytes for subject in subjects])


def to_ids(packed: bytes) -> list[UUID]:
    """The ids of such a string."""
    if len(packed) % 16:
        raise unreadable()
    return [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]


def _to_end(row: Sequence[Any]) -> LedgerEnd:
    day, seal, digest = row
    return LedgerEnd(date.fromisoformat(day), int(seal), bytes(digest))


def _to_two(packed: bytes) -> tuple[UUID, UUID]:
    left, right = to_ids(packed)
    return left, right


def instant(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def to_instant(micros: int) -> datetime:
    """The instant so many microseconds after 1970, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def _identities(identities: Iterable[Identity]) -> list[list[Any]]:
    return [[one.name, one.documents, one.phones, one.address] for one in identities]


def _to_identity(row: Sequence[Any]) -> Identity:
    name, documents, phones, address = row
    return Identity(name, tuple([(kind, number) for kind, number in documents]), tuple(phones), address)


def _by_id(packed: bytes, values: Iterable[Any]) -> dict[UUID, Any]:
    return dict(zip(to_ids(packed), values, strict=True))


def _places(jurisdictions: Mapping[UUID, int], subjects: Iterable[UUID]) -> dict[str, Any]:
    subjects = list(subjects)
    return {"subjects": ids(subjects), "jurisdictions": [int(jurisdictions[subject]) for subject in subjects]}


def _scope(scope: Scope) -> list[list[int]]:
    return [[part.low, part.high] for part in scope.ranges]


def _to_scope(parts: Iterable[Sequence[int]]) -> Scope:
    return Scope(tuple(Range(int(low), int(high)) for low, high in parts))


def _same(value: Any) -> Any:
    return value


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise unreadable()
    return value


# The calls. What is sent `again` when no answer came is what the port calls idempotent; each sending of a look would be
# a look of its own in the log.


def _put(identities: Mapping[UUID, Identity], jurisdictions: Mapping[UUID, int], key: str) -> dict[str, Any]:
    return _places(jurisdictions, identities) | {"identities": _identities(identities.values()), "key": key}


def _to_put(sent: Any) -> dict[str, Any]:
    people = _by_id(sent["subjects"], map(_to_identity, sent["identities"]))
    places = _by_id(sent["subjects"], sent["jurisdictions"])
    return {"identities": people, "jurisdictions": places, "key": str(sent["key"])}


def _to_subjects(sent: Any) -> dict[str, Any]:
    return {**sent, "subjects": to_ids(sent["subjects"])}


def _keys(keys: Mapping[UUID, bytes]) -> dict[str, bytes]:
    return {"subjects": ids(keys), "keys": b"".join(keys.values())}


def _to_keys(sent: Any) -> dict[UUID, bytes]:
    keys: bytes = sent["keys"]
    return _by_id(sent["subjects"], [keys[at : at + 32] for at in range(0, len(keys), 32)])


def _searched(text: str, scope: Scope, limit: int, asker: str, purpose: str) -> dict[str, Any]:
    return {"text": text, "scope": _scope(scope), "limit": limit, "asker": asker, "purpose": purpose}


def _linked(subjects: Sequence[UUID], scope: Scope, asker: str) -> dict[str, Any]:
    return {"subjects": ids(subjects), "scope": _scope(scope), "asker": asker}


def _in_scope(sent: Any) -> dict[str, Any]:
    return {**sent, "scope": _to_scope(sent["scope"])}


def _accesses(found: Iterable[Access]) -> list[list[Any]]:
    return [
        [instant(one.at), one.kind, one.asker, one.purpose, ids(one.subjects), one.number, one.unit, _case(one)]
        for one in found
    ]


def _case(one: Access) -> bytes | None:
    return None if one.case is None else one.case.bytes


def _to_accesses(rows: Iterable[Any]) -> list[Access]:
    return [
        Access(to_instant(at), kind, asker, purpose, tuple(to_ids(subjects)), number, unit, case and UUID(bytes=case))
        for at, kind, asker, purpose, subjects, number, unit, case in rows
    ]


PUT = Call("put", _put, _to_put, _same, _same, again=True)
PLACE = Call(
    "place",
    lambda jurisdictions: _places(jurisdictions, jurisdictions),
    lambda sent: {"jurisdictions": _by_id(sent["subjects"], sent["jurisdictions"])},
    _same,
    _same,
    again=True,
)
KEYS = Call(
    "keys",
    lambda subjects, create: {"subjects": ids(set(subjects)), "create": create},
    _to_subjects,
    _keys,
    _to_keys,
    again=True,
)
REVEAL = Call(
    "reveal",
    lambda subjects, asker, purpose: {"subjects": ids(subjects), "asker": asker, "purpose": purpose},
    _to_subjects,
    lambda shown: {"subjects": ids(shown), "identities": _identities(shown.values())},
    lambda sent: _by_id(sent["subjects"], map(_to_identity, sent["identities"])),
)
UNLOCK = Call(
    "unlock",
    lambda subjects, asker, purpose: {"subjects": ids(subjects), "asker": asker, "purpose": purpose},
    _to_subjects,
    _keys,
    _to_keys,
)
SEARCH = Call(
    "search",
    _searched,
    _in_scope,
    lambda matches: [[one.subject.bytes, one.score, one.by] for one in matches],
    lambda rows: [Match(UUID(bytes=subject), score, by) for subject, score, by in rows],
)
LINKAGE = Call(
    "linkage",
    _linked,
    lambda sent: _in_scope(_to_subjects(sent)),
    lambda pairs: [[ids((one.left, one.right)), one.score, one.by] for one in pairs],
    lambda rows: [Pair(*_to_two(both), score, tuple(by)) for both, score, by in rows],
)
ERASE = Call("erase", lambda subjects: {"subjects": ids(subjects)}, _to_subjects, _same, _same, again=True)
ACCESSES = Call(
    "accesses",
    lambda subject, limit, before: {"subject": subject and subject.bytes, "limit": limit, "before": before},
    lambda sent: {**sent, "subject": UUID(bytes=sent["subject"]) if sent["subject"] else None},
    _accesses,
    _to_accesses,
    again=True,
)
HEADS = Call(
    "heads",
    lambda after, checked: {"after": after and after.isoformat(), "checked": checked},
    lambda sent: {**sent, "after": date.fromisoformat(sent["after"]) if sent["after"] else None},
    lambda heads: [[one.day.isoformat(), one.entries, one.hash, one.key, one.signature] for one in heads],
    lambda rows: [Head(date.fromisoformat(day), *rest) for day, *rest in rows],
    again=True,
    seconds=600,
)
HASHES = Call(
    "hashes",
    lambda numbers: {"numbers": list(numbers)},
    lambda sent: {"numbers": [int(one) for one in sent["numbers"]]},
    lambda found: [[number, digest] for number, digest in sorted(found.items())],
    lambda rows: {int(number): _bytes(digest) for number, digest in rows},
    again=True,
)
WITNESS = Call(
    "witness",
    lambda end: {"end": [end.day.isoformat(), end.seal, end.hash]},
    lambda sent: {"end": _to_end(sent["end"])},
    _same,
    _same,
    again=True,
)
WITNESSED = Call(
    "witnessed",
    lambda after: {"after": after and after.isoformat()},
    lambda sent: {"after": date.fromisoformat(sent["after"]) if sent["after"] else None},
    lambda ends: [[one.day.isoformat(), one.seal, one.hash] for one in ends],
    lambda rows: [_to_end(row) for row in rows],
    again=True,
)
UPKEEP = Call("upkeep", dict, _same, _same, _same, again=True, seconds=1800)
"""What the vault's database needs once a night; not of the port, because only the key service has it."""

COLLECT = Call(
    "collect",
    lambda rows, keys: {"rows": rows, "keys": keys},
    lambda sent: {"rows": _bytes(sent["rows"]), "keys": _bytes(sent["keys"])},
    dict,
    lambda found: {str(name): int(count) for name, count in found.items()},
    again=True,
    seconds=600,
)
"""Sealed check-ins for the days they are about, with the wrapped keys of their hours; kept before the answer."""

ANNOUNCEMENT = Call("announcement", dict, _same, _same, _same, again=True)
"""The public keys of days, signed (`vault.hours`)."""

STATUS = Call("status", dict, _same, _same, _same, again=True, seconds=600)
"""How the key service stands: counts, ages and versions, as `keys status` shows them. Not of the port either."""

_OF_PEOPLE = (PUT, PLACE, KEYS, REVEAL, UNLOCK, SEARCH, LINKAGE, ERASE, ACCESSES, HEADS, HASHES)
_ALL = (*_OF_PEOPLE, WITNESS, WITNESSED, COLLECT, ANNOUNCEMENT, UPKEEP, STATUS)
CALLS: dict[str, Call] = {call.name: call for call in _ALL}
