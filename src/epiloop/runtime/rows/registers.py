"""The rows of registers: divisions, units with their posts and shifts, places, adopted rulebooks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from epiloop.core.jurisdictions import LEVELS
from epiloop.registers import rulebooks
from epiloop.registers.jurisdictions.divisions import Division
from epiloop.registers.jurisdictions.events import ZoneDrawn
from epiloop.registers.jurisdictions.state import register
from epiloop.runtime.histories import History
from epiloop.store.tables import AdoptionRow, DivisionRow

Rows = Iterator[tuple[Any, ...]]
EVER = date(1, 1, 1)


def division_rows(history: History) -> Rows:
    """A division in each span of time in which it was the same."""
    bodies = [entry.body for entry in history.entries if not isinstance(entry.body, ZoneDrawn)]
    for spans in register(bodies).spans.values():
        yield from (_division(history, span) for span in spans)


def _division(history: History, span: Division) -> DivisionRow:
    return DivisionRow(
        id=history.stream,
        code=span.code,
        level=LEVELS.index(span.level),
        parent=span.parent,
        name_zh=span.name,
        name_en=span.name_en,
        pinyin=span.pinyin,
        initials=span.initials,
        placeholder=span.placeholder,
        valid_from=span.since or EVER,
        valid_until=span.until,
    )


def adoption_rows(history: History) -> Rows:
    """Each adoption of a rulebook."""
    for adopted in rulebooks.fold(history.entries):
        digest = bytes.fromhex(adopted.digest)
        yield AdoptionRow(
            history.stream, adopted.name, digest, adopted.jurisdiction, adopted.at, adopted.recorded_at
        )
