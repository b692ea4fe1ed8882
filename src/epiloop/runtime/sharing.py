"""Sharing bulk work among processes: many small pieces, so that progress shows and nobody waits long for the last."""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")
Progress = Callable[[int, int], None]


class Counter:
    """Adds up what several workers finish, and tells whoever watches."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def add(self, some: int) -> None:
        """So many more are done."""
        self.done += some
        if self.progress:
            self.progress(self.done, max(self.done, self.total))


def share_out(work: Callable[..., int], pieces: Sequence[tuple[Any, ...]], processes: int, done: Counter) -> None:
    """Call `work(*piece)` for every piece in that many processes. The first error ends it and is raised."""
    for some in shared(work, pieces, processes):
        done.add(some)


def shared(work: Callable[..., T], pieces: Sequence[tuple[Any, ...]], processes: int) -> Iterator[T]:
    """What `work(*piece)` gives for every piece, in that many processes, in the order in which they are done."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _collect_seldom) as pool:
        waiting: set[Future[T]] = {pool.submit(work, *piece) for piece in pieces}
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in finished:
                yield one.result()


def _collect_seldom() -> None:
    """Bulk work makes hundreds of thousands of values at a time and few cycles.

    Looking through all of them for cycles each 700 values took a quarter of the time.
    """
    gc.set_threshold(100_000, 50, 100)
