"""An engine in a process of its own, so that cold means cold: started anew, it answers what it is asked over a pipe."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from epiloop.exposure import Traced
from plain import Answer, Taken

Ask = Callable[[Sequence[Traced]], Callable[[], tuple[Answer, int | None]]]
"""Answers; what it gives back takes the answer apart, which is not part of the time."""


@dataclass
class Started:
    """The process and the pipe to it; `ready_ms`: what it took to open the files, without the start of Python."""

    process: Any
    pipe: Connection
    ready_ms: float

    def ask(self, cases: Sequence[Traced]) -> Taken:
        """The answer of the process."""
        self.pipe.send(cases)
        answer: Taken = self.pipe.recv()
        return answer

    def stop(self) -> None:
        """End it."""
        self.pipe.send(None)
        self.process.join()


def start(make: Callable[..., Ask], *given: Any) -> Started:
    """A new process in which `make(*given)` gives what answers."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, make, given), daemon=True)
    process.start()
    return Started(process, here, here.recv())


def _serve(pipe: Connection, make: Callable[..., Ask], given: Sequence[Any]) -> None:
    begun = time.perf_counter()
    ask = make(*given)
    pipe.send(1000 * (time.perf_counter() - begun))
    while (cases := pipe.recv()) is not None:
        started, busy = time.perf_counter(), time.process_time()
        apart = ask(cases)
        ended = time.perf_counter(), time.process_time()
        pipe.send(Taken(1000 * (ended[0] - started), 1000 * (ended[1] - busy), *apart()))
        del apart  # freeing it is no part of the next answer
