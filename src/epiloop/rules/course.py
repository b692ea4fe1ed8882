"""The course of one loop under one version: its stages from day zero, its duties, and when it ends by itself.

Two tracks. The *planned* track assumes that a condition nobody has met yet will be met in time: stages and duties
are laid out on it. The *actual* track assumes that no further fact arrives: a stage whose condition is not met goes
on to its outer limit. Statuses and the end of the loop come from it, so a restriction ends even if nobody does
anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from epiloop.core.instants import ONE_DAY
from epiloop.rules import evidence
from epiloop.rules.facts import Fact
from epiloop.rules.layout import Days, Laid, after, begins, ends, lay, local_day, on_days
from epiloop.rules.model import (
    Condition,
    Daily,
    DutyRule,
    Every,
    Negatives,
    OnDays,
    OnOpening,
    SamplesNegative,
    StageRule,
    Version,
    Within,
)
from epiloop.rules.regimes import Context
from epiloop.rules.stream import LAST_INSTANT, Stream, fits, stated_deadline

STAGE_END = "stage-end"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a loop counts from: day zero, and when and by which fact it was found out."""

    day_zero: date
    found: datetime
    found_day: date
    fact: Fact
    since: datetime | None = None
    """From when the loop counts from it again, if a later exposure fell away; None: from when it was found."""

    @property
    def counts_from(self) -> datetime:
        """From when the loop counts from it."""
        return self.since or self.found

    @property
    def late(self) -> bool:
        """Found late: determined after day zero."""
        return self.found_day > self.day_zero


@dataclass(slots=True)
class Step:
    """One stage as gone through on a track."""

    rule: StageRule
    start: datetime
    held_from: datetime
    """From when its status holds: an order holds from its planned day, even if the admission came later."""
    first_day: date
    last_day: date | None
    """The last day as planned; None if it ends only on a fact."""
    planned_end: datetime | None
    outer_end: datetime | None
    met_at: datetime | None = None
    """When its conditions were met; LAST_INSTANT: not so far; None: it has none."""
    admission: Fact | None = None

    @property
    def waiting(self) -> bool:
        """Whether a condition of its end is not met so far."""
        return self.met_at == LAST_INSTANT

    @property
    def end(self) -> datetime | None:
        """When it ends if what is missing will be met in time; None: only on a fact."""
        return self.planned_end if self.waiting else self.actual_end

    @property
    def actual_end(self) -> datetime:
        """When it ends if no further fact arrives."""
        floor = max(self.planned_end or self.start, self.met_at or self.start)
        return floor if self.outer_end is None else min(floor, self.outer_end)


@dataclass(slots=True)
class Item:
    """A duty of a loop, with what was done about it."""

    laid: Laid
    epoch: int
    done_at: datetime | None = None
    done_by: tuple[Fact, ...] = ()


@dataclass(slots=True)
class Course:
    """What follows from a baseline under one version."""

    planned: list[Step] = field(default_factory=list)
    actual: list[Step] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    pending: bool = False
    """Whether a duty will be created by a fact that is not there yet."""
    final: datetime | None = None
    """The end of the last stage on the exposure clock, whether or not any stage was entered."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a course is worked out from."""

    version: Version
    base: Baseline
    opened_at: datetime
    stream: Stream
    context: Context
    floor: datetime
    """No duty is created whose due instant is not after this: the loop's opening, or the change of regime."""
    epoch: int
    carried: tuple[Item, ...] = ()
    """Duties of earlier regimes that stay as they were; conditions look at them too."""


def follow(frame: Frame) -> Course:
    """Work out the course: stage by stage on the planned track, then the actual one."""
    course = Course()
    _add(course, frame, _loop_duties(frame, course))
    opening_laid = False
    for rule in frame.version.stages:
        before = course.planned[-1] if course.planned else None
        step = enter(frame, rule, before)
        if before is None:
            _add(course, frame, _stage_duties(frame, rule, step))
            if step is not None:
                _add(course, frame, _opening_duties(frame, course.items))
                opening_laid = True
        elif step is not None:
            _add(course, frame, _stage_duties(frame, rule, step))
        if step is None:
            continue
        step.met_at = met_at(frame, step, course.items)
        _add(course, frame, _end_duties(frame, rule, step))
        course.planned.append(step)
        if step.end is None:
            break
    if not opening_laid:
        _add(course, frame, _opening_duties(frame, course.items))
    course.actual = _actual(frame, course.planned)
    course.final = _final(frame)
    return course


