"""The stages and duties of the reference engine: what follows from a baseline under one version, day by day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from epiloop.core.instants import ONE_DAY, day_of, end_of_day, start_of_day
from epiloop.rules.evidence import far_enough, is_negative
from epiloop.rules.facts import Fact
from epiloop.rules.model import (
    Condition,
    Daily,
    DutyRule,
    Every,
    FactSeen,
    Negatives,
    OnDays,
    OnOpening,
    SamplesNegative,
    StageRule,
    Version,
    Within,
)
from epiloop.rules.stream import Sample, Stream, fits, stated_deadline


@dataclass(frozen=True, slots=True)
class Ground:
    """What a course walks over: the facts, the moments at which anything can change, and the zone of the days."""

    stream: Stream
    moments: list[datetime]
    zone: tzinfo


@dataclass(slots=True)
class Task:
    """A duty in the reference engine."""

    rule: DutyRule
    day: int | None
    start: datetime
    due: datetime
    done_at: datetime | None = None
    epoch: int = 0


@dataclass(slots=True)
class Visit:
    """A stage as the subject goes through it."""

    rule: StageRule
    start: datetime
    held_from: datetime
    planned_end: datetime | None
    outer_end: datetime | None
    end: datetime | None = None

    @property
    def first_day(self) -> datetime:
        """The instant that makes day 1."""
        return self.start


@dataclass(slots=True)
class Base:
    """What is counted from."""

    day_zero: date
    found: datetime
    fact: Fact


@dataclass(slots=True)
class Life:
    """A loop in the reference engine: what held from each moment on, and its duties by epoch."""

    measure: str
    opened_at: datetime
    fact: Fact
    bases: list[Base]
    counting: list[tuple[object, Base]] = field(default_factory=list)
    """What was told and not taken back: (the link's name or None, what is counted from)."""
    closed_at: datetime | None = None
    outcome: str = ""
    held: list[tuple[datetime, str]] = field(default_factory=list)
    """(moment, status from then on; "" = none)."""
    tasks: list[Task] = field(default_factory=list)
    """The duties as they stand in the last epoch."""


class Course:
    """The stages and duties that follow from a baseline under one version."""

    def __init__(
        self, ground: Ground, life: Life, version: Version, since: datetime, kept: list[Task], number: int
    ) -> None:
        self.ground, self.life, self.version, self.since = ground, life, version, since
        self.kept, self.number = kept, number
        self.base = life.bases[-1]
        self.key = (id(version), id(self.base))
        self.zone = ground.zone
        self.found_day = day_of(self.base.found, self.zone)
        self.late = self.found_day > self.base.day_zero
        self.tasks: list[Task] = []
        self.planned: list[Visit] | None = None
        self._loop_tasks()
        self.planned = self._visits(planned=True)
        self._opening_tasks()
        self.actual = self._visits(planned=False)

    # --- what the walk asks -------------------------------------------------------------------------------------

    def status(self, moment: datetime) -> str:
        """The status that holds at a moment, "" if none."""
        for visit in self.actual:
            if visit.held_from <= moment and (visit.end is None or moment < visit.end):
                return self._status_in(visit, moment)
        return ""

    def _status_in(self, visit: Visit, moment: datetime) -> str:
        status = visit.rule.status
        for fact in self.ground.stream.facts:
            if start_of_day(self.base.day_zero, self.zone) <= fact.at <= moment:
                for match, instead in visit.rule.instead:
                    if match.fact == fact.kind and fits(fact, match):
                        status = instead
        return status if status != "free" else ""

    def before_first(self, moment: datetime) -> bool:
        """Whether no stage has begun yet."""
        return not self.actual or moment < self.actual[0].held_from

    def end(self, moment: datetime) -> tuple[datetime | None, str]:
        """When the loop ends by itself, and how, as seen at a moment."""
        if not self.version.stages:
            return self._end_without_stages(moment)
        if not self.actual:
            days = [rule.days or 0 for rule in self.version.stages if rule.clock == "exposure"]
            final = end_of_day(self.base.day_zero + timedelta(days=sum(days)), self.zone)
            return (final if days else self.life.opened_at), "completed"
        cut = any(self._limit_first(visit) for visit in self.actual)
        return self.actual[-1].end, "limit-reached" if cut else "completed"

    def _limit_first(self, visit: Visit) -> bool:
        if visit.outer_end is None:
            return False
        return not self._met(visit, visit.outer_end)

    def _end_without_stages(self, moment: datetime) -> tuple[datetime | None, str]:
        limit = None
        if self.version.limit and self.version.limit.days:
            limit = end_of_day(self.base.day_zero + timedelta(days=self.version.limit.days), self.zone)
        elif self.version.limit:
            limit = start_of_day(self.base.day_zero, self.zone) + self.version.limit.exact
        tasks = self.kept + self.tasks
        waiting = any(
            task.done_at is None or task.done_at > moment or isinstance(task.rule.schedule, Every) for task in tasks
        )
        if waiting or not self.version.duties or self._duty_pending():
            return limit, "limit-reached"
        done = max([self.life.opened_at, *(task.done_at for task in tasks if task.done_at)])
        return (limit, "limit-reached") if limit and limit < done else (done, "completed")

    def _duty_pending(self) -> bool:
        rules = [rule for rule in self.version.duties if isinstance(rule.schedule, Within) and not rule.stage]
        return any(isinstance(rule.schedule, Within) and self._base_of(rule.schedule.of) is None for rule in rules)

    # --- stages -------------------------------------------------------------------------------------------------

    def _served_before(self, rule: StageRule) -> int:
        earlier = self.version.stages[: self.version.stages.index(rule)]
        return sum(one.days or 0 for one in earlier if one.clock == "exposure")

    def _visits(self, *, planned: bool) -> list[Visit]:
        """Go through the stages; `planned`: what is not met so far will be met in time."""
        visits: list[Visit] = []
        for rule in self.version.stages:
            if not planned and not visits and rule.key not in {visit.rule.key for visit in self.planned or ()}:
                continue
            visit = self._enter(rule, visits[-1] if visits else None)
            if planned and (visit is not None or not visits):
                self._stage_tasks(rule, visit)
                if visit is not None and not visits:
                    self._opening_tasks()
            if visit is None:
                continue
            visit.end = self._leave(visit, planned=planned)
            if planned:
                self._end_tasks(rule, visit)
            visits.append(visit)
            if visit.end is None:
                break
        return visits

    def _enter(self, rule: StageRule, before: Visit | None) -> Visit | None:
        served = self._served_before(rule)
        planned_end = None
        if rule.clock == "exposure":
            planned_end = end_of_day(self.base.day_zero + timedelta(days=served + (rule.days or 0)), self.zone)
        first_planned = self.base.day_zero + timedelta(days=served + 1)
        held_from = start = self.base.found
        if before is not None:
            assert before.end is not None
            held_from = start = before.end
            if rule.clock == "exposure":
                held_from = start = max(before.end, start_of_day(first_planned, self.zone))
        elif rule.clock == "exposure":
            late = [self.found_day + ONE_DAY] if self.late else []
            held_from = start = start_of_day(max([first_planned, *late]), self.zone)
        if before is None and rule.begins_on is not None:
            for fact in self.ground.stream.matching(rule.begins_on):
                named = fact.values.get("stage") in (None, rule.key)
                in_time = planned_end is None or fact.at < planned_end
                if named and in_time and fact.at >= start_of_day(self.base.day_zero, self.zone):
                    held_from, start = min(start, fact.at), fact.at
                    break
        if planned_end is not None and planned_end <= start:
            return None
        if planned_end is None and rule.days:
            planned_end = end_of_day(day_of(start, self.zone) + timedelta(days=rule.days - 1), self.zone)
        return Visit(rule, start, held_from, planned_end, self._outer(rule, start, planned_end))

    def _outer(self, rule: StageRule, start: datetime, planned_end: datetime | None) -> datetime | None:
        if not rule.ends_when:
            return None
        if rule.outer_limit.days:
            last = day_of(planned_end, self.zone) if planned_end else day_of(start, self.zone)
            outer = start_of_day(last + timedelta(days=rule.outer_limit.days), self.zone)
        else:
            outer = (planned_end or start) + rule.outer_limit.exact
        for fact in self.ground.stream.facts:
            until = fact.values.get("extends_to")
            named = fact.values.get("stage") in (None, rule.key)
            if fact.kind != "named-decision" or not isinstance(until, date) or not named:
                continue
            if self.life.opened_at <= fact.at < outer:
                outer = max(outer, end_of_day(until, self.zone))
        return outer

    def _leave(self, visit: Visit, *, planned: bool) -> datetime | None:
        """Step through the moments until the stage ends."""
        later = sorted({*self.ground.moments, *self._result_times()})
        candidates = [one for one in (visit.planned_end, visit.outer_end) if one is not None]
        ever = any(self._met(visit, moment) for moment in later)
        if planned and not ever:
            return visit.planned_end
        for moment in sorted({*later, *candidates, visit.start}):
            if moment < visit.start:
                continue
            if visit.outer_end is not None and moment >= visit.outer_end:
                return visit.outer_end
            if (visit.planned_end is None or moment >= visit.planned_end) and self._met(visit, moment):
                return moment
        return visit.outer_end or visit.planned_end

    def _result_times(self) -> list[datetime]:
        return [one.result_at for one in self.ground.stream.samples if one.result_at]

    # --- conditions ---------------------------------------------------------------------------------------------

    def _met(self, visit: Visit, moment: datetime) -> bool:
        """Whether all conditions of a stage's end are met by what had happened at a moment."""
        twin = visit
        if self.planned is not None:
            same = [one for one in self.planned if one.rule is visit.rule]
            if not same:
                # What lies behind a stage that ends on a fact only is not laid out yet, so nothing about it is met.
                return not visit.rule.ends_when
            twin = same[0]
        return all(self._condition_met(twin, condition, moment) for condition in visit.rule.ends_when)

    def _condition_met(self, visit: Visit, condition: Condition, moment: datetime) -> bool:
        if isinstance(condition, SamplesNegative):
            return all(
                self._negative(task, moment)
                for task in self.kept + self.tasks
                if task.rule.kind == "sample" and (visit.planned_end is None or task.due <= visit.planned_end)
            )
        if isinstance(condition, Negatives):
            return self._negatives(visit, condition, moment)
        assert isinstance(condition, FactSeen)
        first = self.base.day_zero
        if condition.from_day:
            first = day_of(visit.start, self.zone) + timedelta(days=condition.from_day - 1)
        since = start_of_day(first, self.zone)
        seen = [fact for fact in self.ground.stream.matching(condition.match) if since <= fact.at <= moment]
        return len(seen) >= condition.times

    def _known(self, moment: datetime) -> list[Sample]:
        return [one for one in self.ground.stream.samples if one.result_at is not None and one.result_at <= moment]

    def _negative(self, task: Task, moment: datetime) -> bool:
        count, last = 0, None
        for one in self._known(moment):
            if one.outcome != "negative" or one.taken < task.start or not fits(one.fact, task.rule.evidence):
                continue
            if last is None or far_enough(last, one.taken, task.rule.spacing):
                count, last = count + 1, one.taken
        return count >= task.rule.times

    def _negatives(self, visit: Visit, wanted: Negatives, moment: datetime) -> bool:
        since = start_of_day(day_of(visit.start, self.zone) + timedelta(days=wanted.from_day - 1), self.zone)
        # Met once is met: so every earlier moment is looked at too.
        for earlier in sorted({one for one in self._result_times() if one <= moment}):
            count, last = 0, None
            for one in self._known(earlier):
                if one.taken < since:
                    continue
                if not is_negative(one, wanted.ct_at_least):
                    count, last = 0, None
                elif last is None or far_enough(last, one.taken, wanted.spacing):
                    count, last = count + 1, one.taken
                if count >= wanted.times:
                    return True
        return False

    # --- duties -------------------------------------------------------------------------------------------------

    def _add(self, rule: DutyRule, start: datetime, due: datetime, day: int | None = None) -> None:
        if due > self.since or isinstance(rule.schedule, Every) or (rule.even_if_past and self.number == 0):
            task = Task(rule, day, start, due, epoch=self.number)
            if not isinstance(rule.schedule, Every):
                task.done_at = self._done(task)
            self.tasks.append(task)

    def _done(self, task: Task) -> datetime | None:
        count, last = 0, None
        for at in self._evidence(task.rule):
            lapsed = task.rule.lapses and at >= task.due + ONE_DAY
            if at < task.start or lapsed:
                continue
            if last is None or far_enough(last, at, task.rule.spacing):
                count, last = count + 1, at
            if count == task.rule.times:
                return at
        return None

    def _evidence(self, rule: DutyRule) -> list[datetime]:
        if rule.evidence.fact == "sample-taken":
            return [
                one.taken
                for one in self.ground.stream.samples
                if one.outcome != "invalid" and fits(one.fact, rule.evidence)
            ]
        return [fact.at for fact in self.ground.stream.matching(rule.evidence)]

    def _base_of(self, of: str) -> datetime | None:
        if of == "opening":
            return self.life.opened_at
        if of == "day-zero":
            return start_of_day(self.base.day_zero, self.zone)
        if of == "deadline":
            return stated_deadline(self.base.fact)
        since = [fact.at for fact in self.ground.stream.facts if fact.kind == of and fact.at >= self.life.opened_at]
        return since[0] if since else None

    def _within(self, rule: DutyRule, base: datetime | None) -> None:
        if base is None or not isinstance(rule.schedule, Within):
            return
        length = rule.schedule.time
        exact = base + length.exact
        due = end_of_day(day_of(base, self.zone) + timedelta(days=length.days), self.zone) if length.days else exact
        start = self.life.opened_at if rule.schedule.of == "deadline" else base
        self._add(rule, start + rule.not_before, due)

    def _loop_tasks(self) -> None:
        for rule in self.version.duties:
            if rule.stage:
                continue
            if isinstance(rule.schedule, Within):
                self._within(rule, self._base_of(rule.schedule.of))
            elif isinstance(rule.schedule, Every):
                self._every(rule, rule.schedule)

    def _every(self, rule: DutyRule, schedule: Every) -> None:
        done = [at for at in self._evidence(rule) if at >= start_of_day(self.base.day_zero, self.zone)]
        last = day_of(done[-1], self.zone) if done else self.base.day_zero - ONE_DAY
        due = end_of_day(last + timedelta(days=schedule.days), self.zone)
        if self.number and due <= self.since:
            before = [task for task in self.life.tasks if isinstance(task.rule.schedule, Every)]
            late = [task for task in before if task.rule.kind == rule.kind and task.due <= self.since]
            due = late[-1].due if late else end_of_day(day_of(self.since, self.zone), self.zone)
        self._add(rule, start_of_day(last + ONE_DAY, self.zone), due)

    def _opening_tasks(self) -> None:
        if any(isinstance(task.rule.schedule, OnOpening) for task in self.tasks):
            return
        due = end_of_day(self.found_day, self.zone)
        for rule in self.version.duties:
            if isinstance(rule.schedule, OnOpening) and (self.late or not rule.schedule.found_late):
                twin = [task for task in self.tasks if task.rule.kind == rule.kind and task.due == due]
                if not any(not isinstance(task.rule.schedule, OnOpening) for task in twin):
                    self._add(rule, start_of_day(self.found_day, self.zone), due)

    def _stage_tasks(self, rule: StageRule, visit: Visit | None) -> None:
        for duty in self.version.duties:
            if duty.stage != rule.key:
                continue
            schedule = duty.schedule
            if isinstance(schedule, OnDays | Daily):
                self._day_tasks(duty, schedule, rule, visit)
            elif isinstance(schedule, Within) and visit is not None:
                if schedule.of != "stage-end":
                    self._within(duty, visit.start if schedule.of == "stage-start" else self._base_of(schedule.of))
            elif isinstance(schedule, Every) and visit is not None:
                self._every(duty, schedule)

    def _end_tasks(self, rule: StageRule, visit: Visit) -> None:
        for duty in self.version.duties:
            if duty.stage == rule.key and isinstance(duty.schedule, Within) and duty.schedule.of == "stage-end":
                self._within(duty, visit.end)

    def _day_tasks(self, duty: DutyRule, schedule: OnDays | Daily, rule: StageRule, visit: Visit | None) -> None:
        """Day by day through the stage."""
        if schedule.clock == "stage":
            if visit is None:
                return
            zero = day_of(visit.start, self.zone) - ONE_DAY
            first = zero + ONE_DAY
        else:
            zero = self.base.day_zero
            first = zero + timedelta(days=1 + self._served_before(rule))
        end = visit.planned_end or visit.outer_end if visit else None
        if visit is None:
            if rule.clock != "exposure":
                return
            end = end_of_day(zero + timedelta(days=self._served_before(rule) + (rule.days or 0)), self.zone)
        day = first
        while end is not None and start_of_day(day, self.zone) < end:
            number = (day - zero).days
            if isinstance(schedule, Daily) or number in schedule.days:
                self._day_task(duty, schedule, day, number)
            day += ONE_DAY

    def _day_task(self, duty: DutyRule, schedule: OnDays | Daily, day: date, number: int) -> None:
        start = start_of_day(day, self.zone) + duty.not_before
        hours = schedule.rounds if isinstance(schedule, Daily) else ()
        for hour in hours or ((duty.by,) if duty.by else ()):
            due = datetime.combine(day, hour, self.zone).astimezone(start.tzinfo)
            self._add(duty, start, due, number)
        if not hours and not duty.by:
            self._add(duty, start, end_of_day(day, self.zone), number)
