"""Secrets of days: one file of 32 bytes for each day, and its copy; what check-ins of the day are read with.

All keys of a day come from its secret by HKDF-SHA256 (RFC 5869), so unlinking the file and its copy makes everything
of the day unreadable, wherever it lies. The two directories (0700, files 0600) are on two machines, on file systems
that are in no backup, without swap and core dumps; they are in no database. Losing both copies loses those days.

A secret reaches the copy first, then its place, each by a temporary file that is synchronised and renamed; it is used
only from its place. It leaves the copy first, too. So whenever the process is killed a day is usable or it is not, and
what is usable had a copy before it was used. Temporary files begin with a dot, are never read, and go with the next
`sweep`, which every change begins with. Before a file is unlinked it is overwritten under such a name: a file system
that writes in place then keeps nothing. One process at a time changes the directories: a lock sees to it.
"""

import fcntl
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epiloop.core.errors import N_, Broken, InvalidInput, NotAllowed, NotFound, Unavailable

SECRET_BYTES = 32
USUAL, MOST = 14, 28
"""Days that check-ins are kept: by default, and at the most, with a recorded basis (PRIVACY R15)."""
_INFO = b"epiloop day v1 "

log = logging.getLogger("keyservice")


@dataclass(frozen=True, slots=True)
class DayKeys:
    """The keys of a day, 32 bytes each, and its public key, which is all that ever leaves the key service.

    `zone`, `person`: of tokens. `payload`, `nonce`: of stored rows. `file`: of the files of segments. `private`:
    opens the keys of the hours.
    """

    day: date
    zone: bytes = field(repr=False)
    person: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    file: bytes = field(repr=False)
    private: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """What gates wrap keys of the hour to."""
        return X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Held:
    """A day of which there is a secret, and whether it has its copy. `leftover`: only the copy is there."""

    day: date
    copied: bool
    leftover: bool = False


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days check-ins are kept, today among them, and on what basis. Raises InvalidInput."""

    days: int = USUAL
    basis: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST:
            raise InvalidInput(N_("Check-ins are kept for 1 to 28 days."), where="retention")
        if self.days > USUAL and not self.basis.strip():
            raise InvalidInput(N_("Keeping check-ins for more than 14 days needs a recorded basis."), where="retention")

    def last_gone(self, today: date) -> date:
        """The last day of which nothing can be read any more: its first check-ins are `days` days old."""
        return today - timedelta(days=self.days)


def keys_of(day: date, secret: bytes) -> DayKeys:
    """The keys that follow from the secret of a day. Raises InvalidInput for another length."""
    if len(secret) != SECRET_BYTES:
        raise InvalidInput(N_("A secret of a day has 32 bytes."), where="day secrets")

    def key(name: bytes) -> bytes:
        return HKDF(SHA256(), 32, day.isoformat().encode(), _INFO + name).derive(secret)

    names = (b"zone", b"person", b"payload", b"nonce", b"file", b"private")
    return DayKeys(day, *map(key, names))


@dataclass(frozen=True, slots=True)
class DaySecrets:
    """The secrets below `place`, with a live copy below `standby`. Raises InvalidInput if they are the same."""

    place: Path
    standby: Path

    def __post_init__(self) -> None:
        if self.place.resolve() == self.standby.resolve():
            raise InvalidInput(N_("Day secrets and their copies need two different directories."), where="day secrets")

    def make(self, day: date, secret: bytes, *, new: Callable[[date], object] = lambda _day: None) -> DayKeys:
        """Make a day from 32 random bytes, and give its keys; those that are there if it is made already.

        A copy that a killed process left is used; `new` is called first if there is none. Raises InvalidInput,
        NotAllowed, Unavailable without the standby.
        """
        keys_of(day, secret)
        with self._changing():
            if not _path(self.place, day).exists():
                if not _path(self.standby, day).exists():
                    new(day)
                    _write(self.standby, day, secret)
                _write(self.place, day, _read(self.standby, day))
                log.info("day secret made: %s", day)
        return self.keys(day)

    def keys(self, day: date) -> DayKeys:
        """The keys of a day. Raises NotFound if there is none, NotAllowed, Broken."""
        return keys_of(day, _read(self.place, day))

    def status(self) -> tuple[Held, ...]:
        """The days of which there is a secret or a copy, in order."""
        here, there = _days(self.place), _days(self.standby)
        return tuple(Held(day, day in there, day not in here) for day in sorted(here | there))

    def held(self, first: date, last: date) -> dict[date, DayKeys]:
        """The keys of all days from the first to the last that can be used. Raises NotAllowed, Broken, Unavailable."""
        there = _names(self.place)
        if there is None:
            raise Unavailable(N_("The directory of day secrets cannot be reached."), where=str(self.place))
        found = {}
        for day in sorted(_days(self.place)):
            if first <= day <= last:
                with suppress(NotFound):  # destroyed meanwhile
                    found[day] = self.keys(day)
        return found

    def check(self) -> None:
        """Raise Broken unless every secret has the same copy."""
        for held in self.status():
            if not held.copied:
                raise Broken(N_("The secret of a day has no copy on the standby."), where=str(held.day))
            if not held.leftover and _read(self.place, held.day) != _read(self.standby, held.day):
                raise Broken(N_("The secret of a day and its copy differ."), where=str(held.day))

    def heal(self, today: date, retention: Retention, *, ended: date = date.min) -> None:
        """After a machine was lost or a process killed: each day that is still kept gets the file that it lacks, or
        that is damaged there.

        `ended`: the day on which collection ended last, if it ever did. What only the standby still has of the days up
        to it was destroyed then (the standby was away), and goes instead.
        """
        with self._changing():
            for held in self.status():
                if held.leftover and held.day <= ended:
                    _unlink(self.standby, held.day)
                    log.warning("copy of a day that was destroyed is gone: %s", held.day)
                elif held.day > retention.last_gone(today):
                    self._restore(held.day)

    def is_whole(self) -> bool:
        """Whether each day has a secret and a copy that can be used."""
        return all(_whole(folder, held.day) for held in self.status() for folder in (self.place, self.standby))

    def _restore(self, day: date) -> None:
        """The secret from its copy or the copy from the secret, if only one can be used. Which is right of two that
        differ nobody knows here.
        """
        here, there = _whole(self.place, day), _whole(self.standby, day)
        if (here is None) == (there is None):
            return
        target = self.place if here is None else self.standby
        _unlink(target, day)
        _write(target, day, here or there or b"")
        log.warning("day secret restored: %s", day)

    def destroy(self, today: date, retention: Retention) -> tuple[date, ...]:
        """Unlink every secret that is no longer kept, and its copy; the nightly run. Gives the days, for the record.

        Raises Unavailable if the standby is not there: then a copy may remain, and the run must be repeated.
        """
        why = f"kept are {retention.days} days; basis: {retention.basis}"
        return self._destroy_until(retention.last_gone(today), why)

    def end(self) -> tuple[date, ...]:
        """Unlink every secret there is, and its copy: the end of the event. Raises as `destroy`."""
        return self._destroy_until(date.max, "collection has ended")

    def _destroy_until(self, last: date, why: str) -> tuple[date, ...]:
        try:
            with self._changing():
                gone = tuple(held.day for held in self.status() if held.day <= last)
                for day in gone:
                    _unlink(self.standby, day)
                    _unlink(self.place, day)
                    log.info("day secret destroyed: %s; %s", day, why)
        except (Unavailable, NotAllowed):
            self._destroy_here(last)  # what is due is never restored from a copy
            raise
        return gone

    def _destroy_here(self, last: date) -> None:
        """One that cannot be destroyed keeps no other one, nor does a directory that others can read."""
        with suppress(Unavailable), _locked(self.place, ours=False):
            for day in sorted(_days(self.place)):
                if day <= last:
                    with suppress(OSError):
                        _unlink(self.place, day)
                        log.warning("day secret destroyed without its copy: %s", day)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with _locked(self.place), _locked(self.standby):
            try:
                for folder in (self.standby, self.place):
                    _sweep(folder)
                yield
            except OSError as wrong:
                # A full or a failing disk: what is half done is swept by the next change.
                where = str(wrong.filename or self.place)
                raise Unavailable(N_("The directory of day secrets cannot be reached."), where=where) from None


def _path(folder: Path, day: date) -> Path:
    return folder / day.isoformat()


def _names(folder: Path) -> list[str] | None:
    """The names in a directory; None if it cannot be reached: it is away, or what it was mounted from is."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are enough
    except OSError:
        return None