# --- stages ---------------------------------------------------------------------------------------------------------


def served_before(version: Version, rule: StageRule) -> int:
    """How many days on the exposure clock the earlier stages take."""
    if rule is version.stages[0]:
        return 0
    earlier = version.stages[: version.stages.index(rule)]
    return sum(other.days or 0 for other in earlier if other.clock == "exposure")


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a stage on the exposure clock, the same for everybody with the same day zero."""

    begin: datetime
    """When it begins as laid down."""
    first: date
    last: date | None
    end: datetime | None


@lru_cache(maxsize=100_000)
def _dates(rule: StageRule, served: int, day_zero: date, context: Context) -> Dates:
    first = day_zero + timedelta(days=served + 1)
    last = day_zero + timedelta(days=served + (rule.days or 0)) if rule.clock == "exposure" else None
    return Dates(begins(first, context), first, last, ends(last, context) if last else None)


def enter(frame: Frame, rule: StageRule, before: Step | None, *, actual: bool = False) -> Step | None:
    """The stage as it is entered after the step before (None: as the first); None if its end has already passed."""
    dates = _dates(rule, served_before(frame.version, rule), frame.base.day_zero, frame.context)
    admission = None
    if before is None:
        start, first_day = _planned_start(frame, rule, dates)
        admission = _admission(frame, rule, dates.end)
    else:
        start = (before.actual_end if actual else before.end) or before.start
        start = dates.begin if dates.last and dates.begin >= start else start
        first_day = dates.first if start is dates.begin else local_day(start, frame.context)
    held_from = start
    if admission is not None:
        held_from, start = min(start, admission.at), admission.at
        first_day = local_day(start, frame.context)
    if dates.end is not None and dates.end <= start:
        return None
    last, planned_end = dates.last, dates.end
    if last is None and rule.days:
        last = first_day + timedelta(days=rule.days - 1)
        planned_end = ends(last, frame.context)
    outer = _outer_end(frame, rule, start, first_day, last)
    return Step(rule, start, held_from, first_day, last, planned_end, outer, admission=admission)


def _planned_start(frame: Frame, rule: StageRule, dates: Dates) -> tuple[datetime, date]:
    base = frame.base
    if rule.clock == "stage":
        return base.found, base.found_day
    if base.late and base.found_day >= dates.first:
        day = base.found_day + ONE_DAY
        return begins(day, frame.context), day
    return dates.begin, dates.first


def _admission(frame: Frame, rule: StageRule, planned_end: datetime | None) -> Fact | None:
    """The fact that makes day 1 of the first stage: the first one since day zero, before the stage is over."""
    if rule.begins_on is None:
        return None
    since = begins(frame.base.day_zero, frame.context)
    for fact in frame.stream.matching(rule.begins_on):
        if since <= fact.at and (planned_end is None or fact.at < planned_end) and _names(fact, rule):
            return fact
    return None


def _names(fact: Fact, rule: StageRule) -> bool:
    return fact.values.get("stage") in (None, rule.key)


def _outer_end(frame: Frame, rule: StageRule, start: datetime, first: date, last: date | None) -> datetime | None:
    """The outer limit of a stage with conditions, moved out by named decisions taken before it was reached."""
    if not rule.ends_when:
        return None
    limit, context = rule.outer_limit, frame.context
    base_day = last if last else first - ONE_DAY
    if limit.days:
        outer = ends(base_day + timedelta(days=limit.days), context)
    else:
        outer = (ends(last, context) if last else start) + limit.exact
    for decision in frame.stream.kinds.get("named-decision", ()):
        until = decision.values.get("extends_to")
        if isinstance(until, date) and frame.opened_at <= decision.at < outer and _names(decision, rule):
            outer = max(outer, ends(until, context))
    return outer


def _actual(frame: Frame, planned: Sequence[Step]) -> list[Step]:
    """The same stages if no further fact arrives."""
    if not any(step.waiting for step in planned):
        return list(planned)
    met = {step.rule.key: step.met_at for step in planned}
    # Up to the first stage that waits both tracks are one; stages before the first entered were over when found.
    shared = next(place for place, step in enumerate(planned) if step.waiting) + 1
    track = list(planned[:shared])
    stages = frame.version.stages
    for rule in stages[stages.index(track[-1].rule) + 1 :]:
        step = enter(frame, rule, track[-1], actual=True)
        if step is not None:
            step.met_at = met.get(rule.key, LAST_INSTANT if rule.ends_when else None)
            track.append(step)
    return track


def _final(frame: Frame) -> datetime | None:
    days = [rule.days or 0 for rule in frame.version.stages if rule.clock == "exposure"]
    return ends(frame.base.day_zero + timedelta(days=sum(days)), frame.context) if days else None


# --- conditions -----------------------------------------------------------------------------------------------------


def met_at(frame: Frame, step: Step, items: Sequence[Item]) -> datetime | None:
    """When all conditions of a stage's end were met; LAST_INSTANT if not so far, None if it has none."""
    if not step.rule.ends_when:
        return None
    return max(_met(frame, step, condition, items) for condition in step.rule.ends_when)


