"""A rulebook as frozen values: what the YAML files say, checked and typed.

Built by `loader`; read by both engines, the explanation, the lint and the diff. No field holds an instant: days and
hours become instants only in the time zone of the subject's jurisdiction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, Literal

from epiloop.core.jurisdictions import Scope
from epiloop.core.subjects import SubjectKind
from epiloop.rules.facts import Value
from epiloop.rules.plan import Line, Owner

Titles = Mapping[str, str]
Clock = Literal["exposure", "stage"]


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as the law writes it: whole calendar days, or exact hours and minutes."""

    days: int = 0
    exact: timedelta = timedelta()

    @property
    def span(self) -> timedelta:
        """The length as elapsed time; a day is 24 hours."""
        return timedelta(days=self.days) + self.exact


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one value of a fact must be: one of `any_of`, none of `none_of`, within `low`..`high`."""

    any_of: tuple[Value, ...] | None = None
    none_of: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A kind of fact, and what its values must be."""

    fact: str
    where: tuple[tuple[str, Wanted], ...] = ()


@dataclass(frozen=True, slots=True)
class Closer:
    """A fact that closes a loop with an outcome; `bars`: one before the opening keeps it from opening.

    `each` names a value by which the fact takes back one trigger; the loop closes when none of them is left.
    """

    match: Match
    outcome: str
    bars: bool = False
    each: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The document a rule stands in."""

    title: Titles
    certainty: str
    clause: str = ""
    url: str = ""
    clause_zh: str = ""
    """The clause in Chinese; "" where it reads the same in both languages, such as a number."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation ladder: whose turn, how long after the first step."""

    owner: Owner
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Ladder:
    """When lateness goes up: `grace` after the due instant, then at the next `hour` of the day (if stated)."""

    rungs: tuple[Rung, ...] = ()
    grace: timedelta = timedelta()
    hour: time | None = None


@dataclass(frozen=True, slots=True)
class SamplesNegative:
    """Every sample duty due so far is fulfilled and its result is negative."""


@dataclass(frozen=True, slots=True)
class Negatives:
    """So many consecutive negative results, so far apart; a Ct at or above the limit counts as negative."""

    times: int
    spacing: timedelta = timedelta()
    ct_at_least: float | None = None
    from_day: int = 1


@dataclass(frozen=True, slots=True)
class FactSeen:
    """So many facts of a kind since day zero, or from a day of the stage on (`from_day`, 0: since day zero)."""

    match: Match
    times: int = 1
    from_day: int = 0


Condition = SamplesNegative | Negatives | FactSeen


@dataclass(frozen=True, slots=True)
class StageRule:
    """A stage as the law lays it down; `days` None: it ends when its conditions are met."""

    key: str
    title: Titles
    status: str
    clock: Clock
    days: int | None = None
    instead: tuple[tuple[Match, str], ...] = ()
    begins_on: Match | None = None
    ends_when: tuple[Condition, ...] = ()
    outer_limit: Length = field(default=Length(days=3))
    clause: str = ""
    clause_zh: str = ""
    certainty: str = ""
    line: int = field(default=0, compare=False)

    def __hash__(self) -> int:  # the titles are dicts; the key is unique within a version
        return hash((self.key, self.days))


@dataclass(frozen=True, slots=True)
class OnDays:
    """By the end of these days (or `by` an hour) of a stage."""

    days: tuple[int, ...]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Daily:
    """On every day of a stage; once, or once per round."""

    clock: Clock
    rounds: tuple[time, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """A length after a base: opening, day-zero, stage-start, stage-end, a kind of fact, or the `deadline` that the
    opening fact states; the last can be done from the opening on."""

    time: Length
    of: str


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again while the loop is open."""

    days: int


@dataclass(frozen=True, slots=True)
class OnOpening:
    """By the end of the day of determination; `found_late`: only if that is after day zero."""

    found_late: bool


Schedule = OnDays | Daily | Within | Every | OnOpening


@dataclass(frozen=True, slots=True)
class DutyRule:
    """A duty as the law lays it down."""

    key: str
    kind: str
    title: Titles
    schedule: Schedule
    evidence: Match
    owner: Owner
    ladder: Ladder
    stage: str = ""
    times: int = 1
    spacing: timedelta = timedelta()
    not_before: timedelta = timedelta()
    by: time | None = None
    lapses: bool = False
    even_if_past: bool = False
    consequence: int = 50
    clause: str = ""
    clause_zh: str = ""
    certainty: str = ""
    line: int = field(default=0, compare=False)

    def __hash__(self) -> int:  # the titles are dicts; key and stage are unique within a version
        return hash((self.key, self.stage))


@dataclass(frozen=True, slots=True)
class Version:
    """A measure as it stands from one day on. `repealed`: from then on there is no such measure."""

    id: str
    in_force: date
    issued: date
    source: Source
    until: date | None = None
    scope: Scope | None = None
    repealed: bool = False
    new_loops_only: bool = False
    trigger: tuple[Match, ...] = ()
    standing: bool = False
    """The trigger tells of a state that lasts: this version opens a loop for one told before it came into force."""
    fixed_zero: bool = False
    """A later trigger while the loop is open changes nothing."""
    restarts_on: tuple[Match, ...] = ()
    """Facts that move day zero of an open loop and never open one."""
    per: tuple[str, ...] = ()
    day_zero: str = "at"
    limit: Length | None = None
    closes_on: tuple[Closer, ...] = ()
    stages: tuple[StageRule, ...] = ()
    duties: tuple[DutyRule, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """One rule with all its dated versions, oldest first (防控措施)."""

    name: str
    title: Titles
    line: Line
    subject: SubjectKind
    versions: tuple[Version, ...]
    superseded_by: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """What a parameter is from one day on."""

    in_force: date
    issued: date
    value: Value
    source: Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated number or word that is not a measure, oldest value first."""

    name: str
    title: Titles
    unit: str
    values: tuple[ParameterValue, ...]

    def on(self, day: date) -> ParameterValue | None:
        """The value in force on a day; None before the first."""
        return next((value for value in reversed(self.values) if value.in_force <= day), None)


@dataclass(frozen=True, slots=True)
class ExposureVersion:
    """Which shared time makes a contact, from one day on; `terms` are the plain values that `exposure` reads.

    `own`: parts of them (`ring_1`, `kinds.train.rows`) that are Epiloop's defaults because the source has no number.
    """

    id: str
    in_force: date
    issued: date
    source: Source
    until: date | None = None
    scope: Scope | None = None
    repealed: bool = False
    terms: Mapping[str, Any] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    note: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Terms of exposure to a disease with all their dated versions, oldest first."""

    disease: str
    title: Titles
    versions: tuple[ExposureVersion, ...]
    path: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """The measures, parameters and terms of exposure of one jurisdiction (防控规则库). Equal if its digest is."""

    name: str
    title: Titles
    timezone: str
    digest: str
    """SHA-256 (hex) of `text`."""
    text: str
    """The canonical text: all files of the law (not the cases), from which the same rulebook can be loaded again."""
    measures: Mapping[str, Measure]
    parameters: Mapping[str, Parameter]
    exposures: Mapping[str, Exposure] = field(default_factory=dict)
    """By disease."""
    scope: Scope | None = None
    """None: everywhere."""
    overlays: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rulebook) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)
