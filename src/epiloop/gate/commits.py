"""Group commit: what arrives within some milliseconds becomes durable in one transaction, and is answered then."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from epiloop.core.errors import N_, EpiloopError, Unavailable
from epiloop.operations.checkins.inbox import Batch, no_inbox

GATHER_SECONDS = 0.015
ENOUGH_ROWS = 500
"""Rows that are worth a transaction by themselves: nobody waits for more."""
MOST_ROWS = 5_000
"""Rows in one transaction."""
MOST_WAITING = 50_000
"""Rows that wait; more are sent back at once, to be sent again later."""

AcceptAll = Callable[[Sequence[Batch]], Sequence[EpiloopError | None]]
Waiting = tuple[Batch, "asyncio.Future[None]"]

log = logging.getLogger("epiloop.gate")


@dataclass(slots=True)
class Commits:
    """Hands batches to an inbox that blocks, a group at a time, in a thread of its own."""

    accept_all: AcceptAll
    gather: float = GATHER_SECONDS
    _waiting: deque[Waiting] = field(default_factory=deque, repr=False)
    _rows: int = 0
    _wake: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _enough: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="inbox"), repr=False
    )

    async def take(self, batch: Batch) -> None:
        """Come back when the batch is durable. Raises what is wrong with it, or Unavailable."""
        if self._rows + len(batch.said) > MOST_WAITING:
            raise Unavailable(
                N_("Too many check-ins arrive at once."), remedy=N_("They stay on your device and are sent later.")
            )
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, future))
        self._rows += len(batch.said)
        self._wake.set()
        if self._rows >= ENOUGH_ROWS:
            self._enough.set()
        await future

    async def run(self) -> None:
        """Commit for ever."""
        while True:
            await self._wake.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.gather):
                    await self._enough.wait()
            await self.commit()

    async def commit(self) -> None:
        """Commit what waits now, or as much of it as goes into one transaction."""
        some = self._some()
        if not self._waiting:
            self._wake.clear()
        if self._rows < ENOUGH_ROWS:
            self._enough.clear()
        if some:
            _answer(some, await self._accepted([batch for batch, _ in some]))

    async def close(self) -> None:
        """Commit all that waits, and end the thread."""
        while self._waiting:
            await self.commit()
        self._thread.shutdown()

    def _some(self) -> list[Waiting]:
        some: list[Waiting] = []
        rows = 0
        while self._waiting and rows < MOST_ROWS:
            some.append(self._waiting.popleft())
            rows += len(some[-1][0].said)
        self._rows -= rows
        return some

    async def _accepted(self, batches: Sequence[Batch]) -> Sequence[EpiloopError | None]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self.accept_all, batches)
        except EpiloopError as wrong:
            return [wrong] * len(batches)
        except Exception as wrong:
            log.error("a group was not taken: %s", type(wrong).__name__)
            return [no_inbox()] * len(batches)


def _answer(some: Sequence[Waiting], answers: Sequence[EpiloopError | None]) -> None:
    for (_, future), wrong in zip(some, answers, strict=True):
        if future.done():  # whoever asked is gone
            continue
        if wrong is None:
            future.set_result(None)
        else:
            future.set_exception(wrong)
