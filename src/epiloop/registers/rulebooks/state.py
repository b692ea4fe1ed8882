"""The adoptions of one rulebook, in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from epiloop.ledger.events import Entry
from epiloop.registers.rulebooks.events import RulebookAdopted


@dataclass(frozen=True, slots=True)
class Adopted:
    """One adoption: of which text, effective and recorded when, for which jurisdiction."""

    name: str
    digest: str
    at: datetime
    recorded_at: datetime
    jurisdiction: int


def fold(entries: Iterable[Entry]) -> tuple[Adopted, ...]:
    """The adoptions a rulebook's stream tells, in recorded order."""
    return tuple(
        Adopted(entry.body.name, entry.body.digest, entry.occurred_at, entry.recorded_at, entry.jurisdiction)
        for entry in entries
        if isinstance(entry.body, RulebookAdopted)
    )
