"""What the key service answers about cases, and the forms in which that travels (see `vault.wire`).

The answer of a trace is the least that serves (PRIVACY R10): people over the threshold, how to reach them, how long and
on which days; neither a zone nor a time of day. No text form shows anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from epiloop.vault.grants import GrantKind
from epiloop.vault.signatures import KeyKind, PublicKey
from epiloop.vault.visits import NO_ROW

STEPS = (0, 15, 30, 60, 120, 240, 480)
"""Minutes from which a bar of the histogram counts."""


@dataclass(frozen=True, slots=True, repr=False)
class MetPerson:
    """Somebody over the threshold of a ring, and whole minutes together and after. `person`: a code of `vault.reach`,
    that of the subject where the vault knows who it is; then also the name. `phones`: how to reach them; `kinds` of
    places, never a place; days by the clock of the jurisdiction. `via`: in ring 2, the code of whom they met.
    `doubtful`: found only by check-ins that a gate found not plausible or that cannot both be (PRIVACY R25); whether
    they are true nobody knows.
    """

    person: bytes
    ring: int
    together: int
    after: int
    first_day: date
    last_day: date
    kinds: tuple[str, ...]
    name: str = ""
    phones: tuple[str, ...] = ()
    via: bytes | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class TraceAnswer:
    """Who was met, in order of rank; `first` and `second`: how many in each ring; `minutes`: how many people of both
    from so many minutes together on (STEPS). `prepared`: there is a first positive only, so nobody is named. `gaps`:
    days of the window of which sealed messages are missing; whoever was met by them only is not found.
    """

    people: tuple[MetPerson, ...]
    first: int
    second: int
    minutes: tuple[int, ...]
    prepared: bool
    gaps: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class SeenAt:
    """A person was in a zone (`vault.spots`) from `entered` until `left`. `kind` of place in words, "" if the
    authorisation does not name it; `presumed`: nobody said that they left; `source` as `exposure.visits.Source`;
    `doubtful`: not plausible (PRIVACY R25). A search for contacts marks whom it finds only by such visits.
    """

    zone: bytes
    kind: str
    entered: datetime
    left: datetime
    presumed: bool
    source: int
    row: int = NO_ROW
    doubtful: bool = False


class Visits(list[SeenAt]):
    """Where somebody was, by time. `gaps`: days of the window of which sealed messages are missing."""

    def __init__(self, visits: Iterable[SeenAt] = (), gaps: Iterable[date] = ()) -> None:
        super().__init__(visits)
        self.gaps = tuple(gaps)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that somebody signs with for a unit, until when. `waiting`: administrators have not said yes."""

    key: PublicKey
    unit: str
    until: datetime
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """How an authorisation stands: "proposed", "open", "expired" or "withdrawn"; nothing personal.

    `approvals`: how many signed besides its creator; `openings`: how often it was used. Of a broken glass `review_due`
    says until when another person has to review it, None once it is reviewed.
    """

    id: UUID
    kind: GrantKind
    state: str
    creator: str
    unit: str
    made_at: datetime
    expires: datetime
    approvals: int
    openings: int
    review_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """What happened on a day (UTC), for everybody to read (PRIVACY R12): authorisations handed in by kind, how often
    one was used and how many people were shown, reviews of broken glass and how many of them found no reason.

    `kept`: how many sealed messages about visits of this day (of the jurisdiction) are kept, in hundreds; None for
    fewer than a hundred, and for a day that is not over or not kept. `destroyed`: days that nobody can read since then.
    """

    day: date
    traces: int = 0
    histories: int = 0
    legal_orders: int = 0
    broken_glass: int = 0
    openings: int = 0
    people: int = 0
    reviews: int = 0
    unjustified: int = 0
    kept: int | None = None
    destroyed: tuple[date, ...] = ()


# How they travel


