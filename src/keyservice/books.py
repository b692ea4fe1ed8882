"""Which files a day has to have: a small list for each day, apart from the files, so that one that was taken away is
missed (`segments`).

    NAME ROWS             a line for each file, in the order of their names
    BLAKE2b of the lines, keyed with the day's key of files, as hexadecimal digits

A file is listed after it is durable and before its rows are acknowledged; merged files leave the list before they are
removed. So whenever a process is killed, what is listed was there. The list is replaced as a whole. Whoever removes a
file and its line, too, is an administrator of this machine who means it; the counts of the gate and the public ones are
left then.
"""

import fcntl
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path

from epiloop.core.errors import N_, Broken
from keyservice.days import DayKeys, sync

_TAG_BYTES = 16
_DAMAGED = "damaged"
"""A line instead of those that cannot be read any more: no file is called so, so it is missed until the day goes."""


class Books:
    """The lists below a directory, which is made if it is missing. For several threads and processes."""

    def __init__(self, place: Path) -> None:
        self._place = place
        place.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, keys: DayKeys, name: str, rows: int, *, instead_of: Collection[str] = ()) -> None:
        """A file of a day is there, instead of those that were merged into it."""

        def changed(known: dict[str, int]) -> dict[str, int]:
            return {one: count for one, count in known.items() if one not in instead_of} | {name: rows}

        self._change(keys, changed)

    def listed(self, keys: DayKeys) -> dict[str, int]:
        """The files that a day has to have, and how many rows each had. Raises Broken for a list that was changed."""
        try:
            *lines, tag = (self._place / keys.day.isoformat()).read_text("ascii").split("\n")
        except FileNotFoundError:
            return {}
        except ValueError:
            raise _broken(keys.day) from None
        if not compare_digest(tag, _tag(keys, lines)):
            raise _broken(keys.day)
        return {name: int(rows) for name, _, rows in (line.partition(" ") for line in lines)}

    def forget(self, which: Callable[[date], bool]) -> None:
        """The lists of days that are gone go with them."""
        with self._locked():
            for path in self._place.iterdir():
                day = _day(path.name.removeprefix(".").removesuffix(".new"))
                if day is not None and which(day):
                    path.unlink()
            sync(self._place)

    def _change(self, keys: DayKeys, changed: Callable[[dict[str, int]], dict[str, int]]) -> None:
        with self._locked():
            try:
                known = self.listed(keys)
            except Broken:
                known = {_DAMAGED: 0}
            lines = [f"{name} {rows}" for name, rows in sorted(changed(known).items())]
            _replace(self._place, keys.day.isoformat(), "\n".join([*lines, _tag(keys, lines)]))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self._place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # a child forked meanwhile has the handle too, and would keep the lock
            os.close(handle)


def _day(name: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(name)
    return None


def _tag(keys: DayKeys, lines: list[str]) -> str:
    text = "\n".join(["epiloop book v1", keys.day.isoformat(), *lines])
    return blake2b(text.encode(), digest_size=_TAG_BYTES, key=keys.file).hexdigest()


def _replace(folder: Path, name: str, text: str) -> None:
    part = folder / f".{name}.new"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    part.rename(folder / name)
    sync(folder)


def _broken(day: date) -> Broken:
    return Broken(N_("The list of files of a sealed day was changed."), where=str(day))
