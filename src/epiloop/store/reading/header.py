"""What the head of every page says: the path of jurisdictions, who is on duty, which rules are in force."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg import Connection

from epiloop.core.jurisdictions import LEVELS, Code, Range, Scope, at_level, level
from epiloop.registers.units.queries import DUTY_OFFICERS
from epiloop.store.named import queries
from epiloop.store.reading import divisions
from epiloop.store.tables import DivisionRow

Q = queries("reading/header")


class OnShift(NamedTuple):
    """The duty officer on shift: kind of post, login name of the account, the duty line."""

    post: str
    account: str
    phone: str


class InForce(NamedTuple):
    """The rulebook adopted last for the jurisdiction, and when."""

    rulebook: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page. `path` has the divisions that the code table knows, highest first."""

    path: tuple[DivisionRow, ...]
    on_duty: OnShift | None
    rules: InForce | None


def path_of(number: Code) -> list[Code]:
    """The jurisdictions above and the jurisdiction itself, highest first, by digits."""
    ranks = LEVELS[: LEVELS.index(level(number)) + 1]
    return list(dict.fromkeys(at_level(number, rank) for rank in ranks))


def seen_by_all(number: Code) -> Scope:
    """The scope that the head is read with: the jurisdictions of the path and nothing inside them.

    A community worker may know which officer of the county is on duty, but sees none of the county's people.
    """
    return Scope(tuple(Range(step, step + 1) for step in path_of(number)))


def head(connection: Connection[Any], number: Code, at: datetime, day: date) -> Head:
    """The head for a jurisdiction at an instant, `day` being its calendar day there."""
    officers = sorted(set(DUTY_OFFICERS.values()))
    asked = {"path": path_of(number), "at": at, "officers": officers}
    answer = connection.execute(Q["header"], asked)
    path = tuple(divisions.path(connection, number, day))
    on_duty, rules = answer.fetchone() or (None, None)
    return Head(
        path=path,
        on_duty=OnShift(*on_duty) if on_duty else None,
        rules=InForce(rules[0], datetime.fromisoformat(rules[1])) if rules else None,
    )
