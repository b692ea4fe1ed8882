"""The files of segments: one directory for each day, a file for each block, read by mapping.

A file is a block (`keyservice.blocks`) and 48 bytes after it:

    "EPIDAY" | day 2 | length of the block before its sealed rests 8 | BLAKE2b of those rests 16
    | keyed BLAKE2b of all these and of the block before its sealed rests 16

The last is under a key of the day, and is the name of the file: the same block is the same file, another one is
another file. Sealed rests have tags of their own, which bind them to the tokens beside them, so who opens a file checks
the rest of it only. A file that was damaged, exchanged or taken from another day is noticed; one that was removed is
missed by the list of the day (`books`).

A file is written under a name that begins with a dot, synchronised, renamed, and its directory synchronised: then it is
there whatever happens, and the same block again is the same file. Several processes use the directory: who writes or
lists shares a lock, who takes files away has it alone. Merging takes files of about one size, so each row is written
again only a few times a day; when the day is over, they become as few as they can. A process killed between writing
the merged file and removing the others leaves rows twice, which the next merging and every reading make one again.
"""

import fcntl
import logging
import mmap
import os
import re
import shutil
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from hmac import compare_digest
from itertools import accumulate
from pathlib import Path

from epiloop.core.errors import N_, Broken, Unavailable
from epiloop.exposure import Segment, decode
from epiloop.exposure.segment import ALIGNED, HEADER
from epiloop.vault.hours import number_of
from keyservice.blocks import merged
from keyservice.books import Books
from keyservice.days import DayKeys

ALIKE, TIER = 8, 4
"""So many files of one tier are merged; each tier has files up to this many times as long as the one before."""
WORTH = 16
"""Of a day that is over a file is written again when what is added to it is at least one part in so many of it."""
LONGEST = 512 * 1024 * 1024
"""Bytes: no longer file comes from merging (some four million rows), because that takes four times the memory."""
_MAGIC = b"EPIDAY"
_TAIL = struct.Struct(">6sHQ16s16s")
_TAG_BYTES = 16
_LOST = ".lost"
_NAME = re.compile(r"[0-9a-f]{32}\.seg")

