"""What another law changes in the rows of a plan: worked out once for all subjects alike, filled in for each.

Two rows with the same holes are the same row for everybody, so only the others are written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from epiloop.rules.moments import Bounds
from epiloop.runtime.laws import Laws
from epiloop.runtime.rows.holes import Counts, Pieces, Row, Values, key
from epiloop.runtime.rows.patterns import Kept, Planned, counts_of, number_of, patterns_of, somebody_alike
from epiloop.runtime.rows.snapshots import Snapshot, Told
from epiloop.store.counting import tally
from epiloop.store.tables import TABLES
from epiloop.store.writing import Difference


@dataclass(frozen=True, slots=True)
class Change:
    """A difference with holes, and the bounds in which a subject's instants must lie."""

    bounds: Bounds
    gone: Values
    rows: Pieces
    counts: Counts
    held: Values

    def filled(self, known: Snapshot) -> Difference:
        """The difference for one subject."""
        held = next((values for _, values in self.held.filled(known)), None)
        return Difference(self.gone.filled(known), self.rows.filled(known), self.counts.filled(known), held)


@dataclass(slots=True, eq=False)
class Changes:
    """The changes from one set of laws to another."""

    before: Laws
    after: Laws
    _kept: Kept[Change] = field(default_factory=Kept)
    _rules: dict[int, object] = field(default_factory=dict)

    def known(self, known: Snapshot) -> Difference | None:
        """What changes for a subject, if it was worked out for one alike."""
        change = self._kept.find(self._alike(known), known)
        return change.filled(known) if change else None

    def worked_out(self, told: Told) -> Difference:
        """What changes for a subject, from all it was told."""
        known = told.snapshot
        if known is None or not (patterns_of(self.before).usable and patterns_of(self.after).usable):
            return self._plainly(told)
        alike = self._alike(known)
        change = self._kept.find(alike, known) or self._kept.missed(alike, lambda: self._change(told))
        return change.filled(known) if change else self._plainly(told)

    def _alike(self, known: Snapshot) -> object:
        here = known.jurisdiction
        if here not in self._rules:
            self._rules[here] = tuple(patterns_of(laws).rules(laws.context(here)) for laws in (self.before, self.after))
        return self._rules[here], known.likeness

    def _plans(self, told: Told, place: int) -> tuple[Planned, Planned]:
        both = (self.before, self.after)
        before, after = (patterns_of(laws).worked_out(told, laws.context(place)) for laws in both)
        return before, after

    def _plainly(self, told: Told) -> Difference:
        before, after = self._plans(told, told.whose.jurisdiction)
        gone, rows = _apart(before, after)
        counts = tally(counts_of(after, told))
        counts.subtract(tally(counts_of(before, told)))
        return Difference([_keyed(row) for row in gone], rows, list(counts.items()), _held(before, after))

    def _change(self, told: Told) -> Change:
        somebody, bounds = somebody_alike(told)
        before, after = self._plans(somebody, told.whose.jurisdiction)
        numbers, instants = number_of(counts_of(after, somebody))
        taken_back, more = number_of(counts_of(before, somebody))
        numbers.subtract(taken_back)
        gone, rows = _apart(before, after)
        held = _held(before, after)
        return Change(
            bounds=bounds.tightened(),
            gone=Values.of([_keyed(row) for row in gone]),
            rows=Pieces.of(rows),
            counts=Counts.of(numbers, instants | more),
            held=Values.of([(tuple, held)] if held else []),
        )


def changes(before: Laws, after: Laws) -> Changes:
    """The changes between two sets of laws that are kept with the later one."""
    name = f"changes from {before.digest.hex()}"
    found: Changes = after.kept.get(name) or after.kept.setdefault(name, Changes(before, after))
    return found


def _apart(before: Planned, after: Planned) -> tuple[list[Row], list[Row]]:
    """The rows that only the one has, and those that only the other has."""
    was, will = _by_key(before.rows), _by_key(after.rows)
    return [was[one] for one in was if one not in will], [will[one] for one in will if one not in was]


def _by_key(rows: Iterable[Row]) -> dict[object, Row]:
    return {(type(row), key(row)): row for row in rows}


def _keyed(row: Row) -> tuple[type[Row], tuple[Any, ...]]:
    """A row's class and primary key."""
    return type(row), tuple(getattr(row, name) for name in TABLES[type(row)].key)


def _held(before: Planned, after: Planned) -> tuple[Any, Any] | None:
    """Since when and until when a status restricts the last time, if that changes."""
    now = after.since, after.until
    return None if key((before.since, before.until)) == key(now) else now
