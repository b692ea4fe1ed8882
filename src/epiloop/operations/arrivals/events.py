"""People who come from elsewhere, and what of it the rules are told. Events stand in the person's own stream."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, body, secret
from epiloop.rules.facts import Fact, Value


class OriginRisk(StrEnum):
    """The risk level of the place the person left, at the time of leaving."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class Channel(StrEnum):
    """How an arrival became known (三个渠道 and the telephone operators' prompt)."""

    PUSH = "data-push"
    UNIT = "unit-report"
    VISIT = "community-visit"
    SELF = "self-report"
    PROMPT = "operator-prompt"


@body("arrived")
@dataclass(frozen=True)
class Arrived(Body):
    """One arrival as one channel reports it. `arrival` names it: the same arrival told by two channels is one.

    `left` is the day the person left the place of origin; `origin` its jurisdiction code as people write it.
    """

    arrival: str
    origin_risk: OriginRisk
    channel: Channel
    left: date | None = None
    origin: str | None = None
    inter_province: bool = False
    from_abroad: bool = False
    transport: str | None = secret(default=None)
    lodging: str | None = secret(default=None)


@body("arrival-confirmed")
@dataclass(frozen=True)
class ArrivalConfirmed(Body):
    """Somebody of the territory has seen that the person is here, or that nobody came (`present` false)."""

    arrival: str
    channel: Channel
    present: bool = True
    note: str | None = secret(default=None)


@body("departed")
@dataclass(frozen=True)
class Departed(Body):
    """The person left the jurisdiction again; `to` is a jurisdiction code as people write it."""

    arrival: str
    to: str | None = None


Said = Iterable[tuple[str, Mapping[str, Value]]]


def _arrived(told: Arrived) -> Said:
    yield (
        "arrived",
        {
            "origin_risk": told.origin_risk.value,
            "left": told.left,
            "from": told.origin,
            "inter_province": told.inter_province,
            "from_abroad": told.from_abroad,
        },
    )


def _departed(told: Departed) -> Said:
    yield "departed", {"to": told.to}


_SAYS: dict[type[Body], Callable[..., Said]] = {Arrived: _arrived, Departed: _departed}


def facts(told: Body, *, occurred_at: datetime, recorded_at: datetime, ref: EventRef | None) -> tuple[Fact, ...]:
    """What an event of this capability says to the rules; nothing for any other."""
    say = _SAYS.get(type(told))
    return tuple(Fact(kind, occurred_at, recorded_at, values, ref) for kind, values in say(told)) if say else ()
