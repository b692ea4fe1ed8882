"""The process that keeps the embedded PostgreSQL: starts it, waits, and stops it when nobody needs it any more.

It is started by `postgres.hold` as `python -m epiloop.project.keeper HOME`, in a session of its own, so that a
Ctrl-C at the terminal reaches only who asked for it; it goes into the background once it has the keeper's lock.
Everybody who needs the server holds a shared lock on `run/users.lock`; the kernel takes that lock back even from a
process that was killed. The keeper waits for the whole lock, and having it, stops the server: nothing is left
behind by a kill -9.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from epiloop.core.errors import N_, EpiloopError, Unavailable
from epiloop.project import account, locks
from epiloop.project.cluster import Cluster, place_cluster
from epiloop.project.home import Installation, installation_at

STOP_SECONDS = 60
"""How long a shutdown with a checkpoint may take before it is made an immediate one (recovery at the next start)."""


def main(home: str) -> int:
    """Keep the server of one installation until nobody holds it. The exit status is PostgreSQL's."""
    installation = installation_at(Path(home))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # only the last user's lock ends it
    with locks.opened(installation, "keeper.lock") as lock:
        if not lock.take(whole=True, wait=False):
            return 0  # another keeper is quicker
        if os.fork():
            os._exit(0)  # who started it goes on; the lock lives in the child
        try:
            return _keep(installation)
        except EpiloopError as wrong:
            sys.stderr.write(f"{wrong}\n")
            return wrong.exit_code
        finally:
            _tidy(installation)


def _keep(installation: Installation) -> int:
    cluster = place_cluster(installation)
    _end_stray(cluster)
    if not (cluster.data / "PG_VERSION").exists():
        _make_cluster(installation, cluster)
    server = subprocess.Popen(
        cluster.server_command(), start_new_session=True, stdin=subprocess.DEVNULL, **_as(cluster.owner)
    )
    threading.Thread(target=_stop_when_unused, args=(installation, server), daemon=True).start()
    return server.wait()


def _tidy(installation: Installation) -> None:
    """Take the short directory away, if there is one; what it showed stays in the installation's."""
    with contextlib.suppress(OSError):
        libc = ctypes.CDLL(None)
        if hasattr(libc, "umount"):
            libc.umount(os.fsencode(installation.short_dir / "files"))
        for place in (installation.short_dir / "files", installation.short_dir):
            if place.exists():
                place.rmdir()


def _stop_when_unused(installation: Installation, server: "subprocess.Popen[bytes]") -> None:
    """Stop the server once the whole users' lock is ours; it stays ours until this process ends."""
    lock = locks.opened(installation, "users.lock")
    lock.take(whole=True, wait=True)
    _stop(server.pid, lambda: server.poll() is None)


def _stop(pid: int, alive: Any) -> None:
    """A fast shutdown; after STOP_SECONDS an immediate one."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while alive() and time.monotonic() < deadline:
            time.sleep(0.05)


def _end_stray(cluster: Cluster) -> None:
    """Stop a server whose keeper was killed, so that this one can keep a server of its own."""
    pid = cluster.server_pid()
    if pid is not None:
        _stop(pid, lambda: cluster.server_pid() == pid)


def _make_cluster(installation: Installation, cluster: Cluster) -> None:
    """initdb; a half-made directory of an interrupted try is put away first."""
    cluster.clear()
    password = cluster.data.parent / "password"
    password.touch(mode=0o600)
    account.give(password, cluster.owner)
    password.write_text(installation.secret("database-admin") + "\n", "ascii")
    try:
        done = subprocess.run(
            cluster.make_command(password), capture_output=True, text=True, check=False, **_as(cluster.owner)
        )
    finally:
        password.unlink()
    if done.returncode:
        raise Unavailable(
            N_("The database could not be made: %(reason)s"),
            where=str(cluster.data),
            reason=(done.stderr.strip().splitlines() or ["initdb"])[-1],
        )
    cluster.allow_only_passwords()


def _as(owner: account.Account) -> dict[str, Any]:
    """Options of a child that runs as the owner, in a directory it can enter, with an environment of its own."""
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    return {**owner.popen_options(), "cwd": "/", "env": environment, "umask": 0o077}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