log = logging.getLogger("keyservice")


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept of a day."""

    files: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Gap:
    """What a day lacks: files that are listed and not there, and their rows; no files where the list was changed."""

    files: int
    rows: int


class Segments:
    """The files below a directory, which is made if it is missing. Safe to use from several threads and processes.
    Without `books` nothing is missed.
    """

    def __init__(self, place: Path, books: Books | None = None) -> None:
        self._place, self._books = place, books
        self._mapped: dict[date, dict[str, _File]] = {}
        self._mine = threading.Lock()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, keys: DayKeys, block: bytes) -> None:
        """Keep a block of a day; when this returns, it is durable. Raises Unavailable."""
        folder = self._place / keys.day.isoformat()
        with _disk(folder), self._locked(fcntl.LOCK_SH):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                _sync(self._place)
            name, parts = _sealed(keys, block)
            if not (folder / name).exists():
                _write(folder, name, parts).rename(folder / name)
            _sync(folder)
            if self._books:
                self._books.add(keys, name, len(decode(block)))

    def opened(self, keys: Mapping[date, DayKeys]) -> dict[date, list[Segment]]:
        """What is in the files of these days, mapped, and still sealed. Raises Broken for a file that is not what was
        written, Unavailable.
        """
        found = self._files(keys)
        return {day: [one.checked(keys[day]) for one in found[day].values()] for day in keys if day in found}

    def warm(self, keys: Mapping[date, DayKeys]) -> None:
        """Map and check what is new, so that a search waits for nothing. Raises as `opened`."""
        self.opened(keys)

    def merge(self, keys: DayKeys, *, over: bool = False) -> int:
        """Merge files of a day of which there are many of one size, or all that are worth it if the day is `over`; how
        many went into others. Opens no row.

        One process at a time does this. Raises Broken, Unavailable.
        """
        folder, gone = self._place / keys.day.isoformat(), 0
        while few := (_fewest if over else _alike)(_sizes(folder)):
            files = self._files([keys.day])[keys.day]
            name, parts = _sealed(keys, merged([files[path.name].checked(keys) for path in few]))
            with _disk(folder), self._locked(fcntl.LOCK_SH):
                if not all(path.exists() for path in few):
                    return gone  # the day was destroyed meanwhile
                part = _write(folder, name, parts)  # while others read: it may take seconds
            with _disk(folder), self._locked(fcntl.LOCK_EX):
                if not part.exists():
                    return gone
                part.rename(folder / name)
                if self._books:
                    old = [path.name for path in few]
                    self._books.add(keys, name, len(decode(parts[0])), instead_of=old)
                for path in few:
                    if path.name != name:
                        path.unlink()
                _sync(folder)
            gone += len(few)
        return gone

    def sweep(self) -> None:
        """Remove what killed processes left half written. Raises Unavailable."""
        with _disk(self._place), self._locked(fcntl.LOCK_EX):
            for part in self._place.glob("*/.*.new"):
                part.unlink()

    def drop(self, last: date) -> tuple[date, ...]:
        """Remove the files of all days until the last; gives the days. Raises Unavailable."""
        with _disk(self._place), self._locked(fcntl.LOCK_EX):
            gone = [folder for folder in _folders(self._place) if _day(folder) <= last]
            for folder in gone:
                shutil.rmtree(folder)
                log.info("segments removed: %s", folder.name)
            _sync(self._place)
            if self._books:
                self._books.forget(lambda day: day <= last)
        self._files(())
        return tuple(sorted({_day(folder) for folder in gone}))

    def set_aside(self, day: date) -> None:
        """Files of a day whose secret is lost, before it gets another one: nothing reads them, and they go with the
        day. Raises Unavailable.
        """
        folder = self._place / day.isoformat()
        with _disk(self._place), self._locked(fcntl.LOCK_EX):
            if folder.is_dir():
                aside = folder.with_suffix(_LOST)
                shutil.rmtree(aside, ignore_errors=True)
                folder.rename(aside)
                _sync(self._place)
                log.error("the secret of a day is lost: %s", day)
            if self._books:
                self._books.forget(lambda one: one == day)
        self._files(())

    def gaps(self, keys: Mapping[date, DayKeys]) -> dict[date, Gap]:
        """What each of these days lacks of the files that it has to have; days that lack nothing are not in it. Raises
        Unavailable.
        """
        with _disk(self._place), self._locked(fcntl.LOCK_SH):
            found = {day: self._gap(one) for day, one in keys.items()}
        return {day: gap for day, gap in found.items() if gap is not None}

    def _gap(self, keys: DayKeys) -> Gap | None:
        try:
            listed = self._books.listed(keys) if self._books else {}
        except Broken:
            return Gap(0, 0)
        lost = listed.keys() - set(_names(self._place / keys.day.isoformat()) or ())
        return Gap(len(lost), sum(listed[name] for name in lost)) if lost else None

    def status(self) -> dict[date, Kept]:
        """How much is kept of each day. Raises Unavailable."""
        with _disk(self._place), self._locked(fcntl.LOCK_SH):
            return {_day(one): _kept(_paths(one)) for one in sorted(_folders(self._place)) if one.suffix != _LOST}

    def _files(self, days: Iterable[date]) -> dict[date, dict[str, "_File"]]:
        """The files of each day that has a directory, by name. What is no longer there is let go of; a search that uses
        it still has it mapped until it ends.
        """
        with self._mine, _disk(self._place), self._locked(fcntl.LOCK_SH):
            wanted, known = set(days), self._mapped
            names = {day: _names(f"{self._place}/{day}") for day in wanted | known.keys()}
            self._mapped = {
                day: {name: self._file(day, name) for name in some if day in wanted or name in known[day]}
                for day, some in names.items()
                if some is not None
            }
            return self._mapped

    def _file(self, day: date, name: str) -> "_File":
        return self._mapped.get(day, {}).get(name) or _File(self._place / day.isoformat() / name)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        handle = os.open(self._place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # a child forked meanwhile has the handle too, and would keep the lock
            os.close(handle)


class _File:
    """A file of a day, mapped. It is checked when it is looked at for the first time, and then known as what is in it:
    views of the file, without any key.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._whole = path, _mapped(path)
        self._segment: Segment | None = None

    def checked(self, keys: DayKeys) -> Segment:
        """What is in it. Raises Broken if it is not what was written."""
        if self._segment is None:
            block, told = self._whole[: -_TAIL.size], bytes(self._whole[-_TAIL.size :])
            try:
                tail = _tail(keys, block, told[-2 * _TAG_BYTES : -_TAG_BYTES])
            except Broken:
                raise _broken(self._path) from None
            if not compare_digest(tail, told) or _name(tail) != self._path.name:
                raise _broken(self._path)
            self._segment = decode(block)
        return self._segment