def _met(frame: Frame, step: Step, condition: Condition, items: Sequence[Item]) -> datetime:
    if isinstance(condition, SamplesNegative):
        return _samples_met(frame, step, [*frame.carried, *items])
    if isinstance(condition, Negatives):
        since = begins(step.first_day + timedelta(days=condition.from_day - 1), frame.context)
        return evidence.negatives_met(frame.stream.samples, since, condition) or LAST_INSTANT
    first = step.first_day + timedelta(days=condition.from_day - 1) if condition.from_day else frame.base.day_zero
    since = begins(first, frame.context)
    seen = [fact for fact in frame.stream.matching(condition.match) if fact.at >= since]
    return seen[condition.times - 1].at if len(seen) >= condition.times else LAST_INSTANT


def _samples_met(frame: Frame, step: Step, items: Iterable[Item]) -> datetime:
    """When the last result came in that shows every sample duty due by the stage's planned end as negative."""
    latest = step.start
    for item in items:
        laid = item.laid
        if laid.rule.kind != "sample" or (step.planned_end is not None and laid.due > step.planned_end):
            continue
        samples = frame.stream.matching_samples(laid.rule.evidence)
        known = evidence.negative_since(samples, laid.start, laid.rule.times, laid.rule.spacing)
        if known is None:
            return LAST_INSTANT
        latest = max(latest, known)
    return latest


# --- duties ---------------------------------------------------------------------------------------------------------


def _add(course: Course, frame: Frame, duties: Iterable[Laid]) -> None:
    for laid in duties:
        item = Item(laid, frame.epoch)
        if isinstance(laid.rule.schedule, Every):
            course.items.append(item)
        elif laid.due > frame.floor or (laid.rule.even_if_past and frame.epoch == 0):
            fulfil(item, frame.stream)
            course.items.append(item)


def fulfil(item: Item, stream: Stream) -> None:
    """Look for the evidence that fulfils a duty."""
    laid = item.laid
    facts = stream.candidates(laid.rule.evidence)
    if not facts or facts[-1][0] < laid.start:
        return
    done = evidence.fulfilling(facts, laid.start, laid.lapse, laid.rule.times, laid.rule.spacing)
    if done:
        item.done_at, item.done_by = done


def duties_by_stage(version: Version) -> dict[str, list[DutyRule]]:
    """The duties of each stage, and under "" those of the loop as a whole. Sorted out once per version."""
    known = _by_stage.get(id(version))
    if known is not None and known[0] is version:
        return known[1]
    found: dict[str, list[DutyRule]] = {"": []}
    for rule in version.duties:
        found.setdefault(rule.stage, []).append(rule)
    _by_stage[id(version)] = (version, found)
    return found


_by_stage: dict[int, tuple[Version, dict[str, list[DutyRule]]]] = {}


def _loop_duties(frame: Frame, course: Course) -> list[Laid]:
    laid: list[Laid] = []
    for rule in duties_by_stage(frame.version)[""]:
        if isinstance(rule.schedule, Within):
            base = _base(frame, rule.schedule.of)
            if base is None:
                course.pending = True
            else:
                laid.append(_within(frame, rule, rule.schedule, base))
        elif isinstance(rule.schedule, Every):
            laid.append(_every(frame, rule, rule.schedule))
    return laid


def _within(frame: Frame, rule: DutyRule, schedule: Within, base: datetime) -> Laid:
    start = frame.opened_at if schedule.of == "deadline" else base
    return lay(rule, frame.context, start + rule.not_before, after(base, schedule.time, frame.context))


def _base(frame: Frame, of: str) -> datetime | None:
    if of == "opening":
        return frame.opened_at
    if of == "day-zero":
        return begins(frame.base.day_zero, frame.context)
    if of == "deadline":
        return stated_deadline(frame.base.fact)
    facts = [fact for fact in frame.stream.kinds.get(of, ()) if fact.at >= frame.opened_at]
    return facts[0].at if facts else None


