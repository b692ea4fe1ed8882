"""Processes that keep or merge blocks and are killed, each before one step more than the one before:
`python killed_segments.py BELOW WHAT BLOCK...`; that of step N works in the directory BELOW/N.

Steps are the calls of the operating system that change or secure something. Each block that is acknowledged is told
with a line "kept", each end of a process with a line "killed" or, of the last one, "done".
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from keyservice import segments
from keyservice.books import Books
from keyservice.days import keys_of

KEYS = keys_of(date(2022, 7, 3), bytes(32))


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def stopping(left: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Lets so many steps happen, then kills this process."""

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return call(*given, **named)

        return step

    return counted


def work(place: segments.Segments, what: str, blocks: list[bytes], step: int) -> None:
    counted = stopping(step)
    for name in ("open", "fsync", "fdopen"):
        setattr(segments.os, name, counted(getattr(os, name)))
    for name in ("rename", "unlink", "mkdir"):
        setattr(segments.Path, name, counted(getattr(Path, name)))
    if what == "merge":
        place.merge(KEYS)
        return
    for block in blocks:
        place.write(KEYS, block)
        tell("kept")


def main(below: Path, what: str, blocks: list[bytes]) -> None:
    for step in count():
        place = segments.Segments(below / str(step), Books(below / f"{step}.books"))
        if what == "merge":
            for block in blocks:
                place.write(KEYS, block)
        child = os.fork()
        if child == 0:
            work(place, what, blocks, step)
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        tell("killed" if ended == signal.SIGKILL else "done" if ended == 0 else "failed")
        if ended != signal.SIGKILL:
            break


main(Path(sys.argv[1]), sys.argv[2], [Path(name).read_bytes() for name in sys.argv[3:]])
