"""The obvious engine: one subject, walked through moment by moment. Slow, and written to be read.

It shares with the fast engine the model, the rule which version governs (`regimes`) and the one decision whether a
second sample counts (`evidence.far_enough`); everything else is done again, the long way. `tests/rules` holds the two
equal.

A *moment* is every midnight and every instant at which a fact happened or a rule changed; nothing changes in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from epiloop.core.instants import ONE_DAY, day_of, start_of_day
from epiloop.rules.facts import Fact
from epiloop.rules.model import (
    Closer,
    Every,
    Match,
    Version,
)
from epiloop.rules.reference_course import Base, Course, Ground, Life, Task
from epiloop.rules.regimes import Adoption, Context, governing
from epiloop.rules.stream import Stream, day_in, fits

HORIZON = timedelta(days=100)


@dataclass(slots=True)
class Cue:
    """A fact that opens a loop at a moment, or only moves day zero of an open one (`opens` false)."""

    at: datetime
    fact: Fact
    version: Version
    opens: bool = True


def live(facts: Iterable[Fact], adoptions: Sequence[Adoption], context: Context, *, known_at: datetime) -> list[Life]:
    """All loops of a subject, as the slow engine sees them."""
    stream = Stream(facts, known_at)
    lives: list[Life] = []
    for name in _names(adoptions):
        lives.extend(_Walk(name, stream, adoptions, context, known_at, lives).lives())
    return lives


def status_held(lives: Sequence[Life], at: datetime) -> set[str]:
    """The statuses that hold at an instant, one per loop."""
    holding = set()
    for life in lives:
        past = [status for moment, status in life.held if moment <= at]
        if past and past[-1] and (life.closed_at is None or at < life.closed_at):
            holding.add(past[-1])
    return holding


def _names(adoptions: Sequence[Adoption]) -> list[str]:
    """All measures, those that supersede others first."""
    measures = {name: measure for one in adoptions for name, measure in one.rulebook.measures.items()}
    names: list[str] = []
    while len(names) < len(measures):
        ready = [
            name
            for name, measure in sorted(measures.items())
            if name not in names and all(above in names or above not in measures for above in measure.superseded_by)
        ]
        names.extend(ready)
    return names


class _Walk:
    """One measure of one subject, walked through moment by moment."""

    def __init__(
        self,
        name: str,
        stream: Stream,
        adoptions: Sequence[Adoption],
        context: Context,
        known_at: datetime,
        lives: Sequence[Life],
    ) -> None:
        self.name, self.stream, self.adoptions = name, stream, adoptions
        self.context, self.known_at, self.zone = context, known_at, context.zone
        measures = [one.rulebook.measures[name] for one in adoptions if name in one.rulebook.measures]
        self.above = [life for life in lives if any(life.measure in one.superseded_by for one in measures)]
        self.cues = [cue for cue in map(self._cue, stream.facts) if cue]
        self.moments = self._moments()
        self._current: Course | None = None

    def _moments(self) -> list[datetime]:
        if not self.stream.facts:
            return []
        first = start_of_day(day_of(self.stream.facts[0].at, self.zone) - timedelta(days=40), self.zone)
        last = max(self.stream.facts[-1].at, *(cue.at for cue in self.cues), first) + HORIZON
        moments = {fact.at for fact in self.stream.facts} | {one.closed_at for one in self.above if one.closed_at}
        moments |= {cue.at for cue in self.cues}
        day = day_of(first, self.zone)
        while start_of_day(day, self.zone) <= last:
            moments.add(start_of_day(day, self.zone))
            day += ONE_DAY
        return sorted(moments)

    def version(self, t: datetime, opened_at: datetime | None = None) -> Version | None:
        """What holds for a loop at an instant; a version for new loops only does not touch those open before it."""
        regime = governing(self.name, t, self.adoptions, self.context, self.known_at)
        version = regime.version if regime else None
        if version and opened_at and version.new_loops_only:
            since = start_of_day(version.in_force, self.zone)
            if since > opened_at:
                return self.version(since - timedelta(microseconds=1), opened_at)
        return version

    # --- the walk -----------------------------------------------------------------------------------------------

    def lives(self) -> list[Life]:
        """Every loop of the measure."""
        groups: dict[tuple[object, ...], list[Cue]] = {}
        for cue in sorted(self.cues, key=lambda cue: cue.at):
            groups.setdefault(tuple(cue.fact.values.get(name) for name in cue.version.per), []).append(cue)
        return [life for cues in groups.values() for life in self._group(cues)]

    def _cue(self, fact: Fact) -> Cue | None:
        """What a fact does under the version of its day; a state that lasts may wait for a later version."""
        version = self.version(fact.at)
        if version and _any_fits(fact, version.trigger):
            return Cue(fact.at, fact, version)
        if version and _any_fits(fact, version.restarts_on):
            return Cue(fact.at, fact, version, opens=False)
        for change in self._changes():
            later = self.version(change)
            if change > fact.at and later and later.standing and _any_fits(fact, later.trigger):
                return None if self._over(fact, later, change) else Cue(change, fact, later)
        return None

    def _changes(self) -> list[datetime]:
        """Every instant at which another version of the measure may come into force."""
        measures = [one.rulebook.measures[self.name] for one in self.adoptions if self.name in one.rulebook.measures]
        days = {day for one in measures for item in one.versions for day in (item.in_force, item.until) if day}
        instants = {start_of_day(day, self.zone) for day in days}
        return sorted(instants | {one.since for one in self.adoptions if one.since})

    def _over(self, fact: Fact, version: Version, by: datetime) -> bool:
        """Whether something that closes the loop came after a lasting state was told, by an instant."""
        return any(
            fact.at <= one.at <= by
            and one.kind == closer.match.fact
            and fits(one, closer.match)
            and all(one.values.get(name, fact.values.get(name)) == fact.values.get(name) for name in version.per)
            for closer in version.closes_on
            for one in self.stream.facts
        )

    def _group(self, cues: list[Cue]) -> list[Life]:
        lives: list[Life] = []
        life: Life | None = None
        for moment in self.moments:
            if life is not None:
                self._advance(life, moment)
                life = life if life.closed_at is None else None
            for cue in cues:
                if cue.at == moment:
                    life = self._trigger(life, cue, lives)
                    if life is not None:
                        self._advance(life, moment)
                        life = life if life.closed_at is None else None
            if life is not None and self._take_back(life, moment):
                self._advance(life, moment)
                life = life if life.closed_at is None else None
        return lives

    def _take_back(self, life: Life, moment: datetime) -> bool:
        """Strike out what facts of this moment take back; whether day zero moves back to what remains."""
        version = self.version(moment)
        for closer in version.closes_on if version else ():
            for fact in self.stream.facts:
                if closer.each and fact.at == moment and fact.kind == closer.match.fact and fits(fact, closer.match):
                    gone = fact.values.get(closer.each)
                    life.counting = [(name, base) for name, base in life.counting if gone is None or name != gone]
        return self._rebase(life)

    def _rebase(self, life: Life) -> bool:
        """Count from the last exposure of those that count; whether that is another day than before."""
        last: Base | None = None
        for _, base in life.counting:
            if last is None or base.day_zero > last.day_zero:
                last = base
        if last is None or last.day_zero == life.bases[-1].day_zero:
            return False
        life.bases.append(Base(last.day_zero, last.found, last.fact))
        return True

    def _trigger(self, life: Life | None, cue: Cue, lives: list[Life]) -> Life | None:
        zero = day_in(cue.fact, cue.version.day_zero, self.zone)
        if cue.at > cue.fact.at:  # a state found by a new version counts from that version's first day
            zero = max(zero, day_of(cue.at, self.zone))
        base = Base(zero, cue.at, cue.fact)
        name = next((cue.fact.values.get(one.each) for one in cue.version.closes_on if one.each), None)
        if life is not None:
            if not (cue.opens and cue.version.fixed_zero):
                others = [(known, one) for known, one in life.counting if name is None or known != name]
                before = next((one for known, one in life.counting if name is not None and known == name), None)
                if before is not None and base.day_zero < before.day_zero:
                    base = Base(base.day_zero, before.found, base.fact)
                life.counting = [*others, (name, base)]
                self._rebase(life)
            return life
        if not cue.opens or self._kept_from_opening(cue):
            return None
        lives.append(Life(self.name, cue.at, cue.fact, [base], [(name, base)]))
        return lives[-1]

    def _kept_from_opening(self, cue: Cue) -> bool:
        for other in self.above:
            if other.opened_at <= cue.at and (other.closed_at is None or cue.at < other.closed_at):
                return True
        return any(
            one.at <= cue.at and one.kind == closer.match.fact and fits(one, closer.match)
            for closer in cue.version.closes_on
            if closer.bars
            for one in self.stream.facts
        )

    def _advance(self, life: Life, moment: datetime) -> None:
        """Bring an open loop to a moment: which rule, whether it closes, what holds."""
        end, outcome = self._current.end(moment) if self._current and self._current.life is life else (None, "")
        if end is not None and end <= moment:
            life.closed_at, life.outcome = moment, outcome
            return
        version = self.version(moment, life.opened_at)
        if version is None:
            life.closed_at, life.outcome = moment, "regime-ended"
            return
        course = self._course(life, version, moment)
        end, outcome = course.end(moment)
        closing = self._closing(life, version, moment)
        if end is not None and end <= moment:
            life.closed_at, life.outcome = moment, outcome
        elif closing:
            life.closed_at, life.outcome = moment, closing
        elif any(other.opened_at == moment and other.opened_at > life.opened_at for other in self.above):
            life.closed_at, life.outcome = moment, "superseded"
        else:
            self._hold(life, course, moment)

    def _closing(self, life: Life, version: Version, moment: datetime) -> str:
        for closer in version.closes_on:
            for fact in self.stream.facts:
                same = all(
                    fact.values.get(name, life.fact.values.get(name)) == life.fact.values.get(name)
                    for name in version.per
                )
                ends = fact.at == moment and fact.kind == closer.match.fact and fits(fact, closer.match) and same
                if ends and (not closer.each or self._none_left(life, version, closer, fact)):
                    return closer.outcome
        return ""

    def _none_left(self, life: Life, version: Version, closer: Closer, taking: Fact) -> bool:
        """Go through the triggers told and taken back so far; a fact that names none takes back all of them."""
        name = closer.each
        known: set[object] = set()
        left: set[object] = set()
        said = [fact for fact in self.stream.facts if life.opened_at <= fact.at <= taking.at]
        for fact in sorted(said, key=lambda fact: (fact.at, fact.kind == closer.match.fact)):
            if _any_fits(fact, version.trigger):
                known.add(fact.values.get(name))
                left.add(fact.values.get(name))
            elif _any_fits(fact, (closer.match,)):
                left.discard(fact.values.get(name))
        return taking.values.get(name) is None or (taking.values.get(name) in known and not left)

    def _hold(self, life: Life, course: "Course", moment: datetime) -> None:
        before = next((status for earlier, status in reversed(life.held) if earlier < moment), "")
        status = course.status(moment)
        bridging = not status and before and course.before_first(moment) and len(life.bases) > 1
        life.held.append((moment, before if bridging else status))

    def _course(self, life: Life, version: Version, moment: datetime) -> "Course":
        """The course in force; a new one begins when the version or the baseline changes."""
        key = (id(version), id(life.bases[-1]))
        current = self._current
        if current is None or current.life is not life or current.key != key:
            first = current is None or current.life is not life
            kept = [] if first else [task for task in life.tasks if _stays(task, moment)]
            number = 0 if first or current is None else current.number + 1
            ground = Ground(self.stream, self.moments, self.zone)
            current = Course(ground, life, version, moment, kept, number)
            self._current = current
            life.tasks = kept + current.tasks
        return current


def _any_fits(fact: Fact, matches: tuple[Match, ...]) -> bool:
    return any(match.fact == fact.kind and fits(fact, match) for match in matches)


def _stays(task: Task, change: datetime) -> bool:
    if isinstance(task.rule.schedule, Every):
        return False
    return task.due <= change or (task.done_at is not None and task.done_at < change)
