"""Check-ins are sealed and put into the inbox: whole batches, once each, with what they count for.

What is in the inbox nobody here can read again; `runtime.collecting` hands it to the key service.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import blake2b
from struct import Struct
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from epiloop.core.errors import EpiloopError, Unavailable
from epiloop.operations.checkins.inbox import Batch, no_inbox, other_batch
from epiloop.operations.checkins.plausible import Clock
from epiloop.operations.checkins.visits import Said as Told
from epiloop.operations.checkins.visits import What
from epiloop.runtime.doors import DoorBook
from epiloop.runtime.parts import Parts
from epiloop.runtime.sealers import Days, Sealed, check_days
from epiloop.store import inbox as stored
from epiloop.store.inbox import Counted
from epiloop.vault.visits import HOUR, Form, Said, form_of

_CAME = What.CAME
_TOLD = Struct(">16s8s8sqq")


def seal_visits(parts: Parts, connection: Connection[Any], said: Sequence[Said]) -> None:
    """Put visits into the inbox in the open transaction of a connection of role engine: with an act, or not at all.

    Raises Unavailable before the key service announced days, Refused for days of which nothing is kept (any more).
    """
    if said:
        days = parts.sealers.days(connection, parts.shelf)
        forms = [form_of(one) for one in said]
        sealed = parts.sealers.seal(forms, check_days(forms, days), days, parts.now(), parts.randomness)
        stored.put(connection, sealed.rows, sealed.keys, parts.now())


class _Right(NamedTuple):
    """A batch that may be taken: its visits as they are sealed, the day on which each began, and its digest."""

    batch: Batch
    forms: list[Form]
    days: list[date]
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
        with self._lock, _waiting_for_database(), self._parts.pool.connection() as connection, _prompt(connection):
            days = self._parts.sealers.days(connection, self._parts.shelf)  # one look: what is checked is sealed
            clock = Clock.at(self._parts.now(), self._book.limits)
            checked = self._checked(connection, batches, clock, days)
            right: dict[UUID, _Right] = {}
            for found in checked:
                if isinstance(found, _Right) and right.setdefault(found.batch.id, found) is not found:
                    self._book.take_back(found.batch.said, clock)
            kept = self._take(connection, right, clock, days) if right else {}
        return [found if isinstance(found, EpiloopError) else _wrong(found, kept) for found in checked]

    def look(self) -> None:
        """Read anew what check-ins need besides themselves, so that none waits for it. Of what is missing they hear."""
        with suppress(Unavailable), _waiting_for_database(), self._parts.pool.connection() as connection:
            self._parts.sealers.look(connection, self._parts.shelf)

    def _checked(
        self, connection: Connection[Any], batches: Sequence[Batch], clock: Clock, days: Days
    ) -> list[_Right | EpiloopError]:
        self._book.look_up(connection, self._parts.shelf, {one.spot for batch in batches for one in batch.said})
        return [self._check(batch, clock, days) for batch in batches]

    def _check(self, batch: Batch, clock: Clock, days: Days) -> _Right | EpiloopError:
        try:
            forms = self._book.forms(batch.said, clock)
        except EpiloopError as wrong:
            return wrong
        try:
            return _Right(batch, forms, check_days(forms, days), digest_of(batch))
        except EpiloopError as wrong:
            self._book.take_back(batch.said, clock)
            return wrong

    def _take(
        self, connection: Connection[Any], right: Mapping[UUID, _Right], clock: Clock, days: Days
    ) -> dict[UUID, bytes]:
        """Take what is new; the digests of all as they were taken, now or before. Only what is new counts for floods:
        whoever sends a batch again, having heard no answer, is no crowd.
        """
        at, told = self._parts.now(), {one: found.digest for one, found in right.items()}
        every = list(right.values())
        with self._counted(every, clock):
            if stored.take(connection, told, self._sealed(every, days), comings(every), at):
                return told
        self._take_back(every, clock)
        taken: list[_Right] = []
        with self._counted(taken, clock), connection.transaction():
            new = stored.fresh(connection, told, at)
            taken += (self._anew(found, clock) for one, found in right.items() if one in new)
            if taken:
                sealed = self._sealed(taken, days)
                stored.put(connection, sealed.rows, sealed.keys, at)
                stored.count(connection, comings(taken))
            return told | stored.digests(connection, told.keys() - new)

    @contextmanager
    def _counted(self, found: Sequence[_Right], clock: Clock) -> Iterator[None]:
        """What was counted of these is so no more if they cannot be taken: they are sent again."""
        try:
            yield
        except BaseException:
            self._take_back(found, clock)
            raise

    def _take_back(self, found: Iterable[_Right], clock: Clock) -> None:
        for one in found:
            self._book.take_back(one.batch.said, clock)

    def _anew(self, found: _Right, clock: Clock) -> _Right:
        return found._replace(forms=self._book.forms(found.batch.said, clock))

    def _sealed(self, taken: Sequence[_Right], days: Days) -> Sealed:
        forms, on = [one for found in taken for one in found.forms], [day for found in taken for day in found.days]
        return self._parts.sealers.seal(forms, on, days, self._parts.now(), self._parts.randomness)


def digest_of(batch: Batch) -> bytes:
    """8 bytes for what a batch says of its visits: neither who it was nor where.

    Ids of visits stand in clear in sealed rows, so whoever has a dump could try numbers and places until one fitted.
    """
    return blake2b(b"".join(map(_told, batch.said)), digest_size=8).digest()


def _told(one: Told) -> bytes:
    ends = 0 if one.ends is None else int(one.ends.timestamp())
    return _TOLD.pack(one.visit.bytes, one.what.encode(), one.way.encode(), int(one.came.timestamp()), ends)


def _wrong(found: _Right, kept: Mapping[UUID, bytes]) -> EpiloopError | None:
    return None if kept[found.batch.id] == found.digest else other_batch()


def comings(taken: Iterable[_Right]) -> dict[Counted, int]:
    """How often somebody came to each zone, by hour and way."""
    came = Counter(
        (one.spot, form.entered // HOUR, one.way)
        for found in taken
        for one, form in zip(found.batch.said, found.forms, strict=True)
        if one.what is _CAME
    )
    return {
        Counted(spot.place, spot.zone, hour, way.value, spot.jurisdiction): n for (spot, hour, way), n in came.items()
    }


@contextmanager
def _prompt(connection: Connection[Any]) -> Iterator[None]:
    """Each statement is a transaction of its own, unless one is opened: no round trips to begin and to end it."""
    connection.autocommit = True
    try:
        yield
    finally:
        if connection.info.transaction_status is TransactionStatus.IDLE:  # else it is broken, and thrown away
            connection.autocommit = False


@contextmanager
def _waiting_for_database() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeout):
        raise no_inbox() from None