def _every(frame: Frame, rule: DutyRule, schedule: Every) -> Laid:
    """The one row of an unbounded duty: due a period after the last time it was done."""
    zero = frame.base.day_zero
    since = begins(zero, frame.context)
    done = [at for at, _ in frame.stream.candidates(rule.evidence) if at >= since]
    last = local_day(done[-1], frame.context) if done else zero - ONE_DAY
    start = begins(last + ONE_DAY, frame.context)
    return lay(rule, frame.context, start, ends(last + timedelta(days=schedule.days), frame.context))


def _stage_duties(frame: Frame, rule: StageRule, step: Step | None) -> list[Laid]:
    """The duties of a stage. Of one that was not entered (over by the day after the subject was found) only those on
    the exposure clock are left: what is due today is due today, whether or not a stage begins tomorrow."""
    laid: list[Laid] = []
    for duty in duties_by_stage(frame.version).get(rule.key, ()):
        laid.extend(_stage_duty(frame, duty, rule, step))
    return laid


def _stage_duty(frame: Frame, duty: DutyRule, rule: StageRule, step: Step | None) -> Iterable[Laid]:
    schedule = duty.schedule
    if isinstance(schedule, OnDays | Daily):
        days = _days(frame, rule, schedule, step)
        return on_days(duty, days, frame.context) if days else ()
    if step is None:
        return ()
    if isinstance(schedule, Within) and schedule.of != STAGE_END:
        base = step.start if schedule.of == "stage-start" else _base(frame, schedule.of)
        return () if base is None else (_within(frame, duty, schedule, base),)
    return (_every(frame, duty, schedule),) if isinstance(schedule, Every) else ()


def _end_duties(frame: Frame, rule: StageRule, step: Step) -> list[Laid]:
    """The duties that count from the end of a stage, laid out when its conditions have been looked at."""
    return [
        _within(frame, duty, duty.schedule, step.end)
        for duty in duties_by_stage(frame.version).get(rule.key, ())
        if isinstance(duty.schedule, Within) and duty.schedule.of == STAGE_END and step.end
    ]


def _days(frame: Frame, rule: StageRule, schedule: OnDays | Daily, step: Step | None) -> Days | None:
    """The days of a stage by the clock the duty counts on; None if it cannot count (not entered, no such clock)."""
    if schedule.clock == "stage":
        return Days(step.first_day - ONE_DAY, step.first_day, _last_day(frame, step)) if step else None
    served = served_before(frame.version, rule)
    zero = frame.base.day_zero
    if step is None and rule.clock != "exposure":
        return None
    last = _last_day(frame, step) if step else zero + timedelta(days=served + (rule.days or 0))
    return Days(zero, zero + timedelta(days=1 + served), last)


def _last_day(frame: Frame, step: Step) -> date | None:
    if step.last_day is not None or step.outer_end is None:
        return step.last_day
    return local_day(step.outer_end, frame.context) - ONE_DAY


def _opening_duties(frame: Frame, items: Sequence[Item]) -> list[Laid]:
    """The duties of the day of determination, unless the same kind is due at the same instant anyway."""
    base, context = frame.base, frame.context
    rules = [
        rule
        for rule in duties_by_stage(frame.version)[""]
        if isinstance(rule.schedule, OnOpening) and (base.late or not rule.schedule.found_late)
    ]
    if not rules:
        return []
    start, due = begins(base.found_day, context), ends(base.found_day, context)
    taken = {item.laid.rule.kind for item in items if item.laid.due == due}
    return [lay(rule, context, start, due, on=base.found_day) for rule in rules if rule.kind not in taken]


def statuses_of(step: Step, frame: Frame) -> list[tuple[datetime, str, tuple[Fact, ...]]]:
    """The statuses of a stage on the actual track: (from, status, the facts that changed it)."""
    because = (step.admission,) if step.admission else ()
    spans: list[tuple[datetime, str, tuple[Fact, ...]]] = [(step.held_from, step.rule.status, because)]
    since = begins(frame.base.day_zero, frame.context)
    changes = [
        (fact.at, status, fact)
        for match, status in step.rule.instead
        for fact in frame.stream.kinds.get(match.fact, ())
        if since <= fact.at < step.actual_end and fits(fact, match)
    ]
    for at, status, fact in sorted(changes, key=lambda change: change[0]):
        spans.append((max(at, step.held_from), status, (fact,)))
    return spans
