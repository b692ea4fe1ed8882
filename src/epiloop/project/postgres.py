"""Having a database: start the embedded server if nobody did, use it together with others, leave it when done.

with hold(installation):
    psycopg.connect(installation.dsn("engine"))
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from epiloop.core.errors import N_, Unavailable
from epiloop.project import account, locks
from epiloop.project.home import Installation

START_SECONDS = 120
"""A start after a crash replays the log first; past this it is called a failure."""


@contextlib.contextmanager
def hold(installation: Installation) -> Iterator[None]:
    """Have the installation's database answering inside the block. Any number of processes may hold it at once.

    The embedded server is started by the first and stops after the last, also if that was killed. An outside
    server is only asked whether it answers. Raises Unavailable.
    """
    if installation.database_url is not None:
        check_answers(installation)
        yield
        return
    with locks.opened(installation, "users.lock") as users:
        users.take(whole=False, wait=True)  # a keeper that is stopping holds the whole lock until it is done
        start(installation)
        yield


def start(installation: Installation) -> None:
    """Start the embedded server unless it runs, and wait until it answers. The caller holds `users.lock`."""
    with locks.opened(installation, "start.lock") as starters:
        starters.take(whole=True, wait=True)
        deadline = time.monotonic() + START_SECONDS
        if not is_kept(installation):
            _spawn_keeper(installation)
        while not answers(installation):
            _check_starting(installation, deadline)
            time.sleep(0.05)


def is_kept(installation: Installation) -> bool:
    """Whether a keeper of the embedded server lives."""
    if not installation.run_dir.exists():
        return False
    with locks.opened(installation, "keeper.lock") as lock:
        return not lock.take(whole=False, wait=False)


def answers(installation: Installation) -> bool:
    """Whether the database takes connections now."""
    try:
        check_answers(installation)
    except Unavailable:
        return False
    return True


def check_answers(installation: Installation) -> None:
    """Raise Unavailable, without address or password, unless the database takes connections."""
    try:
        psycopg.connect(installation.dsn("admin"), connect_timeout=10).close()
    except psycopg.OperationalError as wrong:
        raise Unavailable(
            N_("The database does not answer."),
            remedy=N_("See log/postgres.log in the installation's directory, or the address in EPILOOP_DATABASE_URL."),
        ) from wrong


def log_file(installation: Installation) -> Path:
    """What the server and its keeper say."""
    return installation.log_dir / "postgres.log"


def _spawn_keeper(installation: Installation) -> None:
    log = log_file(installation)
    with log.open("ab") as output:
        account.give(log, installation.owner)
        subprocess.run(
            [sys.executable, "-m", "epiloop.project.keeper", str(installation.home)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            check=False,
        )


def _check_starting(installation: Installation, deadline: float) -> None:
    if is_kept(installation) and time.monotonic() < deadline:
        return
    said = log_file(installation).read_text("utf-8", "replace").strip().splitlines()
    raise Unavailable(
        N_("PostgreSQL did not start: %(reason)s"),
        where=str(log_file(installation)),
        reason=said[-1] if said else "",
    )
