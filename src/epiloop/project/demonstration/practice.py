"""How the work was done at the time, so that the demonstration looks like its day.

This is what people did, not what the rules demand: rules stand in the rulebooks. Missed, late and failed steps are
here on purpose, for the board has to show them.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Course:
    """What happens to a contact: stages with their days and the stage days on which samples were taken."""

    stages: tuple[tuple[str, int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """The courses of close and secondary contacts (None: no longer determined) from a day on."""

    since: date
    close: Course
    secondary: Course | None


NINTH = Practice(
    date(2022, 6, 28),
    Course((("centralised", 7, (1, 2, 3, 5, 7)), ("home", 3, (3,)))),
    Course((("home", 7, (1, 4, 7)),)),
)
PRACTICES = (
    Practice(
        date(2021, 5, 14),
        Course((("centralised", 14, (1, 4, 7, 14)), ("home", 7, (2, 7)))),
        Course((("centralised", 7, (1, 4, 7)),)),
    ),
    NINTH,
    Practice(date(2022, 11, 11), Course((("centralised", 5, (1, 2, 3, 5)), ("home", 3, (1, 3)))), None),
    Practice(date(2022, 12, 7), Course((("home", 5, (5,)),)), None),
)
LAST_DAY = date(2023, 1, 7)

MISSED_SAMPLE, LATE_SAMPLE, INVALID_RESULT, MISSED_FOLLOW_UP = 0.05, 0.06, 0.004, 0.05
FOUND_LATE, ADMITTED_LATE, NEVER_ADMITTED = 0.14, 0.10, 0.03

EVERY: dict[str, int] = {
    "isolation-site-staff": 1, "medical-staff": 1, "medical-waste": 1, "central-warehouse": 2, "imported-cold-chain": 2,
    "imported-goods": 2, "imported-parcels": 2, "railway-station": 2, "lorry-driver": 2, "cold-chain-driver": 2,
    "roadside-trade": 2, "prison": 7, "street-cleaning": 7, "building-site": 7, "other-industry": 7, "care-home": 7,
    "beauty": 7, "trading-firm": 7, "domestic-cold-store": 7,
}  # fmt: skip
"""Days between two samples of somebody in a key post; OFTEN for those not named."""
OFTEN = 3


def practice_on(day: date) -> Practice:
    """The practice of a day; outside the years of the epidemic, that of July 2022, as an exercise would."""
    if not PRACTICES[0].since <= day <= LAST_DAY:
        return NINTH
    return max((item for item in PRACTICES if item.since <= day), key=lambda item: item.since)
