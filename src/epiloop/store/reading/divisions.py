"""Divisions: what stands below and above one on a day, their names, and search in the whole country's."""

from collections.abc import Collection
from datetime import date
from typing import Any

from psycopg import Connection

from epiloop.core.jurisdictions import DIGITS, Code, Range
from epiloop.store.named import queries
from epiloop.store.reading.asking import EVERYWHERE, fetch, fetch_one, within
from epiloop.store.tables import DivisionRow

Q = queries("reading/registers")
MOST_HITS = 20


def division(connection: Connection[Any], code: Code, day: date) -> DivisionRow | None:
    """The division with a code on a day."""
    return fetch_one(connection, DivisionRow, Q["division"], {"code": code, "day": day})


def children(connection: Connection[Any], code: Code | None, day: date) -> list[DivisionRow]:
    """The divisions right below one on a day, in order of code; those without any above for None."""
    query = Q["top"] if code is None else Q["children"]
    return fetch(connection, DivisionRow, query, {"code": code, "day": day})


def path(connection: Connection[Any], code: Code, day: date) -> list[DivisionRow]:
    """From the province down to the division itself; empty if it does not exist on the day."""
    return fetch(connection, DivisionRow, Q["path"], {"code": code, "day": day})


def names(connection: Connection[Any], codes: Collection[int], day: date) -> dict[int, DivisionRow]:
    """The divisions of some codes as last known by a day, also where they ended before; others are left out."""
    found = fetch(connection, DivisionRow, Q["names"], {"codes": list(set(codes)), "day": day})
    return {row.code: row for row in found}


def search(
    connection: Connection[Any], text: str, day: date, *, inside: Range | None = None, limit: int = MOST_HITS
) -> list[DivisionRow]:
    """Divisions meant: by the beginning of code, name, pinyin, initials or English name, else part of a name.

    Whole names first, then higher levels, then shorter names.
    """
    needle = " ".join(text.lower().split())
    words = {**within(inside or EVERYWHERE), "day": day, "limit": limit}
    if not needle:
        return []
    if needle.isascii() and needle.isdigit():
        return fetch(connection, DivisionRow, Q["search_code"], words | _codes_beginning(needle))
    letters = needle.replace(" ", "").replace("'", "")
    beginning = words | {"needle": needle, "letters": letters}
    beginning |= {"beginning": f"{_plain(needle)}%", "letters_beginning": f"{_plain(letters)}%"}
    found = fetch(connection, DivisionRow, Q["search_beginning"], beginning)
    if len(found) < limit and len(needle) > 1 and not needle.isascii():
        known = {row.code for row in found}
        part = words | {"needle": needle, "part": f"%{_plain(needle)}%"}
        found += [row for row in fetch(connection, DivisionRow, Q["search_part"], part) if row.code not in known]
    return found[:limit]


def _codes_beginning(digits: str) -> dict[str, int]:
    """The range of codes that begin so."""
    size = 10 ** max(0, DIGITS - len(digits))
    low = int(digits[:DIGITS]) * size
    return {"code_low": low, "code_high": low + size}


def _plain(text: str) -> str:
    """The text with the signs that `like` reads as placeholders made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
