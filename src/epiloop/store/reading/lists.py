"""The lists behind the board's numbers: loops and duties, each duty with who answers and how far it has risen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection

from epiloop.store.named import queries
from epiloop.store.reading.asking import ID, INSTANT, PAGE, Area, Page, after, ask, fetch, page, within
from epiloop.store.reading.board import Day
from epiloop.store.reading.owners import OnDuty, Owner, on_duty

Q = queries("reading/lists")
CONSEQUENCES = range(101)
EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
NARROW = 10**7
"""An area up to this wide (a township) is read by its jurisdictions, a wider one in the order of the list."""


class Lateness(StrEnum):
    """When a duty is due, as asked at an instant: before it, today after it, later; or done today before it."""

    LATE = "late"
    DUE_TODAY = "due-today"
    LATER = "later"
    DONE = "done"


class LoopState(StrEnum):
    """Which loops: open at the instant, opened today, closed today."""

    OPEN = "open"
    NEW = "new"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """Which duties; None or False: any. `owner_code` and `owner_unit` narrow `owner_post` to one place or employer.

    `escalated` is asked of late ones.
    """

    line: str | None = None
    measure: str | None = None
    kind: str | None = None
    owner_post: str | None = None
    owner_code: int | None = None
    owner_unit: UUID | None = None
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class LoopFilter:
    """Which loops; None: any."""

    line: str | None = None
    measure: str | None = None
    version: str | None = None


class LoopLine(NamedTuple):
    """One loop, as its row says."""

    subject: UUID
    key: str
    subject_kind: str
    jurisdiction: int
    line: str
    measure: str
    rulebook: str
    version: str
    day_zero: date | None
    opened_at: datetime
    closes_at: datetime | None
    outcome: str


class DutyRecord(NamedTuple):
    """One duty, as its row says."""

    subject: UUID
    loop: str
    key: str
    subject_kind: str
    jurisdiction: int
    line: str
    measure: str
    rulebook: str
    version: str
    clause: str
    kind: str
    stage: str
    day: int | None
    starts: datetime
    due: datetime
    owner_party: str
    owner_post: str
    owner_code: int
    owner_unit: UUID | None
    evidence: str
    consequence: int
    state: str
    done_at: datetime | None
    valid_from: datetime
    valid_until: datetime | None

    @property
    def named_owner(self) -> Owner:
        """The post that answers for it."""
        return Owner(self.owner_party, self.owner_post, self.owner_code, self.owner_unit)


class Steps(NamedTuple):
    """Who took a duty and when; the highest rung it rose to (0: none) and whose that is."""

    acknowledged_at: datetime | None
    acknowledged_by: str
    rung: int
    rung_at: datetime | None
    rung_post: str
    rung_code: int | None


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty of a list: the row, who answers for it at the instant, and what was done about its lateness."""

    duty: DutyRecord
    owner: OnDuty
    steps: Steps

    def late_by(self, at: datetime) -> float:
        """Seconds since it fell due; negative before."""
        return (at - self.duty.due).total_seconds()


class _Step(NamedTuple):
    n: int
    acknowledged_at: datetime | None
    acknowledged_by: str
    rung: int
    rung_at: datetime | None
    rung_post: str
    rung_code: int | None


