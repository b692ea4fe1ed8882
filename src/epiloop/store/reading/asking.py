"""What the reading functions share: jurisdictions as parameters, pages, cursors, rows of a named query."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, LiteralString, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import DIGITS, Code, Range, Scope, range_of

Row = TypeVar("Row")
Area = Scope | Range
"""The jurisdictions asked about. They narrow what the scope of the transaction allows; they never widen it."""

PAGE = 50
"""Rows of a page unless told otherwise."""

EVERYWHERE = Scope((Range(0, 10**DIGITS),))
"""All jurisdictions: whatever the scope of the transaction allows."""


def area(*codes: Code) -> Scope:
    """The area made of whole jurisdictions."""
    return Scope(tuple(sorted({range_of(code) for code in codes})))


def within(asked: Area) -> dict[str, Any]:
    """The parameters low, high (the bounding range) and ranges (a multirange; None where the bounds say it all)."""
    ranges = asked.ranges if isinstance(asked, Scope) else (asked,)
    if not ranges:
        return {"low": 0, "high": 0, "ranges": None}
    bounds = {"low": min(part.low for part in ranges), "high": max(part.high for part in ranges)}
    return {**bounds, "ranges": None if len(ranges) == 1 else Scope(ranges).as_multirange()}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, in its order. `after` asks for the next ones; None: these were the last."""

    rows: tuple[Row, ...]
    after: str | None = None


def fetch(
    connection: Connection[Any], kind: Callable[..., Row], query: LiteralString, asked: Mapping[str, Any]
) -> list[Row]:
    """The rows of a query as values of `kind`, which takes the columns by name."""
    with connection.cursor(row_factory=class_row(kind)) as cursor:  # type: ignore[arg-type]
        return cursor.execute(query, asked).fetchall()


def ask(
    connection: Connection[Any], kind: Callable[..., Row], query: LiteralString, asked: Mapping[str, Any]
) -> Callable[[], list[Row]]:
    """As `fetch`, but the rows are waited for when they are called for: in a pipeline, questions asked one after the
    other travel together."""
    return connection.cursor(row_factory=class_row(kind)).execute(query, asked).fetchall  # type: ignore[arg-type]


def fetch_one(
    connection: Connection[Any], kind: Callable[..., Row], query: LiteralString, asked: Mapping[str, Any]
) -> Row | None:
    """The first row, if any."""
    found = fetch(connection, kind, query, asked)
    return found[0] if found else None


def page(rows: Sequence[Row], limit: int, keys: Callable[[Row], Sequence[object]]) -> Page[Row]:
    """A page out of up to `limit` + 1 rows: the one too many only says that there is more."""
    shown = tuple(rows[:limit])
    return Page(shown, cursor(*keys(shown[-1])) if len(rows) > limit else None)


def cursor(*keys: object) -> str:
    """Where a page ended, as a text for an address."""
    text = json.dumps(list(keys), default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after(text: str | None, **kinds: Callable[[Any], object]) -> dict[str, object]:
    """The keys of a cursor as parameters `after_<name>`; all None without one. Raises InvalidInput."""
    if text is None:
        return {f"after_{name}": None for name in kinds}
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        pairs = zip(kinds.items(), values, strict=True)
        return {f"after_{name}": None if value is None else kind(value) for (name, kind), value in pairs}
    except (ValueError, TypeError, AttributeError, binascii.Error, OverflowError) as wrong:
        raise InvalidInput(
            N_("This is not a place in a list: %(text)s."), remedy=N_("Start from the first page."), text=repr(text)
        ) from wrong


INSTANT: Callable[[Any], datetime] = datetime.fromisoformat
DAY: Callable[[Any], date] = date.fromisoformat
ID: Callable[[Any], UUID] = UUID
