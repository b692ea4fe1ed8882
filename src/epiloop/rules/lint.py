"""The ceiling lint (层层加码): names local measures that are stricter than the rulebook they overlay.

It compares what a measure does to the people under it - how long, how strict, how many samples - at the day each
version comes into force. It judges nothing: a stricter local measure may have its reason, but it is seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from epiloop.core.errors import N_
from epiloop.rules.model import Daily, DutyRule, Every, Measure, OnDays, Rulebook, StageRule, Version
from epiloop.rules.text import Problem
from epiloop.rules.vocabulary import STATUSES


@dataclass(frozen=True, slots=True)
class Weight:
    """What a version does to somebody: the strictness of every day, and how many samples it asks for."""

    days: tuple[int, ...]
    samples: int

    @property
    def restricted(self) -> int:
        """How many days carry any restriction."""
        return sum(1 for strictness in self.days if strictness)


def ceiling(local: Rulebook, above: Rulebook) -> list[Problem]:
    """Every place in a local rulebook that is stricter than the one above it, with its file and line."""
    found: list[Problem] = []
    for measure in local.measures.values():
        found.extend(_measure(measure, above.measures.get(measure.name)))
    return sorted(found)


def weigh(version: Version) -> Weight:
    """The weight of a version. A stage without days counts with its outer limit, the longest it can last."""
    days = [STATUSES[stage.status].strictness for stage in version.stages for _ in range(_length(stage))]
    return Weight(tuple(days), sum(_samples(duty, version) for duty in version.duties if duty.kind == "sample"))


def _measure(measure: Measure, above: Measure | None) -> Iterator[Problem]:
    for index, version in enumerate(measure.versions):
        if version.repealed:
            continue
        until = measure.versions[index + 1].in_force if index + 1 < len(measure.versions) else version.until
        if above is None:
            if weigh(version).restricted:
                yield _problem(measure, version, N_("%(measure)s restricts people; the ceiling has no such measure."))
            continue
        for start, upper in _upper(above, version.in_force, until):
            yield from _compare(measure, version, upper, start)


def _upper(above: Measure, start: date, until: date | None) -> Iterator[tuple[date, Version | None]]:
    """The ceiling's versions during the life of a local one, each with the day from which they are side by side."""
    before = [version for version in above.versions if version.in_force <= start]
    yield start, before[-1] if before else None
    for version in above.versions:
        if start < version.in_force and (until is None or version.in_force < until):
            yield version.in_force, version


def _compare(measure: Measure, local: Version, upper: Version | None, since: date) -> Iterator[Problem]:
    ours = weigh(local)
    if upper is None or upper.repealed:
        if ours.restricted:
            what = N_("%(measure)s restricts people from %(since)s on, when the ceiling has no such measure in force.")
            yield _problem(measure, local, what, since=since)
        return
    theirs = weigh(upper)
    if ours.restricted > theirs.restricted:
        what = N_("%(measure)s: %(ours)s days of restriction from %(since)s on, the ceiling has %(theirs)s.")
        yield _problem(measure, local, what, since=since, ours=ours.restricted, theirs=theirs.restricted)
    stricter = [day for day, pair in enumerate(zip(ours.days, theirs.days, strict=False), 1) if pair[0] > pair[1]]
    if stricter:
        what = N_("%(measure)s: stricter than the ceiling from %(since)s on, first on day %(day)s.")
        yield _problem(measure, local, what, since=since, day=stricter[0])
    if ours.samples > theirs.samples:
        what = N_("%(measure)s: %(ours)s samples from %(since)s on, the ceiling asks for %(theirs)s.")
        yield _problem(measure, local, what, since=since, ours=ours.samples, theirs=theirs.samples)


def _problem(measure: Measure, version: Version, what: str, **values: object) -> Problem:
    given = {"measure": measure.name, **{name: _plain(value) for name, value in values.items()}}
    return Problem(measure.path, version.line, what, tuple(sorted(given.items())))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _length(stage: StageRule) -> int:
    return stage.days or max(stage.outer_limit.span.days, 1)


def _samples(duty: DutyRule, version: Version) -> int:
    """How many samples a duty asks for; a repeating one as many as it takes in thirty days."""
    schedule = duty.schedule
    if isinstance(schedule, OnDays):
        return len(schedule.days) * duty.times
    if isinstance(schedule, Every):
        return -(-30 // schedule.days)
    if isinstance(schedule, Daily):
        stage = next(stage for stage in version.stages if stage.key == duty.stage)
        return _length(stage) * max(len(schedule.rounds), 1)
    return duty.times
