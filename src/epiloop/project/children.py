"""The processes a supervisor keeps: started on a leash, started again when they die, stopped in order."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from epiloop.project import account, leash
from epiloop.project.home import Installation

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before a child is started again; doubled with each death, back to the first after a minute of life."""

STOP_SECONDS = 20


@dataclass(slots=True)
class Child:
    """One process: its name (also of its log), its verb and options, and how often it died lately."""

    installation: Installation
    name: str
    arguments: tuple[str, ...]
    process: "subprocess.Popen[bytes] | None" = None
    line: int = -1  # the writing end of the leash; closing it ends the child
    pause: float = FIRST_PAUSE
    started: float = field(default=0.0)
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a session of its own, as the installation's user if that user can run the program."""
        reading, self.line = os.pipe()
        log = self.installation.log_dir / f"{self.name}.log"
        with log.open("ab") as output:
            account.give(log, self.installation.owner)
            self.process = subprocess.Popen(
                [sys.executable, "-m", "epiloop", *self.arguments],
                env=_environment(self.installation, reading),
                pass_fds=(reading,),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **run_as(self.installation),
            )
        os.close(reading)
        self.started = time.monotonic()

    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def tend(self) -> bool:
        """Start it again if it died and its pause is over. True if it was found dead just now."""
        if self.is_alive():
            return False
        now = time.monotonic()
        if self.process is not None:
            self._bury(now)
            return True
        if now >= self.due:
            self.start()
        return False

    def stop(self) -> None:
        """Ask it to stop; end its whole session if it has not within STOP_SECONDS."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self._bury(time.monotonic())

    def _bury(self, now: float) -> None:
        """Whatever the dead process left in its session ends too."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        os.close(self.line)
        self.pause = FIRST_PAUSE if now - self.started > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + self.pause


def run_as(installation: Installation) -> Mapping[str, Any]:
    """Options that make a child run as the installation's user; none if that user cannot run it (see `serves_as`)."""
    return installation.owner.popen_options() if serves_as(installation.owner, installation.reachable) else {}


@cache
def serves_as(owner: account.Account, reachable: bool) -> bool:  # noqa: FBT001 - a key of the cache
    """Whether that user can reach the installation, the interpreter and the program."""
    if not reachable:
        return False
    try:
        tried = subprocess.run(
            [sys.executable, "-c", "import epiloop.core, django"],
            cwd="/",
            capture_output=True,
            check=False,
            **owner.popen_options(),
        )
    except PermissionError:  # the interpreter itself is out of reach
        return False
    return tried.returncode == 0


def _environment(installation: Installation, reading: int) -> dict[str, str]:
    own = {"EPILOOP_HOME": str(installation.home), leash.VARIABLE: str(reading), "HOME": str(installation.home)}
    return {**os.environ, **own}
