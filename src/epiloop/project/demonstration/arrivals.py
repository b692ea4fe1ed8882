"""People who come back into the county: mostly migrants on leave, and those who brought the infection."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import numpy as np

from epiloop.core.jurisdictions import Code, short
from epiloop.project.demonstration.columns import stream
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.outbreak import DAYS, Outbreak
from epiloop.project.demonstration.population import Frame
from epiloop.project.demonstration.practice import MISSED_SAMPLE
from epiloop.project.demonstration.records import Arrival, Record, ResultReceived, SampleTaken
from epiloop.project.demonstration.roster import BEIJING

STREAM = 7
RISKS = ("high", "medium", "low", "none")
RISK_SHARES = (0.03, 0.07, 0.35, 0.55)
CHANNELS = ("data-push", "unit-report", "community-visit", "self-report", "operator-prompt")
CHANNEL_SHARES = (0.35, 0.15, 0.20, 0.25, 0.05)
OTHER_PROVINCES = ("31", "33", "43", "44", "52", "53")
MOST = 5_000


def arrivals(county: County, frame: Frame, ill: Outbreak) -> Iterator[Record]:
    """Arrivals of the last twenty days with the samples taken on landing; not in order of time."""
    rng = stream(county.seed, STREAM)
    migrants = np.flatnonzero(frame.stay_community < 0)
    chosen = rng.choice(migrants, min(len(migrants), county.people // 250, MOST), replace=False).tolist()
    when = {person: float(rng.uniform(0, DAYS + 0.4)) for person in chosen}
    when |= {item.person: item.at + 0.3 for item in ill.infections if item.setting == "outside"}
    laboratories = county.units.of_kind("laboratory")
    for number, (person, at) in enumerate(when.items()):
        arrival = _arrival(rng, county, frame, person, number, at)
        if arrival.occurred_at <= ill.until:
            yield arrival
            yield from _landing(rng, arrival, ill.until, int(rng.choice(laboratories)))


def _arrival(rng: np.random.Generator, county: County, frame: Frame, person: int, number: int, at: float) -> Arrival:
    midnight = datetime.combine(county.at - timedelta(days=DAYS), time(), BEIJING)
    came = midnight + timedelta(days=at)
    far = bool(rng.random() < 0.7)
    near = short(Code(int(rng.choice(county.tree.elsewhere))))
    risk = str(rng.choice(RISKS, p=RISK_SHARES))
    return Arrival(
        came.astimezone(UTC).replace(microsecond=0), person, f"A{number + 1:06d}", risk,
        str(rng.choice(CHANNELS, p=CHANNEL_SHARES)), came.date() - timedelta(days=int(rng.integers(0, 3))),
        str(rng.choice(OTHER_PROVINCES)) if far else near, far, int(frame.residence[person]),
    )  # fmt: skip


def _landing(rng: np.random.Generator, arrival: Arrival, until: datetime, laboratory: int) -> Iterator[Record]:
    """Two samples about a day apart for those from places with infections; some are missed, some answers still due."""
    if arrival.origin_risk == "none":
        return
    for number in (1, 2):
        taken = arrival.occurred_at + timedelta(hours=float(rng.uniform(1, 10)) + 25 * (number - 1))
        taken = taken.replace(microsecond=0)
        if taken > until or rng.random() < 4 * MISSED_SAMPLE:
            continue
        sample = f"{arrival.arrival}-{number}"
        yield SampleTaken(taken, arrival.person, sample, "single", "")
        answered = taken + timedelta(hours=9)
        if answered <= until:
            yield ResultReceived(answered, arrival.person, sample, "negative", None, laboratory)