def plain_people(people: Iterable[MetPerson]) -> list[list[Any]]:
    """People as lists."""
    return [
        [*_values(one)[:4], one.first_day.isoformat(), one.last_day.isoformat(), *_values(one)[6:]] for one in people
    ]


def plain_trace(answer: TraceAnswer) -> list[Any]:
    """An answer as a list."""
    return [plain_people(answer.people), *_values(answer)[1:-1], _plain_days(answer.gaps)]


def trace_of(said: Sequence[Any]) -> TraceAnswer:
    """The answer of such a list."""
    people, first, second, minutes, prepared, gaps = said
    return TraceAnswer(tuple(map(_person, people)), first, second, tuple(minutes), prepared, _days(gaps))


def plain_visits(visits: Visits) -> list[Any]:
    """Visits as lists, and the days of which some are missing."""
    rows = [[one.zone, one.kind, _at(one.entered), _at(one.left), *_values(one)[4:]] for one in visits]
    return [rows, _plain_days(visits.gaps)]


def visits_of(said: Sequence[Any]) -> Visits:
    """The visits of such lists."""
    rows, gaps = said
    seen = (SeenAt(zone, kind, _moment(since), _moment(until), *rest) for zone, kind, since, until, *rest in rows)
    return Visits(seen, _days(gaps))


def _plain_days(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in days]


def _days(said: Iterable[str]) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, said))


def plain_signers(signers: Iterable[Signer]) -> list[list[Any]]:
    """Keys as lists."""
    return [[one.key.kind.value, one.key.content, one.unit, _at(one.until), one.waiting] for one in signers]


def signers_of(said: Iterable[Sequence[Any]]) -> list[Signer]:
    """The keys of such lists."""
    return [
        Signer(PublicKey(KeyKind(kind), content), unit, _moment(until), waiting)
        for kind, content, unit, until, waiting in said
    ]


def plain_grants(grants: Iterable[Grant]) -> list[list[Any]]:
    """Authorisations as lists."""
    return [[_plain(value) for value in _values(one)] for one in grants]


def grants_of(said: Iterable[Sequence[Any]]) -> list[Grant]:
    """The authorisations of such lists."""
    return [
        Grant(UUID(bytes=id_), GrantKind(kind), state, by, unit, _moment(made), _moment(ends), signed, used, _due(due))
        for id_, kind, state, by, unit, made, ends, signed, used, due in said
    ]


def plain_counts(counts: Iterable[DayCount]) -> list[list[Any]]:
    """Counts as lists."""
    return [[one.day.isoformat(), *_values(one)[1:-1], [day.isoformat() for day in one.destroyed]] for one in counts]


def counts_of(said: Iterable[Sequence[Any]]) -> list[DayCount]:
    """The counts of such lists."""
    return [_count(*row) for row in said]


def _count(day: str, *numbers: Any) -> DayCount:
    *rest, destroyed = numbers
    return replace(DayCount(date.fromisoformat(day), *rest), destroyed=_days(destroyed))


def steps_of(minutes: Iterable[int]) -> tuple[int, ...]:
    """A histogram by STEPS."""
    every = list(minutes)
    bounds: Mapping[int, int] = dict(zip(STEPS, [*STEPS[1:], 1 << 62], strict=True))
    return tuple(sum(low <= one < high for one in every) for low, high in bounds.items())


def _person(said: Sequence[Any]) -> MetPerson:
    code, ring, together, after, first, last, kinds, name, phones, *rest = said
    days = date.fromisoformat(first), date.fromisoformat(last)
    return MetPerson(code, ring, together, after, *days, tuple(kinds), name, tuple(phones), *rest)


def _values(value: Any) -> list[Any]:
    return [getattr(value, field.name) for field in fields(value)]


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return _at(value)
    return value.value if isinstance(value, GrantKind) else value


def _due(at: int | None) -> datetime | None:
    return None if at is None else _moment(at)


def _at(at: datetime) -> int:
    return int(at.timestamp())


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
