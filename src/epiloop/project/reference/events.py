"""The page of events: every kind with its fields, and which of them are sealed."""

import dataclasses
from collections.abc import Iterator
from enum import Enum
from itertools import groupby
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from epiloop.ledger.events import Body, body_classes
from epiloop.project.reference.tables import code, page, sentence, table

LEAD = (
    "Everything that Epiloop knows is one of these events in a stream of the ledger. A *sealed* field is stored"
    " encrypted under the key of the stream's subject; an *open* one is readable to whoever may read the table. A field"
    " that is empty is left out."
)


def events_page() -> str:
    """The text of docs/reference/events.md."""
    from epiloop.runtime import capabilities  # noqa: F401 - registers every body

    by_capability = groupby(sorted(body_classes(), key=_place), key=_capability)
    return page("Events", LEAD, *(part for name, bodies in by_capability for part in _capability_part(name, bodies)))


def _capability(body: type[Body]) -> str:
    return ".".join(body.__module__.split(".")[1:-1])


def _place(body: type[Body]) -> tuple[str, str, int]:
    return _capability(body), body.kind, body.kind_version


def _capability_part(name: str, bodies: Iterator[type[Body]]) -> Iterator[str]:
    yield f"## {name}"
    for body in bodies:
        yield f"### {body.kind}" + (f" (version {body.kind_version})" if body.kind_version > 1 else "")
        yield sentence(body.__doc__)
        rows = list(_fields(body))
        yield table(("field", "what", ""), rows) if rows else "It has no fields."


def _fields(body: type[Body]) -> Iterator[tuple[str, str, str]]:
    hints = get_type_hints(body)
    for spec in dataclasses.fields(body):
        sealed = "sealed" if spec.metadata.get("secret") else "open"
        yield code(spec.name), type_words(hints[spec.name]), sealed


def type_words(hint: Any) -> str:
    """A type in words: "day", "text, or nothing", "one of: negative, positive"."""
    if hint is type(None):
        return "nothing"
    if get_origin(hint) is tuple:
        return _tuple_words([choice for choice in get_args(hint) if choice is not Ellipsis])
    if get_origin(hint) in (Union, UnionType):
        return ", or ".join(type_words(choice) for choice in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of: " + ", ".join(str(member.value) for member in hint)
    return _WORDS.get(getattr(hint, "__name__", str(hint)), str(hint))


def _tuple_words(items: list[Any]) -> str:
    if len(items) == 1:
        return f"list of {type_words(items[0])}"
    return "(" + ", ".join(type_words(item) for item in items) + ")"


_WORDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "yes or no",
    "date": "day",
    "datetime": "instant",
    "UUID": "id",
}
