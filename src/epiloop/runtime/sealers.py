"""The keys of the hour of this process, and the public keys of days that they are wrapped to.

A key of the hour is made in the process that seals under it, is in the memory of no other, and is forgotten when its
hour is over, whether anybody checks in then or not: a timer of the process sees to it, and the gate asks the clock now
and then besides, because a machine that slept stops timers. A forked process begins without keys. Which days there are
public keys of is read from the database now and then.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from threading import Lock, Timer
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakSet, ref

from psycopg import Connection

from epiloop.core.errors import N_, Refused
from epiloop.core.rights import EVERYWHERE
from epiloop.exposure.visits import moment
from epiloop.operations.checkins.inbox import no_inbox
from epiloop.runtime.laws import Shelf
from epiloop.store import inbox as stored
from epiloop.vault import hours
from epiloop.vault.visits import HOUR, KEY_BYTES, Form, Sealer

LOOK_SECONDS = 20.0
"""How old what is known of the public keys may be."""
_QUARTER = 900
"""Seconds. Calendar days begin at whole quarters of an hour everywhere."""

Randomness = Callable[[int], bytes]


class Sealed(NamedTuple):
    """A block for the inbox: rows of 92 bytes, and the wrapped keys of the hour that they are sealed under."""

    rows: bytes
    keys: bytes


@dataclass(frozen=True, slots=True)
class Days:
    """The public keys of days by day, and the clock by which days begin."""

    keys: Mapping[date, bytes]
    zone: tzinfo
    _known: dict[int, date] = field(default_factory=dict, repr=False, compare=False)

    def of(self, entered: int) -> date:
        """The day on which a visit began."""
        quarter = entered // _QUARTER
        found = self._known.get(quarter)
        if found is None:
            found = self._known[quarter] = moment(entered).astimezone(self.zone).date()
        return found


@dataclass(slots=True, eq=False, weakref_slot=True)
class Sealers:
    """One key for each hour, each day that visits of this hour are about, and each process. For several threads.

    A process that was forked makes its own: it never goes on counting where another does.
    """

    _lock: Lock = field(default_factory=Lock, repr=False)
    _made: dict[date, tuple[bytes, Sealer]] = field(default_factory=dict, repr=False)
    _of: tuple[int, int] = (0, 0)
    _days: Days | None = field(default=None, repr=False)
    _looked: float = 0.0

    def __post_init__(self) -> None:
        _everybody.add(self)

    def days(self, connection: Connection[Any], shelf: Shelf) -> Days:
        """The days that may be sealed for. Raises Unavailable before the key service announced any."""
        if self._days is None or time.monotonic() - self._looked >= LOOK_SECONDS:
            return self.look(connection, shelf)
        return self._days

    def look(self, connection: Connection[Any], shelf: Shelf) -> Days:
        """Read anew which days may be sealed for. Raises Unavailable before the key service announced any.

        After an adoption this compiles rulebooks, a second's work: whoever must be quick lets somebody else look.
        """
        kept = stored.announcement(connection)
        keys = hours.announced(kept.text, kept.signer) if kept else {}
        if not keys:  # collecting has not begun, has ended, or was not decided on anew
            self._days = None
            raise no_inbox()
        self._days = found = Days(keys, shelf.laws(connection).zone(EVERYWHERE))
        self._looked = time.monotonic()
        return found

    def seal(
        self, forms: Sequence[Form], on: Sequence[date], days: Days, now: datetime, randomness: Randomness
    ) -> Sealed:
        """The rows of what was said, each under a key of the day on which its visit began; see `check_days`."""
        sealers = {day: self._sealer(day, days, now, randomness) for day in set(on)}
        rows = [sealers[day][1].row(one) for one, day in zip(forms, on, strict=True)]
        return Sealed(b"".join(rows), b"".join(wrapped for wrapped, _ in sealers.values()))

    def forget(self, now: datetime) -> None:
        """Drop the keys of an hour that is over."""
        with self._lock:
            if self._of[1] != _hour(now):
                self._made = {}

    def _sealer(self, day: date, days: Days, now: datetime, randomness: Randomness) -> tuple[bytes, Sealer]:
        of = os.getpid(), _hour(now)
        with self._lock:
            if self._of != of:
                self._made, self._of = {}, of
            if not self._made:
                self._forget_after((of[1] + 1) * HOUR - now.timestamp())
            if day not in self._made:
                key = hours.wrap(days.keys[day], day, hour=of[1], key=randomness(KEY_BYTES), once=randomness(KEY_BYTES))
                self._made[day] = key.wrapped, key.sealer()
            return self._made[day]

    def _forget_after(self, seconds: float) -> None:
        """Drop the keys when their hour is over. A thread that nobody waits for; it keeps nothing alive."""
        me, of = ref(self, lambda _gone: timer.cancel()), self._of

        def forget() -> None:
            if (sealers := me()) is not None:
                sealers._drop(of)

        timer = Timer(max(0.0, seconds), forget)
        timer.daemon = True
        timer.start()

    def _drop(self, of: tuple[int, int]) -> None:
        with self._lock:
            if self._of == of:
                self._made = {}

    def _begin_anew(self) -> None:
        """In a process that was just forked: another thread may have held the lock where it came from."""
        self._lock, self._made = Lock(), {}


_everybody: WeakSet[Sealers] = WeakSet()


def _forked() -> None:
    for one in list(_everybody):
        one._begin_anew()


os.register_at_fork(after_in_child=_forked)


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // HOUR


def check_days(forms: Sequence[Form], days: Days) -> list[date]:
    """The day on which each visit began.

    Raises Refused, with the visits it concerns, for days that are not announced (any more).
    """
    found = [days.of(one.entered) for one in forms]
    if not days.keys.keys() >= set(found):
        wrong = [str(UUID(bytes=one.visit)) for one, day in zip(forms, found, strict=True) if day not in days.keys]
        raise Refused(
            N_("This check-in is about a day for which none are taken: it is too long ago, or a clock is wrong."),
            remedy=N_(
                "Check the clock of the device. What is older than the days that are kept is not needed any more."
            ),
            visits=wrong,
        )
    return found
