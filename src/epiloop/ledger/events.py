"""Events, acts and what is about to become an event.

A body is a frozen dataclass registered with `@body(kind, version)`; its fields marked `secret()` go into the sealed
part of the event, under the subject's key, the others into the open part. Facts that pair a person with a place, and
free text, must be secret (PRIVACY R16).
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from epiloop.core.errors import N_, Broken
from epiloop.core.subjects import EventRef

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Act:
    """One request carried out (办理): who, for what purpose, with what result. All its events share it.

    `key` makes it idempotent: the same key twice is one act. `actor` is an account or a machine's name, never a
    person's name. `purpose` is from the closed list of R12.
    """

    id: UUID
    actor: str
    purpose: str
    key: str
    recorded_at: datetime
    result: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that a capability asks for; `runtime` gives it act, version, seal and hash.

    `source_key` names it uniquely within its stream ("the same message twice is one fact"); None where a repeat is a
    new fact.
    """

    stream: UUID
    body: "Body"
    occurred_at: datetime
    jurisdiction: int
    source_key: str | None = None


class Event(NamedTuple):
    """Something that happened (记录), as stored. `hash` = SHA-256 over `prev` and all that is stored (chain.py).

    A tuple, since thousands are made in an act.
    """

    stream: UUID
    version: int
    act: UUID
    kind: str
    kind_version: int
    occurred_at: datetime
    recorded_at: datetime
    jurisdiction: int
    source_key: str | None
    open: Mapping[str, Json]
    sealed: bytes | None
    prev: bytes
    hash: bytes


class Entry(NamedTuple):
    """An event with its body read: what a capability's history is made of, in recorded order.

    A tuple, since millions are made at a time. `sealed` is the secret part as it stands in the ledger.
    """

    ref: EventRef
    body: "Body"
    occurred_at: datetime
    recorded_at: datetime
    jurisdiction: int = 0
    source_key: str | None = None
    sealed: bytes | None = None


def secret(**options: Any) -> Any:
    """A dataclass field that is stored sealed under the subject's key."""
    return field(metadata={"secret": True}, **options)


@dataclass(frozen=True)
class Body:
    """What one kind of event says. Subclasses are frozen dataclasses registered with `@body`."""

    kind: ClassVar[str]
    kind_version: ClassVar[int]

    def parts(self) -> tuple[dict[str, Json], dict[str, Json]]:
        """(open, secret): the JSON of the open fields and of the secret ones; empty values are left out."""
        open_part: dict[str, Json] = {}
        secret_part: dict[str, Json] = {}
        for name, is_secret in _fields(self.kind, self.kind_version):
            value = getattr(self, name)
            if value is not None and value != ():
                (secret_part if is_secret else open_part)[name] = to_json(value)
        return open_part, secret_part


@cache
def _fields(kind: str, version: int) -> tuple[tuple[str, bool], ...]:
    """The names of a body's fields, and whether they are secret; worked out once."""
    specs = dataclasses.fields(body_class(kind, version))
    return tuple((spec.name, bool(spec.metadata.get("secret"))) for spec in specs)


B = TypeVar("B", bound=Body)
_KINDS: dict[tuple[str, int], type[Body]] = {}


def body(kind: str, version: int = 1) -> Callable[[type[B]], type[B]]:
    """Register a body class under its kind and version; older versions stay registered so that old events decode."""

    def register(cls: type[B]) -> type[B]:
        cls.kind, cls.kind_version = kind, version
        if _KINDS.setdefault((kind, version), cls) is not cls:
            raise Broken(N_("Two bodies are registered as %(kind)s version %(version)s."), kind=kind, version=version)
        return cls

    return register


def body_class(kind: str, version: int) -> type[Body]:
    """The class registered for a kind and version. Raises Broken if there is none."""
    try:
        return _KINDS[kind, version]
    except KeyError:
        raise Broken(N_("No code reads events %(kind)s version %(version)s."), kind=kind, version=version) from None


def body_classes() -> tuple[type[Body], ...]:
    """Every body class registered so far, for pages that describe them."""
    return tuple(_KINDS.values())


def decode(kind: str, version: int, stored: Mapping[str, Json]) -> Body:
    """The body from its stored JSON (open and, if it was unsealed, secret fields merged).

    Secret fields that were not unsealed come back as their defaults, so every secret field needs one.
    """
    return decoder(kind, version)(stored)


Decode = Callable[[Mapping[str, Json]], Body]


@cache
def decoder(kind: str, version: int) -> Decode:
    """`decode` for one kind, worked out once, since millions of events are read."""
    cls = body_class(kind, version)
    hints = get_type_hints(cls)
    specs = dataclasses.fields(cls)
    names = {spec.name for spec in specs}
    defaults = {spec.name: spec.default for spec in specs if spec.default is not MISSING}
    readers = {spec.name: _reader(hints[spec.name]) for spec in specs}
    changed = [(name, read) for name, read in readers.items() if read is not _same]
    new, fill = cls.__new__, object.__setattr__

    def read(stored: Mapping[str, Json]) -> Body:
        values = {**defaults, **stored}
        for name, change in changed:
            if name in stored:
                values[name] = change(stored[name])
        if values.keys() != names:  # something was left out, or later code said more
            return cls(**{name: value for name, value in values.items() if name in names})
        # A frozen class sets its fields one by one, at several times the cost of everything above.
        made = new(cls)
        fill(made, "__dict__", values)
        return made

    return read


_PLAIN = frozenset((str, int, float, bool, type(None)))


def to_json(value: object) -> Json:
    """Dates, instants, ids and enums as text; tuples as lists; mappings by key."""
    if type(value) in _PLAIN:  # most are; an enum of texts is a text too, but of a class of its own
        return cast("Json", value)
    if isinstance(value, Enum | str | int | float):
        return to_json(value.value) if isinstance(value, Enum) else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in an event")


_PARSERS: dict[object, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    UUID: UUID,
}


def _reader(hint: Any) -> Callable[[Json], Any]:
    """How a value of this type is read (X | None, tuple[X, ...], tuple[X, Y], enums, dates, ids and plain JSON)."""
    choices = [choice for choice in get_args(hint) if choice not in (type(None), Ellipsis)]
    if get_origin(hint) is tuple:
        inner = [_reader(choice) for choice in choices]
        return lambda items: _tuple(inner, cast("list[Json]", items))
    wanted = choices[0] if get_origin(hint) in (Union, UnionType) else hint
    if wanted is not hint:
        optional = _reader(wanted)
        return lambda value: None if value is None else optional(value)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        members = {member.value: member for member in wanted}
        return lambda value: members.get(value) or wanted(value)
    return _PARSERS.get(cast("Any", wanted), _same)


def _tuple(inner: list[Callable[[Json], Any]], items: list[Json]) -> tuple[Any, ...]:
    """One reader for all items, or one for each."""
    if len(inner) == len(items):
        return tuple(read(item) for read, item in zip(inner, items, strict=True))
    return tuple(inner[0](item) for item in items)


def _same(value: Json) -> Any:
    return value
