"""Check-ins come in: read, their codes verified, handed to the inbox whole, answered with what the screen shows.

Nothing of a check-in is kept here, noted or logged: what the inbox took is durable and sealed, and what it did not take
the sender still has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.operations.checkins import wire
from epiloop.operations.checkins.codes import Claims
from epiloop.operations.checkins.fresh import Sign, place_key, sign_at, signs
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.presumed import kind_of
from epiloop.operations.checkins.visits import Said, Spot, Way, What
from epiloop.runtime.present import Running
from epiloop.runtime.requests.venue_codes import verified

BY_VISITORS = frozenset({Way.PHONE})
BY_STAFF = frozenset({Way.STAFF, Way.CARD})
BY_GATES = frozenset({Way.GATE, Way.CARD})


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a batch: how much was taken, and what the screen of each visit begun in it shows from now on."""

    batch: UUID
    taken: int
    signs: Mapping[UUID, tuple[Sign, ...]]


def receive(running: Running, body: bytes, *, ways: frozenset[Way] = BY_VISITORS) -> Received:
    """Take a batch as its sender put it. Again it changes nothing. Raises InvalidInput or Refused for a batch that
    cannot be as it says, Unavailable when the inbox does not answer: then nothing of it was taken.
    """
    batch = wire.read(body, lambda code, at: spot_of(verified(running, code, at)), ways=wire.words(ways))
    running.inbox.accept(batch)
    return received(batch, running.stamp, running.parts.now())


def received(batch: Batch, stamp: bytes, at: datetime) -> Received:
    """What came of a batch that was taken; `stamp`: the secret that signs follow from."""
    came = (one for one in batch.said if one.what is What.CAME)
    return Received(batch.id, len(batch.said), {one.visit: _signs(stamp, one, at) for one in came})


def spot_of(said: Claims) -> Spot:
    """Where a code hangs."""
    return Spot(said.place, said.zone, kind_of(said.place_kind, said.zone_kind), said.jurisdiction)


def guards_sign(running: Running, place: UUID, zone: str) -> Sign:
    """What the guard's screen shows at a zone now: a visitor's that shows another one is a picture."""
    return sign_at(place_key(running.stamp, place), zone, running.parts.now())


def _signs(stamp: bytes, came: Said, at: datetime) -> tuple[Sign, ...]:
    return signs(place_key(stamp, came.spot.place), came.spot.zone, at)
