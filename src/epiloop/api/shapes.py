"""How things look as JSON: shapes made from the rows that are read and the event bodies that are told.

A row's or body's fields are the shape's fields, so none is forgotten; what is sealed is left out, jurisdictions are
codes as people write them, days and instants are bounded.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from epiloop.api.edge import CodeIn, CodeOut, Day, Instant, Name, Ring, Text, Word
from epiloop.ledger.events import Body

Shape = type[Schema]

CODES = ("jurisdiction", "residence", "stay", "owner_code", "rung_code", "code", "parent", "to")
"""Fields that hold a jurisdiction's number, in rows and in bodies."""
NEVER = ("sealed",)
FORBID = ConfigDict(extra="forbid")

KINDS: Mapping[str, Any] = {
    "disease": Word,
    "occupation": Word,
    "post": Word,
    "post_kind": Word,
    "unit_kind": Word,
    "place_kind": Word,
    "stage": Word,
    "by": Word,
    "link": Name,
    "sample": Name,
    "tube": Name,
    "arrival": Name,
    "exposure": Name,
    "name_zh": Name,
    "name_en": Name,
    "phone": Name,
    "account": Name,
    "substitute": Name,
    "substitute_for": Name,
    "receipt": Name,
    "hospital": Name,
    "party": Word,
    "ring": Ring,
    "doses": Annotated[int, Field(ge=1, le=20)],
    "age": Annotated[int, Field(ge=0, le=129)],
    "birth_year": Annotated[int, Field(ge=1900, le=2199)],
    "capacity": Annotated[int, Field(ge=1, le=1_000_000)],
    "ct": Annotated[float, Field(ge=0, le=60)],
    "temperature": Annotated[float, Field(ge=30, le=45)],
    "position": Annotated[tuple[float, ...], Field(max_length=2)],
    "origin": Annotated[str, Field(pattern=r"^[0-9]{2,16}$")],
    "to_text": Annotated[str, Field(pattern=r"^[0-9]{2,16}$")],
    "outside": Annotated[tuple[tuple[Name, Name], ...], Field(max_length=5)],
    "sources": Annotated[tuple[UUID, ...], Field(max_length=50)],
}
"""What a field of a body may hold where its type says too little."""


def shape(name: str, row: Any, **other: Any) -> Shape:
    """The shape of a row class. `other` replaces or adds fields; `field=None` leaves one out."""
    hints = get_type_hints(row)
    if dataclasses.is_dataclass(row):
        hints = {spec.name: hints[spec.name] for spec in dataclasses.fields(row)}
    fields = {field: (_shown(field, hint), ...) for field, hint in hints.items() if field not in (*NEVER, *other)}
    added = {field: (hint, ...) for field, hint in other.items() if hint is not None}
    made: Shape = create_model(name, __base__=Schema, __doc__=row.__doc__, **fields, **added)  # type: ignore[call-overload]
    return made


def page_of(name: str, row: Shape) -> Shape:
    """The shape of a page of rows."""
    doc = "Some rows of a list, in its order. `after` asks for the next ones; null: these were the last."
    made: Shape = create_model(name, __base__=Schema, __doc__=doc, rows=(list[row], ...), after=(str | None, ...))  # type: ignore[valid-type]
    return made


def request_of(body: type[Body], *, without: tuple[str, ...] = (), at: bool = True, **other: Any) -> Shape:
    """The shape of what is told with an event body; `at`: when it happened, now if it is left out."""
    hints = get_type_hints(body)
    fields: dict[str, Any] = {}
    for spec in dataclasses.fields(body):
        if spec.name not in without and spec.name not in other:
            fields[spec.name] = (_taken(spec.name, hints[spec.name]), _default(spec))
    if at:
        fields["at"] = (Instant | None, None)
    fields |= other
    made: Shape = create_model(f"{body.__name__}In", __base__=Schema, __doc__=body.__doc__, **fields)
    made.model_config["extra"] = "forbid"
    made.model_rebuild(force=True)
    return made


def body_of(body: type[Body], told: Schema, **more: Any) -> Body:
    """The event body out of a parsed request."""
    names = {spec.name for spec in dataclasses.fields(body)}
    return body(**{name: value for name, value in told if name in names}, **more)


def _default(spec: "dataclasses.Field[Any]") -> Any:
    if spec.default is not dataclasses.MISSING:
        return spec.default
    return spec.default_factory() if spec.default_factory is not dataclasses.MISSING else ...


def _shown(name: str, hint: Any) -> Any:
    return _optional(hint, CodeOut) if name in CODES and int in _choices(hint) else hint


def _taken(name: str, hint: Any) -> Any:
    """The type of a field that comes in: bounded, and a code where a jurisdiction is meant."""
    choices = _choices(hint)
    if name in CODES and int in choices:
        return _optional(hint, CodeIn)
    if name == "to":
        return _optional(hint, KINDS["to_text"])
    if name in KINDS and not (name == "post" and UUID in choices) and not (name == "place" and str not in choices):
        return _optional(hint, KINDS[name])
    bounded = {date: Day, datetime: Instant, str: Text}
    found = next((bounded[choice] for choice in choices if choice in bounded), None)
    return hint if found is None else _optional(hint, found)


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _optional(hint: Any, kind: Any) -> Any:
    return kind | None if type(None) in _choices(hint) else kind


class Receipt(Schema):
    """What a request did: the ids of what it was about or made; `repeated` if it had been done before."""

    repeated: bool = False
    person: UUID | None = None
    other: UUID | None = None
    case: UUID | None = None
    link: str | None = None
    sample: str | None = None
    arrival: str | None = None
    unit: UUID | None = None
    post: UUID | None = None
    place: UUID | None = None
    loop: str | None = None
    duty: str | None = None


class Problem(Schema):
    """An error (RFC 9457). `code` is stable; `detail` is in the language asked for."""

    type: str
    title: str
    status: int
    code: str
    detail: str
