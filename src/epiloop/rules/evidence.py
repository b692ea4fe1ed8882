"""What fulfils a duty and what ends a stage. One piece of evidence counts for every duty it can, in every loop.

"Second sample at least 24 h after the first" is decided here, in `far_enough`, and nowhere else.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from epiloop.rules.facts import Fact
from epiloop.rules.model import Negatives
from epiloop.rules.stream import Sample


def far_enough(first: datetime, second: datetime, spacing: timedelta) -> bool:
    """Whether a second sample counts beside the first: taken at least `spacing` of elapsed time after it.

    Exactly the spacing is enough; a change of clocks in between does not matter, since both are instants.
    """
    return second >= first + spacing


def counted(instants: Sequence[datetime], spacing: timedelta) -> list[int]:
    """Which of these instants (oldest first) count, each far enough from the one counted before; by position."""
    kept: list[int] = []
    for position, at in enumerate(instants):
        if not kept or far_enough(instants[kept[-1]], at, spacing):
            kept.append(position)
    return kept


def fulfilling(
    candidates: Sequence[tuple[datetime, Fact]], start: datetime, until: datetime | None, times: int, spacing: timedelta
) -> tuple[datetime, tuple[Fact, ...]] | None:
    """When a duty that may be done from `start` (and before `until`) was done, and by which facts; None: not yet.

    `candidates` are (when, fact), oldest first. Evidence after the due instant counts too: then it was done late.
    """
    usable = [(at, fact) for at, fact in candidates if start <= at and (until is None or at < until)]
    if times == 1:
        return (usable[0][0], (usable[0][1],)) if usable else None
    kept = counted([at for at, _ in usable], spacing)[:times]
    if len(kept) < times:
        return None
    return usable[kept[-1]][0], tuple(usable[position][1] for position in kept)


def negative_since(samples: Sequence[Sample], start: datetime, times: int, spacing: timedelta) -> datetime | None:
    """The first instant at which so many samples, taken from `start` on and far enough apart, were known negative."""
    negative = [one for one in samples if one.outcome == "negative" and one.taken >= start]
    if times == 1:
        return min((one.result_at for one in negative if one.result_at), default=None)
    return _first_known(negative, lambda known: len(counted([one.taken for one in known], spacing)) >= times)


def negatives_met(samples: Sequence[Sample], start: datetime, wanted: Negatives) -> datetime | None:
    """The first instant at which the consecutive negative results wanted were known; Ct at the limit is negative."""

    def enough(known: Sequence[Sample]) -> bool:
        run: list[datetime] = []
        for one in known:
            run = [*run, one.taken] if is_negative(one, wanted.ct_at_least) else []
            if len(counted(run, wanted.spacing)) >= wanted.times:
                return True
        return False

    return _first_known([one for one in samples if one.outcome and one.taken >= start], enough)


def is_negative(sample: Sample, ct_at_least: float | None) -> bool:
    """Whether a result counts as negative: called so, or with a Ct at or above the limit stated."""
    return sample.outcome == "negative" or (
        ct_at_least is not None and sample.ct is not None and sample.ct >= ct_at_least
    )


def _first_known(samples: Sequence[Sample], enough: Callable[[Sequence[Sample]], bool]) -> datetime | None:
    """The earliest instant at which the results known by then were enough. What was once met stays met."""
    for moment in sorted({one.result_at for one in samples if one.result_at}):
        if enough([one for one in samples if one.result_at and one.result_at <= moment]):
            return moment
    return None