@contextmanager
def _disk(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        place = str(wrong.filename or where)
        raise Unavailable(N_("The files of sealed days cannot be reached."), where=place) from None


def _folders(place: Path) -> list[Path]:
    return [folder for folder in place.iterdir() if folder.is_dir() and _is_day(folder.name.removesuffix(_LOST))]


def _is_day(name: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(name).isoformat() == name
    return False


def _day(folder: Path) -> date:
    return date.fromisoformat(folder.name.removesuffix(_LOST))


def _names(folder: Path | str) -> list[str] | None:
    """The names of the files of a day, in order; None without its directory."""
    try:
        return sorted(filter(_NAME.fullmatch, os.listdir(folder)))  # noqa: PTH208 - names are enough
    except FileNotFoundError:
        return None


def _paths(folder: Path) -> list[Path]:
    return [folder / name for name in _names(folder) or ()]


def _kept(files: Sequence[Path]) -> Kept:
    return Kept(len(files), sum(map(_rows, files)), sum(path.stat().st_size for path in files))


def _rows(path: Path) -> int:
    """How many rows a file says that it has."""
    with path.open("rb") as file:
        head = file.read(HEADER.size)
    return int(HEADER.unpack(head)[2]) if len(head) == HEADER.size else 0


def _sizes(folder: Path) -> dict[Path, int]:
    """The files of a day and how long they are, shortest first."""
    sizes = {path: path.stat().st_size for path in _paths(folder)}
    return {path: sizes[path] for path in sorted(sizes, key=sizes.__getitem__)}


def _alike(sizes: Mapping[Path, int]) -> list[Path]:
    """Files of one tier, enough to be merged."""
    tiers: dict[int, list[Path]] = {}
    for path, size in sizes.items():
        tiers.setdefault((size.bit_length() - 1) // (TIER.bit_length() - 1), []).append(path)
    few = next((tiers[tier] for tier in sorted(tiers) if len(tiers[tier]) >= ALIKE), [])
    ends = accumulate(sizes[path] for path in few)
    fitting = [path for path, end in zip(few, ends, strict=True) if end <= LONGEST]
    return fitting if len(fitting) > 1 else []


def _fewest(sizes: Mapping[Path, int]) -> list[Path]:
    """The most files, the shortest ones, of which the others are worth writing the longest again."""
    paths, ends = list(sizes), [0, *accumulate(sizes.values())]
    for last in range(len(paths) - 1, 0, -1):
        if ends[last + 1] <= LONGEST and ends[last] * WORTH >= sizes[paths[last]]:
            return paths[: last + 1]
    return []


def _sealed(keys: DayKeys, block: bytes) -> tuple[str, tuple[bytes, bytes]]:
    """The name of a file and its parts: the block, and what stands after it."""
    tail = _tail(keys, block, blake2b(decode(block).sealed.data, digest_size=_TAG_BYTES).digest())
    return _name(tail), (block, tail)


def _tail(keys: DayKeys, block: bytes | memoryview, rests: bytes) -> bytes:
    """What stands after a block whose sealed rests have this digest. Raises Broken for what is no block."""
    sealed = decode(block).sealed.nbytes
    length = len(block) - sealed - (-sealed % ALIGNED)
    head = _TAIL.pack(_MAGIC, number_of(keys.day), length, rests, b"")[:-_TAG_BYTES]
    keyed = blake2b(head + len(block).to_bytes(8, "big"), digest_size=_TAG_BYTES, key=keys.file)
    keyed.update(block[:length])
    return head + keyed.digest()


def _name(tail: bytes) -> str:
    return f"{tail[-_TAG_BYTES:].hex()}.seg"


def _write(folder: Path, name: str, parts: Iterable[bytes]) -> Path:
    """A file that is durable, and not yet there under its name."""
    part = folder / f".{name}.{os.getpid()}.{threading.get_ident()}.new"
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(handle)
    return part


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _TAIL.size:
            raise _broken(path)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mapped.madvise(mmap.MADV_WILLNEED)  # once for each file: the system reads it ahead as far as it has memory
    return memoryview(mapped)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _broken(path: Path) -> Broken:
    return Broken(
        N_("A file of a sealed day is not what was written."),
        where=str(path),
        remedy=N_("Take it away, and find out who changed it; the rest of the day stays readable."),
    )
