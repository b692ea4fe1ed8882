"""A running outbreak in the county: who infected whom, and what was done about it, step by step until an instant.

A queue of what happens next, by time. Infections follow households, workplaces, classes and meetings; control -
samples, contacts, admissions - ends them. Time is counted in days from local midnight, `DAYS` before the last day.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import Any

import numpy as np

from epiloop.project.demonstration.circles import Circles, circles, markets
from epiloop.project.demonstration.columns import NOBODY, Ints, stream
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.population import Frame
from epiloop.project.demonstration.practice import (
    ADMITTED_LATE,
    FOUND_LATE,
    INVALID_RESULT,
    LATE_SAMPLE,
    MISSED_FOLLOW_UP,
    MISSED_SAMPLE,
    NEVER_ADMITTED,
    Course,
    practice_on,
)
from epiloop.project.demonstration.records import (
    Admitted,
    CaseFound,
    ContactDetermined,
    FollowUp,
    Record,
    Recovered,
    ResultReceived,
    SampleTaken,
)
from epiloop.project.demonstration.roster import BEIJING

STREAM = 5
DAYS = 20
DETECTABLE_AFTER = 1.8
"""Days from infection to the first positive sample."""
ASYMPTOMATIC = 0.35
HOUSEHOLD_ATTACK, WORK_MEAN, MEETING_MEAN = 0.28, 1.0, 1.1
HOUR = 1 / 24
CONTROLLED = "already-controlled"


@dataclass(frozen=True, slots=True)
class Infection:
    """The truth behind a case: infected by `source` (NOBODY: from outside), when, with onset or without symptoms."""

    person: int
    source: int
    setting: str
    at: float
    onset: float | None


@dataclass(frozen=True)
class Outbreak:
    """The records in order of time, up to `until`, and the truth that nobody on the ground knows whole."""

    records: tuple[Record, ...]
    infections: tuple[Infection, ...]
    until: datetime


def case_limit(people: int) -> int:
    """At most how many are infected: 38 of 10,000, 380 of a million."""
    return round(12 * math.sqrt(people / 1_000))


def outbreak(county: County, frame: Frame, *, hour: int = 10) -> Outbreak:
    """The outbreak of the 20 days before the county's day, until `hour` o'clock of it, local time."""
    run = _Run(county, circles(frame))
    run.seed_infections()
    run.go(DAYS + hour * HOUR)
    records = sorted(run.records, key=lambda record: record.occurred_at)
    return Outbreak(tuple(records), tuple(run.infected.values()), run.instant(DAYS + hour * HOUR))


@dataclass
class _Run:
    county: County
    circles: Circles
    records: list[Record] = field(default_factory=list)
    infected: dict[int, Infection] = field(default_factory=dict)
    cases: dict[int, float] = field(default_factory=dict)
    isolated: dict[int, float] = field(default_factory=dict)
    course_of: dict[int, tuple[int, int]] = field(default_factory=dict)
    """For each contact (ring, number of the course): a newer course ends an older one."""
    stage_of: dict[int, str] = field(default_factory=dict)
    queue: list[tuple[float, int, str, tuple[Any, ...]]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.rng = stream(self.county.seed, STREAM)
        self.practice = practice_on(self.county.at)
        self.limit = case_limit(self.county.people)
        self.markets = markets(self.county)
        self.sites = self.county.units.of_kind("isolation-site")
        self.hospitals = self.county.units.of_kind("hospital")
        self.laboratories = self.county.units.of_kind("laboratory")
        self.does: dict[str, Callable[..., None]] = {
            "infect": self.infect,
            "screen": self.screen,
            "find": self.find,
            "determine": self.determine,
            "admit": self.admit,
            "sample": self.sample,
            "result": self.result,
            "follow-up": self.follow_up,
            "recover": self.recover,
        }

    # the queue

    def then(self, at: float, what: str, *arguments: object) -> None:
        self.count += 1
        heappush(self.queue, (at, self.count, what, arguments))

    def go(self, end: float) -> None:
        while self.queue and self.queue[0][0] <= end:
            at, _, what, arguments = heappop(self.queue)
            self.does[what](at, *arguments)

    def instant(self, at: float) -> datetime:
        midnight = datetime.combine(self.county.at - timedelta(days=DAYS), time(), BEIJING)
        return (midnight + timedelta(seconds=round(at * 86_400))).astimezone(UTC)

    def day(self, at: float) -> date:
        return self.county.at + timedelta(days=int(np.floor(at)) - DAYS)

    def chance(self, odds: float) -> bool:
        return bool(self.rng.random() < odds)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def some(self, people: Ints, mean: float) -> list[int]:
        size = min(len(people), int(self.rng.poisson(mean)))
        return [int(item) for item in self.rng.choice(people, size, replace=False)] if size else []

    # infection

    def seed_infections(self) -> None:
        """Some came infected from outside in the first three days, as many again one by one in the two weeks after."""
        adults = np.flatnonzero((self.circles.frame.employer != NOBODY) & (self.circles.frame.stay_community >= 0))
        for number, person in enumerate(self.rng.choice(adults, max(4, self.limit // 10), replace=False).tolist()):
            at = self.between(0, 3) if number % 2 else self.between(3, DAYS - 4)
            self.then(at, "infect", person, NOBODY, "outside")

    def infect(self, at: float, person: int, source: int, setting: str) -> None:
        stopped = source != NOBODY and self.isolated.get(source, np.inf) < at and setting != "household"
        if stopped or person in self.infected or len(self.infected) >= self.limit or not self.circles.here(person):
            return
        symptoms = not self.chance(ASYMPTOMATIC)
        shed = at + float(self.rng.gamma(6.0, 0.55))
        self.infected[person] = Infection(person, source, setting, at, shed if symptoms else None)
        for other, where in self.meets(person, 1.0):
            self.then(max(at + 1, shed + self.between(-1.6, 3.5)), "infect", other, person, where)
        if symptoms:
            how = "fever-clinic" if self.chance(0.7) else "self-report"
            self.then(shed + self.between(0.5, 2.5), "screen", person, how)
        elif self.chance(0.6):
            how = "round" if self.chance(0.6) else "key-group-test"
            self.then(at + self.between(4, 8), "screen", person, how)

    def meets(self, person: int, scale: float) -> list[tuple[int, str]]:
        """Whom the person may infect, and where: `scale` 1 for infections, more for everybody exposed."""
        family = [item for item in self.circles.household(person) if scale > 1 or self.chance(HOUSEHOLD_ATTACK)]
        day = "school" if self.circles.frame.employer[person] == NOBODY else "workplace"
        colleagues = self.some(self.circles.colleagues(person), WORK_MEAN * scale)
        crowd = MEETING_MEAN * scale * float(self.rng.gamma(0.6, 1 / 0.6))
        met = self.some(self.circles.neighbours(person), crowd)
        places = [*((item, "household") for item in family), *((item, day) for item in colleagues)]
        return [(item, where) for item, where in [*places, *((item, "gathering") for item in met)] if item != person]

    # cases

    def find(self, at: float, person: int, how: str) -> None:
        if person in self.cases:
            return
        truth = self.infected[person]
        self.cases[person] = at
        how = CONTROLLED if person in self.course_of else how
        onset = None if truth.onset is None or truth.onset > at else self.day(truth.onset)
        self.records.append(
            CaseFound(
                self.instant(at), person, f"C{len(self.cases):04d}", "asymptomatic" if onset is None else "confirmed",
                onset, how, self.day(truth.at) if truth.source != NOBODY else None,
            )
        )  # fmt: skip
        self.then(at + self.between(1, 9) * HOUR, "admit", person, "hospital", self.next_course(person, 0))
        self.trace(at, person)

    def screen(self, at: float, person: int, how: str) -> None:
        """A sample outside any course of control; again the next day as long as it finds nothing."""
        if person not in self.cases:
            self.sample(at, person, self.course_of.get(person, (0, 0))[1], how)
            self.then(at + 1, "screen", person, how)

    def next_course(self, person: int, ring: int) -> int:
        number = self.course_of.get(person, (0, 0))[1] + 1
        self.course_of[person] = (ring, number)
        return number

    def current(self, person: int, number: int) -> bool:
        return self.course_of.get(person, (0, 0))[1] == number

    def trace(self, at: float, person: int) -> None:
        """Everybody the case exposed becomes a close contact, most within hours, some only days later."""
        truth = self.infected[person]
        first = max(0.0, (truth.onset or at - 2) - 2)
        victims = [(item.person, item.setting) for item in self.infected.values() if item.source == person]
        others = [item for item in self.meets(person, 6.0) if self.circles.here(item[0])]
        ends = min(at, self.isolated.get(person, at))
        seen: set[int] = set()
        for other, setting in [*victims, *others]:
            if other in seen or other in self.cases:
                continue
            seen.add(other)
            last = ends if setting == "household" else self.between(min(first, ends), ends)
            delay = self.between(24, 96) if self.chance(FOUND_LATE) else self.between(1, 12)
            self.then(at + delay * HOUR, "determine", other, 1, person, setting, min(first, last), last)

    # contacts

    def determine(
        self, at: float, person: int, ring: int, source: int, setting: str, first: float, last: float
    ) -> None:
        course = self.practice.close if ring == 1 else self.practice.secondary
        if course is None or person in self.cases:
            return
        now = self.course_of.get(person, (9, 0))[0]
        link = f"L{len(self.records):06d}"
        self.records.append(
            ContactDetermined(
                self.instant(at), person, link, ring, source, self.day(first), self.day(last), setting,
                self.place_of(source, setting),
            )
        )  # fmt: skip
        if ring < now:
            self.start(at, person, ring, course, last)
        if ring == 1 and setting != "household":
            for other in self.circles.household(person):
                if other not in self.course_of:
                    self.then(at + self.between(1, 9) * HOUR, "determine", other, 2, person, "household", last, at)

    def place_of(self, source: int, setting: str) -> int:
        places = self.county.places
        if setting == "gathering":
            township = int(self.county.tree.township_of[self.circles.frame.stay_community[source]])
            return int(self.rng.choice(self.markets[township]))
        unit = self.circles.unit_of(source) if setting in ("workplace", "school") else NOBODY
        return NOBODY if unit == NOBODY else int(np.searchsorted(places.unit[: self.county.zones], unit))

    def start(self, at: float, person: int, ring: int, course: Course, last: float) -> None:
        """Admission, then samples and calls by stage; stages count from the day of the last exposure."""
        number = self.next_course(person, ring)
        if self.chance(NEVER_ADMITTED):
            return
        delay = self.between(20, 50) if self.chance(ADMITTED_LATE) else self.between(2, 9)
        begin, before = at + delay * HOUR, int(np.floor(last))
        for stage, days, tests in course.stages:
            begins, ends = max(begin, before + 1 + 9 * HOUR), before + days
            before = ends
            if begins < ends + 1:
                self.then(begins, "admit", person, stage, number)
                self.stage(begins, ends, person, number, tests)

    def stage(self, begins: float, ends: int, person: int, number: int, tests: tuple[int, ...]) -> None:
        first = int(np.floor(begins))
        for test in tests:
            day = first + test - 1
            if day <= ends and not self.chance(MISSED_SAMPLE):
                late = 1 if self.chance(LATE_SAMPLE) else 0
                self.then(max(begins + HOUR, day + late + self.between(8, 12) * HOUR), "sample", person, number)
        for day in range(first, ends + 1):
            if not self.chance(MISSED_FOLLOW_UP):
                self.then(max(begins + HOUR, day + self.between(14, 18) * HOUR), "follow-up", person, number)

    def admit(self, at: float, person: int, stage: str, number: int) -> None:
        if not self.current(person, number):
            return
        self.isolated.setdefault(person, at)
        if self.stage_of.get(person) == stage:  # a secondary contact at home who became a close one stays there
            return
        self.stage_of[person] = stage
        units = {"hospital": self.hospitals, "centralised": self.sites}.get(stage)
        unit = NOBODY if units is None else int(self.rng.choice(units))
        self.records.append(Admitted(self.instant(at), person, stage, unit))
        if stage == "hospital":
            for day in range(1, 12, 2):
                self.then(np.floor(at) + day + self.between(8, 10) * HOUR, "sample", person, number)
            self.then(np.floor(at) + self.between(9, 13), "recover", person, number)

    def sample(self, at: float, person: int, number: int, how: str = CONTROLLED) -> None:
        if self.current(person, number):
            name = f"{self.day(at):%Y%m%d}-{len(self.records):06d}"
            self.records.append(SampleTaken(self.instant(at), person, name, "single", ""))
            self.then(at + self.between(5, 16) * HOUR, "result", person, name, at, how)

    def result(self, at: float, person: int, name: str, taken: float, how: str) -> None:
        truth = self.infected.get(person)
        since = -1.0 if truth is None else taken - truth.at
        outcome, ct = "negative", None
        if since >= DETECTABLE_AFTER:
            ct = round(float(min(39.5, 22 + abs(since - 5) * 1.5 + self.between(-2, 2))), 1)
            outcome = "positive" if ct < 38 else "negative"
        elif self.chance(INVALID_RESULT):
            outcome = "invalid"
        laboratory = int(self.rng.choice(self.laboratories))
        seen = ct if outcome == "positive" else None
        self.records.append(ResultReceived(self.instant(at), person, name, outcome, seen, laboratory))
        if outcome == "positive":
            self.then(at + HOUR / 2, "find", person, how)

    def follow_up(self, at: float, person: int, number: int) -> None:
        if self.current(person, number):
            truth = self.infected.get(person)
            ill = truth is not None and truth.onset is not None and truth.onset <= at
            degrees = round(float(self.rng.normal(38.2 if ill else 36.5, 0.4 if ill else 0.2)), 1)
            by = "visit" if self.chance(0.4) else "call"
            self.records.append(FollowUp(self.instant(at), person, ill, degrees, by))

    def recover(self, at: float, person: int, number: int) -> None:
        if self.current(person, number):
            self.next_course(person, 0)
            self.records.append(Recovered(self.instant(at), person))
