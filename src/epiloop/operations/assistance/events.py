"""What can happen to a request between jurisdictions, and to the peers that requests are exchanged with.

A request is a stream of kind "instruction" on either side; a peer one of kind "peer". Who the people are is in the
vault of each side, never here; what is said of them, and free text, is sealed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, body, secret
from epiloop.operations.assistance.minimal import Kind, Result
from epiloop.rules.facts import Fact, Value


@dataclass(frozen=True)
class _Request(Body):
    """What either side keeps of a request; `request` is its id where it was made, `phone` a desk's line."""

    request: UUID
    asked: Kind
    deadline: datetime
    clause: str
    post: str
    phone: str
    people: tuple[UUID, ...] = ()
    peer: UUID | None = None
    items: tuple[Mapping[str, Any], ...] = secret(default=())
    note: str | None = secret(default=None)


@body("assistance-asked")
@dataclass(frozen=True, kw_only=True)
class AssistanceAsked(_Request):
    """We ask another jurisdiction (`receiver`, reached through `peer`; none: this installation) for something.

    `clause` is why; `post` and `phone` whom to call about it. `people` are ours, in the order in which the request
    numbers them; `items` say of each what the kind needs besides who it is.
    """

    receiver: int


@body("assistance-arrived")
@dataclass(frozen=True, kw_only=True)
class AssistanceArrived(_Request):
    """Another jurisdiction (`sender`) asks us, by a request made at `made_at`.

    `people` are ids of ours under which the vault keeps who is asked about.
    """

    sender: int
    made_at: datetime


@body("assistance-sent")
@dataclass(frozen=True)
class AssistanceSent(Body):
    """A message about the request left (`what`: request, receipt, answer-2, closed); `how`: file, https or inside."""

    what: str
    how: str


@body("assistance-received")
@dataclass(frozen=True)
class AssistanceReceived(Body):
    """The receiving side has received it. On the sender's side `receipt` names the signed message that says so."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it for person `number` (from 1): since when, where else (a jurisdiction), whom we know it to be."""

    number: int
    result: Result
    at: datetime
    where: int | None = None


@body("assistance-answered")
@dataclass(frozen=True)
class AssistanceAnswered(Body):
    """The results of some people, in the order of `numbers`; `complete`: now there is one of everybody.

    `receipt` names the signed message on the sender's side, `round` is its number among their answers, each of which
    says all results so far (0: our own). `where` is the jurisdiction a person is in, 0 for none.
    """

    numbers: tuple[int, ...]
    results: tuple[Result, ...]
    at: tuple[datetime, ...]
    where: tuple[int, ...]
    complete: bool
    receipt: str = ""
    round: int = 0
    note: str | None = secret(default=None)


@body("assistance-matched")
@dataclass(frozen=True)
class AssistanceMatched(Body):
    """Person `number` of an incoming request is this registration of ours."""

    number: int
    person: UUID


@body("assistance-closed")
@dataclass(frozen=True)
class AssistanceClosed(Body):
    """The sender is done with it, or `withdrawn` it."""

    withdrawn: bool = False
    receipt: str = ""
    reason: str | None = secret(default=None)


@body("taken-over")
@dataclass(frozen=True)
class TakenOver(Body):
    """In the person's stream: this jurisdiction answers for the person since now, by request, from `origin`.

    The facts that were handed over stand behind it; (`cause_stream`, `cause_version`) is the request as it arrived.
    """

    request: UUID
    origin: int
    cause_stream: UUID
    cause_version: int


@body("peer-added")
@dataclass(frozen=True)
class PeerAdded(Body):
    """Another installation, by its public card: `signing` Ed25519 and `opening` X25519 as hexadecimal digits."""

    name: str
    jurisdictions: tuple[int, ...]
    signing: str
    opening: str
    address: str = ""


@body("peer-address-set")
@dataclass(frozen=True)
class PeerAddressSet(Body):
    """Where the peer takes messages over the network; "" for files only."""

    address: str


@body("peer-dropped")
@dataclass(frozen=True)
class PeerDropped(Body):
    """Nothing is exchanged with it any more."""


Said = Iterable[tuple[str, Mapping[str, Value]]]


def _asked(told: AssistanceAsked) -> Said:
    yield "assistance-asked", {"kind": told.asked.value, "deadline": told.deadline}


def _arrived(told: AssistanceArrived) -> Said:
    yield "assistance-arrived", {"kind": told.asked.value, "deadline": told.deadline}


def _sent(told: AssistanceSent) -> Said:
    if told.what == "request":
        yield "assistance-sent", {}


def _received(_told: AssistanceReceived) -> Said:
    yield "assistance-received", {}


def _answered(told: AssistanceAnswered) -> Said:
    yield "assistance-received", {}
    yield "assistance-answered", {"complete": told.complete}
    if Result.REFUSED in told.results:
        yield "assistance-refused", {}


def _closed(told: AssistanceClosed) -> Said:
    yield "assistance-closed", {"outcome": "withdrawn" if told.withdrawn else "done"}


_SAYS: dict[type[Body], Callable[..., Said]] = {
    AssistanceAsked: _asked,
    AssistanceArrived: _arrived,
    AssistanceSent: _sent,
    AssistanceReceived: _received,
    AssistanceAnswered: _answered,
    AssistanceClosed: _closed,
}


def facts(told: Body, *, occurred_at: datetime, recorded_at: datetime, ref: EventRef | None) -> tuple[Fact, ...]:
    """What an event of this capability says to the rules; nothing for any other."""
    say = _SAYS.get(type(told))
    return tuple(Fact(kind, occurred_at, recorded_at, values, ref) for kind, values in say(told)) if say else ()
