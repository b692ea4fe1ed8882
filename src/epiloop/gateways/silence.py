"""How long a process waits for a service, and what it remembers of one that let it wait.

A service that is down refuses at once, and is asked again each time. One that hangs - stopped, behind a dead network,
on a disk that does not answer - would cost everybody who asks the whole wait. So whoever waited in vain says so here:
others are told at once, until somebody who listens has heard it again.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from epiloop.vault.wire import ORDINARY, Call

AGAIN = 2.0
"""Seconds between two questions of who listens."""

LATELY = 0.5
"""Seconds for which a service that answered is taken to be there."""

BYTES_A_SECOND = 16_000
"""What a call may take longer for what it carries: a second for a thousand people."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a process waits: until a connection stands, and for an answer to a small question.

    `hurried`: somebody waits at a page, so ordinary calls take no longer than a small question and what they carry.
    What takes long by nature has its own time; it is asked only of a service that answers small questions.
    """

    connect: float = 10.0
    answer: float = 60.0
    hurried: bool = False

    def limit(self, call: Call, size: int) -> float:
        """Seconds for the answer to a call with a body of so many bytes."""
        if self.hurried and call.seconds <= ORDINARY:
            return min(call.seconds, self.answer + size / BYTES_A_SECOND)
        return call.seconds


USUAL = Patience()


class Silence:
    """Whether a service answers, as far as one process knows; safe to use from several threads.

    `now` counts seconds. Without it nothing is remembered.
    """

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now, self._lock = now, threading.Lock()
        self._heard = float("-inf")
        self._away = self._hangs = False

    @property
    def away(self) -> bool:
        """Whether it did not answer when it was last asked."""
        return self._away

    @property
    def hangs(self) -> bool:
        """Whether it let somebody wait in vain, and nobody has heard it since."""
        return self._hangs

    @property
    def unheard(self) -> bool:
        """Whether it was not heard for a while, so that a small question comes before a long one."""
        return self._now is not None and self._now() - self._heard > LATELY

    def instant(self) -> float:
        """Now, for `missed`."""
        return self._now() if self._now else 0.0

    def heard(self) -> None:
        """It answered."""
        with self._lock:
            self._heard = self.instant()
            self._away = self._hangs = False

    def missed(self, since: float, *, in_vain: bool) -> bool:
        """It was asked at an instant and did not answer, letting wait or refusing; whether somebody has to listen now.

        Where others heard it meanwhile it was that one question only.
        """
        with self._lock:
            if self._now is None or (in_vain and self._heard > since):
                return False
            first, self._away = not self._away, True
            self._hangs = self._hangs or in_vain
            return first
