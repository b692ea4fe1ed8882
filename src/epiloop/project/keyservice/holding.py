"""Having the key service: started by the first who needs it, stopped after the last, as the PostgreSQL servers are."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from epiloop.core.errors import N_, Unavailable
from epiloop.gateways.connections import Certificates
from epiloop.gateways.keys import KeyClient
from epiloop.gateways.silence import Patience, Silence
from epiloop.project import account, locks
from epiloop.project.children import run_as
from epiloop.project.home import Installation, KeyHome
from epiloop.project.keyservice.certificates import CLIENT

START_SECONDS = 150
"""Longer than PostgreSQL may take to start."""

CONNECT_SECONDS, ANSWER_SECONDS = 1.5, 5.0
"""How long a page waits for a connection, and for an answer unless the settings say otherwise."""


@dataclass(slots=True)
class Starting:
    """A start under way: the lock of those who start it, and where the process tells that it answers."""

    home: KeyHome
    lock: locks.Lock
    ready: int | None

    def wait(self) -> None:
        """Wait until it answers. Raises Unavailable if it ended or takes too long."""
        with self.lock:
            if self.ready is None:
                return
            readable, _, _ = select.select([self.ready], [], [], START_SECONDS)
            said = os.read(self.ready, 16) if readable else b""
            os.close(self.ready)
        if not said:
            raise Unavailable(
                N_("The key service did not start: %(reason)s"),
                where=str(log_file(self.home)),
                reason=_last_line(log_file(self.home)),
            )


@contextlib.contextmanager
def held(installation: Installation) -> Iterator[Starting | None]:
    """Have the key service of this machine inside the block; `wait` on what is given until it answers.

    Gives None where the key service is on another machine: nothing is started, and nothing waits for it.
    """
    if installation.keyservice_url is not None:
        yield None
        return
    home = installation.keyservice
    with locks.opened(home, "clients.lock") as clients:
        clients.take(whole=False, wait=True)  # one that is stopping holds the whole lock until it has ended
        yield start(home)


def start(home: KeyHome) -> Starting:
    """Start it unless it runs, without waiting until it answers. The caller holds `clients.lock`."""
    lock = locks.opened(home, "start-service.lock")
    lock.take(whole=True, wait=True)
    return Starting(home, lock, None if is_running(home) else _spawn(home))


def is_running(home: KeyHome) -> bool:
    """Whether its process lives."""
    if not home.run_dir.exists():
        return False
    with locks.opened(home, "service.lock") as lock:
        return not lock.take(whole=False, wait=False)


def client(installation: Installation, *, hurried: bool = False) -> KeyClient:
    """A client of the installation's key service, on this machine or another; `hurried` where people wait for pages."""
    seconds = float(installation.settings.get("keyservice_seconds", ANSWER_SECONDS))
    patience = Patience(min(seconds, CONNECT_SECONDS), seconds, hurried)
    silence = Silence(time.monotonic)
    if installation.keyservice_url is None:
        return KeyClient.to(installation.keyservice.url, patience=patience, silence=silence)
    files = Certificates(*(installation.key_file(name) for name in CLIENT))
    return KeyClient.to(installation.keyservice_url, certificates=files, patience=patience, silence=silence)


def log_file(home: KeyHome) -> Path:
    """What the process says; no personal data."""
    return home.log_dir / "keyservice.log"


def _spawn(home: KeyHome) -> int:
    """Start the process; the reading end of the pipe on which it tells that it answers, or that closes if it ends."""
    log = log_file(home)
    reading, writing = os.pipe()
    with log.open("ab") as output:
        account.give(log, home.owner)
        subprocess.run(
            [sys.executable, "-m", "epiloop.project.keyservice", str(home.home), str(writing)],
            env=_environment(),
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            check=False,
            **run_as(home),
        )
    os.close(writing)
    return reading


def _environment() -> dict[str, str]:
    """Nothing that names the application's own home or database."""
    theirs = ("EPILOOP_HOME", "EPILOOP_DATABASE_URL", "EPILOOP_LEASH", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in theirs}


def _last_line(log: Path) -> str:
    said = log.read_text("utf-8", "replace").strip().splitlines()
    return said[-1] if said else ""