def _days(folder: Path) -> set[date]:
    return {day for name in _names(folder) or () if (day := _day(name)) is not None}


def _day(name: str) -> date | None:
    """The day a file is named for; a file that somebody left there must not stop the nightly destruction."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day if day.isoformat() == name else None


@contextmanager
def _locked(folder: Path, *, ours: bool = True) -> Iterator[None]:
    """The directory, which must be ours alone if not told otherwise. Raises Unavailable, NotAllowed."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise Unavailable(N_("The directory of day secrets cannot be reached."), where=str(folder)) from None
    try:
        if ours and os.fstat(handle).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            remedy = N_("Give the directory mode 700: chmod 700.")
            raise NotAllowed(N_("Others can read the secrets of days."), where=str(folder), remedy=remedy)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # a child forked meanwhile has the handle too, and would keep the lock
        os.close(handle)


def _write(folder: Path, day: date, secret: bytes) -> None:
    """A new file under the day's name, all of it or nothing."""
    part = folder / f".{day}.new"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, secret)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.rename(part, _path(folder, day))  # noqa: PTH104 - each step is a call of the system, and is tested as one
    sync(folder)


def _read(folder: Path, day: date) -> bytes:
    path = _path(folder, day)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(N_("There is no secret of this day: it was destroyed, or never made."), where=str(day)) from None
    except OSError:
        raise Broken(N_("The secret of a day is damaged."), where=str(day)) from None
    try:
        if os.fstat(handle).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NotAllowed(N_("Others can read the secrets of days."), where=str(path))
        secret = os.read(handle, SECRET_BYTES + 1)
    finally:
        os.close(handle)
    if len(secret) != SECRET_BYTES:
        raise Broken(N_("The secret of a day is damaged."), where=str(day))
    return secret


def _whole(folder: Path, day: date) -> bytes | None:
    """The secret of a day, if there is one there that can be used. Raises NotAllowed."""
    with suppress(NotFound, Broken):
        return _read(folder, day)
    return None


def _unlink(folder: Path, day: date) -> None:
    path, part = _path(folder, day), folder / f".{day}.gone"
    if path.exists() or path.is_symlink():
        os.rename(path, part)  # noqa: PTH104 - as above
        sync(folder)
        _erase(part)
        sync(folder)


def _sweep(folder: Path) -> None:
    """What a killed process left half done."""
    for part in folder.glob(".[0-9]*"):
        _erase(part)
        sync(folder)


def _erase(part: Path) -> None:
    if part.is_symlink():  # somebody's who may write here; what it leads to is none of ours
        os.unlink(part)  # noqa: PTH108 - as above
        return
    handle = os.open(part, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(handle, bytes(SECRET_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    os.unlink(part)  # noqa: PTH108 - as above


def sync(folder: Path) -> None:
    """Make durable which files a directory has."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