def duties(
    connection: Connection[Any],
    asked: Area,
    day: Day,
    lateness: Lateness,
    chosen: DutyFilter = DutyFilter(),
    *,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[DutyLine]:
    """Late ones by consequence, then by how long; due ones by their instant; done ones with the latest first."""
    words = {**within(asked), **asdict(chosen), "at": day.at, "limit": limit + 1}
    if lateness is Lateness.DONE:
        return _done(connection, words, day, limit, after_page)
    keys = after(after_page, due=INSTANT, consequence=int, subject=ID, loop=str, key=str)
    words |= {**keys, "late": lateness is Lateness.LATE, **_window(day, lateness)}
    rows = fetch(connection, DutyRecord, *_way(words))
    found = page(rows, limit, lambda row: (row.due.isoformat(), row.consequence, row.subject, row.loop, row.key))
    return Page(tuple(with_owners(connection, found.rows, day.at)), found.after)


def loops(
    connection: Connection[Any],
    asked: Area,
    day: Day,
    state: LoopState,
    chosen: LoopFilter = LoopFilter(),
    *,
    limit: int = PAGE,
    after_page: str | None = None,
) -> Page[LoopLine]:
    """Loops, those opened (or closed) last first."""
    closed = state is LoopState.CLOSED
    keys = after(after_page, at=INSTANT, subject=ID, key=str)
    since = EVER if state is LoopState.OPEN else day.start
    words = {"at": day.at, "since": since, "standing": state is LoopState.OPEN, "limit": limit + 1}
    query = Q["loops_closed" if closed else "loops_opened"]
    rows = fetch(connection, LoopLine, query, {**within(asked), **asdict(chosen), **keys, **words})
    return page(rows, limit, lambda row: (_iso(row.closes_at if closed else row.opened_at), row.subject, row.key))


def with_owners(connection: Connection[Any], rows: Sequence[DutyRecord], at: datetime) -> list[DutyLine]:
    """The duties with who answers at the instant and their steps up to it, in two questions for all of them."""
    if not rows:
        return []
    keys = {"subjects": [r.subject for r in rows], "loops": [r.loop for r in rows], "keys": [r.key for r in rows]}
    steps = ask(connection, _Step, Q["steps"], {**keys, "at": at})
    answers = on_duty(connection, (row.named_owner for row in rows), at)
    return [
        DutyLine(row, answers[row.named_owner.key], Steps(*step[1:])) for row, step in zip(rows, steps(), strict=True)
    ]


def _done(
    connection: Connection[Any], words: Mapping[str, Any], day: Day, limit: int, after_page: str | None
) -> Page[DutyLine]:
    keys = after(after_page, done=INSTANT, subject=ID, loop=str, key=str)
    rows = fetch(connection, DutyRecord, Q["duties_done"], {**words, **keys, "done_after": day.start})
    found = page(rows, limit, lambda row: (_iso(row.done_at), row.subject, row.loop, row.key))
    return Page(tuple(with_owners(connection, found.rows, day.at)), found.after)


def _window(day: Day, lateness: Lateness) -> dict[str, datetime]:
    """In which stretch the due instants lie: (due_after, due_until]."""
    first, last = {
        Lateness.LATE: (EVER, day.at),
        Lateness.DUE_TODAY: (day.at, day.end),
        Lateness.LATER: (day.end, NEVER),
    }[lateness]
    return {"due_after": first, "due_until": last}


def _way(words: dict[str, Any]) -> tuple[LiteralString, dict[str, Any]]:
    """How to read it: a small area or one owner by its own index, a wide one in the order of the list."""
    if words["high"] - words["low"] <= NARROW or words["owner_code"] is not None or words["owner_unit"] is not None:
        return Q["duties_narrow"], words
    return Q["duties_wide"], words | _beginnings(words)


def _beginnings(words: Mapping[str, Any]) -> dict[str, list[Any]]:
    """For each consequence the (due, subject) from which on its duties come after the page before."""
    reached, due, subject = words["after_consequence"], words["after_due"], words["after_subject"]
    begin: list[tuple[int, datetime, UUID]] = []
    for consequence in CONSEQUENCES:
        if reached is None or (words["late"] and consequence < reached):
            begin.append((consequence, words["due_after"], LAST))
        elif consequence == reached:
            begin.append((consequence, due, subject))
        elif not words["late"]:
            begin.append((consequence, due, LAST if consequence > reached else FIRST))
    columns = zip(*begin, strict=True)
    return dict(zip(("consequences", "from_due", "from_subject"), map(list, columns), strict=True))


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
