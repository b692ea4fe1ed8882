"""The files of segments: one directory for each day, a file for each block, read by mapping.

A file is a block (`keyservice.blocks`) and 48 bytes after it:

    "EPIDAY" | day 2 | length of the block before its sealed rests 8 | BLAKE2b of those rests 16
    | keyed BLAKE2b of all these and of the block before its sealed rests 16

The last is under a key of the day, and is the name of the file: the same block is the same file, another one is
another file. Sealed rests have tags of their own, which bind them to the tokens beside them, so who opens a file checks
the rest of it only. A file that was damaged, exchanged or taken from another day is noticed. What an administrator of
this machine removes is not there, as with any file.

A file is written under a name that begins with a dot, synchronised, renamed, and its directory synchronised: then it is
there whatever happens, and the same block again is the same file. Several processes use the directory: who writes or
lists shares a lock, who takes files away has it alone. Merging takes files of about one size, so each row is written
again only a few times a day; a process killed between writing the merged file and removing the others leaves rows
twice, which the next merging and every reading make one again.
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
from pathlib import Path

from epiloop.core.errors import N_, Broken, Unavailable
from epiloop.exposure import decode
from epiloop.exposure.segment import ALIGNED, HEADER
from epiloop.vault.hours import number_of
from keyservice.blocks import merged
from keyservice.days import DayKeys

ALIKE, TIER = 8, 4
"""So many files of one tier are merged; each tier has files up to this many times as long as the one before."""
LONGEST = 256 * 1024 * 1024
"""Bytes: files this long (some two million rows) are not merged any more, because merging takes memory."""
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


class Segments:
    """The files below a directory, which is made if it is missing. Safe to use from several threads and processes."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._mapped: dict[Path, memoryview] = {}
        self._sound: set[Path] = set()
        self._mine = threading.Lock()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, keys: DayKeys, block: bytes) -> None:
        """Keep a block of a day; when this returns, it is durable. Raises Unavailable."""
        folder = self._place / keys.day.isoformat()
        with _disk(folder), self._locked(fcntl.LOCK_SH):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                _sync(self._place)
            _write(folder, *_sealed(keys, block))

    def opened(self, keys: Mapping[date, DayKeys]) -> dict[date, list[memoryview]]:
        """The blocks of these days, mapped. Raises Broken for a file that is not what was written, Unavailable."""
        found = self._map({day: self._place / day.isoformat() for day in keys})
        return {day: [self._checked(*one, keys[day]) for one in files] for day, files in found.items()}

    def warm(self, keys: Mapping[date, DayKeys]) -> None:
        """Map and check what is new, so that a search waits for nothing. Raises as `opened`."""
        self.opened(keys)

    def merge(self, keys: DayKeys) -> int:
        """Merge files of a day of which there are many of one size; how many went into others. Opens no row.

        One process at a time does this. Raises Broken, Unavailable.
        """
        folder, gone = self._place / keys.day.isoformat(), 0
        while few := _alike(folder):
            mapped = dict(self._map({keys.day: folder})[keys.day])
            name, parts = _sealed(keys, merged([self._checked(path, mapped[path], keys) for path in few]))
            with _disk(folder), self._locked(fcntl.LOCK_EX):
                if not all(path.exists() for path in few):
                    return gone  # the day was destroyed meanwhile
                _write(folder, name, parts)
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
        self._forget()
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
        self._forget()

    def status(self) -> dict[date, Kept]:
        """How much is kept of each day. Raises Unavailable."""
        with _disk(self._place), self._locked(fcntl.LOCK_SH):
            return {_day(one): _kept(_files(one)) for one in sorted(_folders(self._place)) if one.suffix != _LOST}

    def _map(self, folders: Mapping[date, Path]) -> dict[date, list[tuple[Path, memoryview]]]:
        with self._mine, _disk(self._place), self._locked(fcntl.LOCK_SH):
            paths = {day: _files(folder) for day, folder in folders.items() if folder.is_dir()}
            for path in (path for every in paths.values() for path in every):
                if path not in self._mapped:
                    self._mapped[path] = _mapped(path)
            found = {day: [(path, self._mapped[path]) for path in every] for day, every in paths.items()}
        self._forget()
        return found

    def _checked(self, path: Path, whole: memoryview, keys: DayKeys) -> memoryview:
        """The block in a file, which is checked when it is looked at for the first time."""
        block = whole[: -_TAIL.size]
        if path not in self._sound:
            rests = bytes(whole[-_TAIL.size :])[-2 * _TAG_BYTES : -_TAG_BYTES]
            try:
                tail = _tail(keys, block, rests)
            except Broken:
                raise _broken(path) from None
            if not compare_digest(tail, bytes(whole[-_TAIL.size :])) or _name(tail) != path.name:
                raise _broken(path)
            self._sound.add(path)
        return block

    def _forget(self) -> None:
        """Let go of files that are no longer there; a search that uses one still has it mapped until it ends."""
        with self._mine:
            gone = [path for path in self._mapped if not path.exists()]
            for path in gone:
                del self._mapped[path]
                self._sound.discard(path)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        handle = os.open(self._place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # a child forked meanwhile has the handle too, and would keep the lock
            os.close(handle)


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


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _kept(files: Sequence[Path]) -> Kept:
    return Kept(len(files), sum(map(_rows, files)), sum(path.stat().st_size for path in files))


def _rows(path: Path) -> int:
    """How many rows a file says that it has."""
    with path.open("rb") as file:
        head = file.read(HEADER.size)
    return int(HEADER.unpack(head)[2]) if len(head) == HEADER.size else 0


def _alike(folder: Path) -> list[Path]:
    """Files of one tier, enough to be merged."""
    tiers: dict[int, list[Path]] = {}
    for path in _files(folder) if folder.is_dir() else ():
        size = path.stat().st_size
        if size < LONGEST:
            tiers.setdefault((size.bit_length() - 1) // (TIER.bit_length() - 1), []).append(path)
    return next((tiers[tier] for tier in sorted(tiers) if len(tiers[tier]) >= ALIKE), [])


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


def _write(folder: Path, name: str, parts: Iterable[bytes]) -> None:
    path, part = folder / name, folder / f".{name}.{os.getpid()}.{threading.get_ident()}.new"
    if not path.exists():
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(handle)
        part.rename(path)
    _sync(folder)


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
