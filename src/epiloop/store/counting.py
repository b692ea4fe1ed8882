"""What loops and duties count for on the board, of rows not yet written: the same as the view `counted` says of tables.

An instant counts in the first full hour not before it; hours are numbered from 1970.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from epiloop.rules.moments import micros
from epiloop.store.tables import DutyRow, EscalationRow, LoopRow

HOUR = 3_600_000_000
"""Microseconds."""
COMMUNITY = 10_000
"""What a jurisdiction is cut to, to count it."""
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Sort(NamedTuple):
    """What is counted apart. `owner_post` is empty for loops."""

    line: str
    measure: str
    owner_post: str
    metric: str


Place = tuple[int, Sort, int]
"""Community, sort and hour."""


class Counted(NamedTuple):
    """One thing that counts, from `at` on."""

    jurisdiction: int
    sort: Sort
    at: datetime

    @property
    def place(self) -> Place:
        """Where it is counted."""
        return self.jurisdiction // COMMUNITY * COMMUNITY, self.sort, hour_of(micros(self.at))


def hour_of(at: int) -> int:
    """The number of the first hour not before an instant in microseconds since 1970."""
    return -(-at // HOUR)


def instant(at: int) -> datetime:
    """The instant so many microseconds after 1970."""
    return _EPOCH + at * _MICROSECOND


def counted(rows: Iterable[tuple[Any, ...]]) -> Iterator[Counted]:
    """What some subjects' rows count for, given together with the escalations of their duties."""
    some = list(rows)
    risen = {
        (row.subject, row.loop, row.duty): row.at for row in some if isinstance(row, EscalationRow) and row.level == 1
    }
    for row in some:
        if isinstance(row, LoopRow):
            yield from _of_loop(row)
        elif isinstance(row, DutyRow):
            yield from _of_duty(row, risen.get((row.subject, row.loop, row.key)))


def tally(things: Iterable[Counted]) -> Counter[Place]:
    """How many there are of each."""
    return Counter(one.place for one in things)


def _of_loop(row: LoopRow) -> Iterator[Counted]:
    yield Counted(row.jurisdiction, Sort(row.line, row.measure, "", "opened"), row.opened_at)
    if row.closes_at is not None:
        yield Counted(row.jurisdiction, Sort(row.line, row.measure, "", "closed"), row.closes_at)


def _of_duty(row: DutyRow, risen: datetime | None) -> Iterator[Counted]:
    for metric, at in _edges(row, risen):
        if at is not None:
            yield Counted(row.jurisdiction, Sort(row.line, row.measure, row.owner_post, metric), at)


def _edges(row: DutyRow, risen: datetime | None) -> Iterator[tuple[str, datetime | None]]:
    """The metrics are told beside the table `tally`."""
    ends, done = row.valid_until, row.done_at
    if row.state == "done" and done is not None and row.valid_from <= done and _before(done, ends):
        yield "done", done
    if row.state != "open":
        return
    late = max(row.due, row.valid_from)
    if _before(late, ends):
        yield "due", late
        yield "lapsed", ends
    if risen is not None and _before(max(late, risen), ends):
        yield "risen", max(late, risen)
        yield "settled", ends
    if row.valid_from < row.due and (ends is None or row.due <= ends):
        yield "todo", row.due


def _before(at: datetime, ends: datetime | None) -> bool:
    return ends is None or at < ends
