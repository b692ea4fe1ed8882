"""Key populations (应检尽检): who holds which post, and the samples they gave in the last days, in tubes of ten."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import numpy as np

from epiloop.project.demonstration.columns import NOBODY, Ints, stream
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.occupations import POSTS
from epiloop.project.demonstration.population import Frame
from epiloop.project.demonstration.practice import EVERY, MISSED_SAMPLE, OFTEN
from epiloop.project.demonstration.records import PostHeld, Record, ResultReceived, SampleTaken
from epiloop.project.demonstration.roster import BEIJING

STREAM = 6
LOOK_BACK = 8
PER_TUBE = 10


def holders(county: County, frame: Frame, most: int) -> Ints:
    """At most `most` people in key posts, drawn evenly from all who hold one."""
    held = np.flatnonzero(frame.post != NOBODY)
    if len(held) <= most:
        return held
    return np.sort(stream(county.seed, STREAM).choice(held, most, replace=False))


def key_posts(county: County, frame: Frame, people: Ints, until: datetime) -> Iterator[Record]:
    """Posts held since some months, and the samples of the last eight days with their results; not in order of time."""
    rng = stream(county.seed, STREAM, 1)
    laboratories = county.units.of_kind("laboratory")
    waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
    for person in people.tolist():
        post = POSTS[int(frame.post[person])]
        since = county.at - timedelta(days=int(rng.integers(20, 400)))
        held = datetime.combine(since, time(9), BEIJING).astimezone(UTC)
        yield PostHeld(held, person, post, int(frame.employer[person]), since)
        every, phase = EVERY.get(post, OFTEN), int(rng.integers(0, 7))
        for back in range(LOOK_BACK):
            if (back + phase) % every == 0 and rng.random() > MISSED_SAMPLE:
                waiting[back, int(frame.stay_community[person])].append(person)
    for (back, community), group in waiting.items():
        for start in range(0, len(group), PER_TUBE):
            laboratory = int(rng.choice(laboratories))
            day = datetime.combine(county.at - timedelta(days=back), time(), BEIJING)
            taken = (day + timedelta(hours=8, seconds=int(rng.integers(0, 10_800)))).astimezone(UTC)
            tube = f"T{taken:%m%d}{community:03d}{start // PER_TUBE:03d}"
            yield from _tube(group[start : start + PER_TUBE], tube, taken, until, laboratory)


def _tube(group: list[int], tube: str, taken: datetime, until: datetime, laboratory: int) -> Iterator[Record]:
    """Ten swabs into one tube, and one negative answer for all some hours later."""
    answered = taken + timedelta(hours=7, seconds=sum(map(ord, tube)) % 3_600)
    for number, person in enumerate(group):
        if taken + timedelta(seconds=8 * number) > until:
            return
        sample = f"{tube}-{number + 1:02d}"
        yield SampleTaken(taken + timedelta(seconds=8 * number), person, sample, "pool", tube)
        if answered <= until:
            yield ResultReceived(answered, person, sample, "negative", None, laboratory)
