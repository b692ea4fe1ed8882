"""What the head of every page says: where, what time it is there, who is on duty, which rules are in force."""

from dataclasses import dataclass
from datetime import date, datetime

from epiloop.core.jurisdictions import LEVELS, Code, at_level, level, short
from epiloop.web.acting import Acting


@dataclass(frozen=True, slots=True)
class Step:
    """One jurisdiction of the path, highest first."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rulebook in force in the jurisdiction and since when."""

    name: str
    since: date


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a page."""

    path: tuple[Step, ...]
    at: datetime
    on_duty: str = ""
    """The post on duty, never a person's name; "" where nobody is on duty."""
    rules: RulesInForce | None = None


def header(who: Acting) -> Header:
    """The head of the page for the jurisdiction looked at."""
    return Header(path=_path(who.jurisdiction) if who.jurisdiction else (), at=who.at)


def _path(number: Code) -> tuple[Step, ...]:
    ranks = LEVELS[: LEVELS.index(level(number)) + 1]
    return tuple(Step(short(step), short(step)) for step in dict.fromkeys(at_level(number, rank) for rank in ranks))
