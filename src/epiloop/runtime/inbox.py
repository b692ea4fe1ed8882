"""Check-ins are sealed and put into the inbox: whole batches, once each, with what they count for.

What is in the inbox nobody here can read again; `runtime.collecting` hands it to the key service.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, OperationalError
from psycopg_pool import PoolTimeout

from epiloop.core.errors import EpiloopError
from epiloop.operations.checkins.inbox import Batch, no_inbox, other_batch
from epiloop.operations.checkins.plausible import Clock
from epiloop.operations.checkins.visits import What
from epiloop.runtime.doors import DoorBook
from epiloop.runtime.parts import Parts
from epiloop.runtime.sealers import Days, Sealed, check_days
from epiloop.store import inbox as stored
from epiloop.store.inbox import Counted
from epiloop.vault.visits import HOUR
from epiloop.vault.visits import Said as Form


def seal_visits(parts: Parts, connection: Connection[Any], said: Sequence[Form]) -> None:
    """Put visits into the inbox in the open transaction of a connection of role engine: with an act, or not at all.

    Raises Unavailable before the key service announced days, Refused for days of which nothing is kept (any more).
    """
    if said:
        days = parts.sealers.days(connection, parts.shelf)
        _put(parts, connection, parts.sealers.seal(said, days, parts.now(), parts.randomness))


class _Right(NamedTuple):
    """A batch that may be taken: its visits as they are sealed, and its digest."""

    batch: Batch
    forms: list[Form]
    digest: bytes


class SealedInbox:
    """The inbox: `operations.checkins.inbox.Inbox`. For several threads, one of which is at it at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._book = DoorBook()
        self._lock = Lock()

    def accept(self, batch: Batch) -> None:
        """As the port says."""
        for wrong in self.accept_all([batch]):
            if wrong is not None:
                raise wrong

    def accept_all(self, batches: Sequence[Batch]) -> list[EpiloopError | None]:
        """Take some batches in one transaction; for each what is wrong with it, and then nothing of it is taken.

        Raises Unavailable when nobody can tell whether anything was taken: the senders send the same again.
        """
        with self._lock, _waiting_for_database(), self._parts.pool.connection() as connection:
            days = self._parts.sealers.days(connection, self._parts.shelf)  # one look: what is checked is sealed
            known = self._forms(connection, batches, days)
            right: dict[UUID, _Right] = {}
            for batch, forms in zip(batches, known, strict=True):
                if not isinstance(forms, EpiloopError):
                    right.setdefault(batch.id, _Right(batch, forms, digest_of(batch)))
            kept = self._take(connection, right, days)
        return [_wrong(batch, forms, kept) for batch, forms in zip(batches, known, strict=True)]

    def _forms(
        self, connection: Connection[Any], batches: Sequence[Batch], days: Days
    ) -> list[list[Form] | EpiloopError]:
        parts = self._parts
        self._book.look_up(connection, parts.shelf, {one.spot for batch in batches for one in batch.said})
        clock = Clock.at(parts.now(), self._book.limits)
        found: list[list[Form] | EpiloopError] = []
        for batch in batches:
            try:
                forms = [self._book.form(one, clock) for one in batch.said]
                check_days(forms, days)
                found.append(forms)
            except EpiloopError as wrong:
                found.append(wrong)
        return found

    def _take(self, connection: Connection[Any], right: Mapping[UUID, _Right], days: Days) -> dict[UUID, bytes]:
        """Take what is new; the digests of all as they were taken, now or before."""
        parts, told = self._parts, {one: found.digest for one, found in right.items()}
        new = stored.fresh(connection, told, parts.now()) if told else set()
        taken = [found for one, found in right.items() if one in new]
        said = [form for found in taken for form in found.forms]
        if said:
            _put(parts, connection, parts.sealers.seal(said, days, parts.now(), parts.randomness))
            stored.count(connection, comings(found.batch for found in taken))
        before = told.keys() - new
        return told | stored.digests(connection, before) if before else told


def digest_of(batch: Batch) -> bytes:
    """8 bytes for what a batch says of its visits: neither who it was nor where.

    Ids of visits stand in clear in sealed rows, so whoever has a dump could try numbers and places until one fitted.
    """
    said = [
        (one.visit, one.what, one.came.timestamp(), one.ends and one.ends.timestamp(), one.way) for one in batch.said
    ]
    return blake2b(repr(said).encode(), digest_size=8).digest()


def _wrong(batch: Batch, forms: list[Form] | EpiloopError, kept: Mapping[UUID, bytes]) -> EpiloopError | None:
    if isinstance(forms, EpiloopError):
        return forms
    return None if kept[batch.id] == digest_of(batch) else other_batch()


def comings(batches: Iterable[Batch]) -> dict[Counted, int]:
    """How often somebody came to each zone, by hour and way."""
    came = (
        (one.spot, int(one.came.timestamp()) // HOUR, one.way)
        for batch in batches
        for one in batch.said
        if one.what is What.CAME
    )
    return {
        Counted(spot.place, spot.zone, hour, way.value, spot.jurisdiction): n
        for (spot, hour, way), n in Counter(came).items()
    }


def _put(parts: Parts, connection: Connection[Any], sealed: Sealed) -> None:
    stored.put(connection, sealed.rows, sealed.keys, parts.now())


@contextmanager
def _waiting_for_database() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeout):
        raise no_inbox() from None
