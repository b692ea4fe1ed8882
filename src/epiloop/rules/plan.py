"""What the rules answer: loops, stages, duties and status spans, each with its clause.

Rows contain no "now". Each row carries `valid`: the stretch of asking-instants for which it is the answer. A plan is
piecewise across adopted regimes: rows of the regime in force from R1 to R2 are valid in [R1, R2). Within a validity,
lateness is a comparison of `due` with the asking instant, done by whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from epiloop.core.instants import Interval
from epiloop.core.subjects import EventRef


class Line(StrEnum):
    """The lines of work a board shows."""

    PEOPLE = "people"
    VEHICLES = "vehicles"
    GOODS = "goods"
    PLACES = "places"
    INSTRUCTIONS = "instructions"


class Party(StrEnum):
    """The four parties (四方责任)."""

    TERRITORY = "territory"
    DEPARTMENT = "department"
    EMPLOYER = "employer"
    INDIVIDUAL = "individual"


@dataclass(frozen=True, slots=True)
class Clause:
    """The law behind a line of a plan."""

    rulebook: str
    measure: str
    version: str
    """The version's id in the measure file, e.g. "2022-06-28"."""
    clause: str
    """Which part of the measure, e.g. "stages.centralised" or "duties.sample"."""
    source: str
    """The document, as the measure names it (English)."""
    source_zh: str = ""
    certainty: str = "stated"
    """stated | reported | unspecified"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a duty: a post of one of the four parties, at a level of the territory. Never a person."""

    party: Party
    post: str
    level: str
    """Jurisdiction level whose post it is, taken from the subject's stay ("community"); "" for employer/individual."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """When, after the due instant, lateness goes up, and to whom."""

    after: timedelta
    owner: Owner


class DutyState(StrEnum):
    """open: to be done (late if past due) · done: fulfilled by evidence · void: no longer required."""

    OPEN = "open"
    DONE = "done"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that must happen in a loop (待办)."""

    loop: str
    key: str
    """Unique in its loop and stable across recomputation, e.g. "sample@centralised.3"."""
    kind: str
    """What must be done, from the vocabulary: sample, transfer, follow-up, visit, hand-over..."""
    stage: str
    start: datetime
    due: datetime
    escalations: tuple[tuple[datetime, Owner], ...]
    owner: Owner
    evidence: str
    """The fact kind that fulfils it."""
    clause: Clause
    valid: Interval
    state: DutyState = DutyState.OPEN
    done_at: datetime | None = None
    done_by: tuple[EventRef, ...] = ()
    consequence: int = 50
    """0-100: how bad lateness is; boards order by it, then by time."""
    day: int | None = None
    """The stage day it belongs to, where it was laid down by day."""
    every: timedelta | None = None
    """For an unbounded repeating duty: one row, due = last done + period."""
    title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a loop (阶段)."""

    loop: str
    key: str
    status: str
    start: datetime
    end: datetime | None
    """Planned end; None where it ends only on a fact."""
    outer_end: datetime | None
    """When it ends although its conditions are not met."""
    first_day: date
    last_day: date | None
    clock: str
    clause: Clause
    valid: Interval
    waits_for: tuple[str, ...] = ()
    """Conditions of the end not met so far, as message ids."""
    title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """What the subject may do in a stretch of time under one loop, if no further fact arrives.

    The strictest span of all the subject's loops holds. Status is never stored as truth: it is this, read at an
    instant.
    """

    loop: str
    status: str
    span: Interval
    """Always bounded: every restriction ends by itself."""
    clause: Clause
    reason: str
    """Message id in plain language."""
    strictness: int
    evidence: tuple[EventRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """One subject under one measure (管控事项), from the opening event to the closing one."""

    key: str
    """Unique within the subject, stable: measure and opening fact, e.g. "close-contact#3"."""
    measure: str
    line: Line
    opened_at: datetime
    opened_by: EventRef | None
    closed_at: datetime | None
    """When it closed, or will close if no further fact arrives (so it may be in the future); None if open-ended."""
    outcome: str
    """Why it closes at `closed_at`: completed | limit-reached | became-case | withdrawn | superseded | regime-ended |
    died ...; "" if open-ended."""
    clause: Clause
    day_zero: date | None
    title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """One step of an explanation, as a message id with its values; `events` are what it rests on."""

    what: str
    values: Mapping[str, object]
    events: tuple[EventRef, ...] = ()
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the rules say about one subject."""

    loops: tuple[Loop, ...] = ()
    stages: tuple[Stage, ...] = ()
    duties: tuple[Duty, ...] = ()
    statuses: tuple[StatusSpan, ...] = ()
