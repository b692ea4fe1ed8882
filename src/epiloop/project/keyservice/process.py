"""The key service's process: its own PostgreSQL made and held, the master key taken, the calls served.

Of one home only one runs. Started by `holding` it ends when nobody needs it any more, as the keeper of PostgreSQL does:
who needs it holds a shared lock on `run/clients.lock`, which the kernel takes back even from the killed.
"""

import contextlib
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from epiloop.core.errors import N_, EpiloopError, NotFound, Refused
from epiloop.gateways.keys import KeyClient
from epiloop.gateways.silence import Patience
from epiloop.project import leash, locks, postgres
from epiloop.project.home import DATABASES, KeyHome, key_home_at
from epiloop.project.keyservice import daykeeping, master
from epiloop.project.keyservice.certificates import AUTHORITY, CERTIFICATE, KEY
from epiloop.project.provision import check_server, make_database, set_password, text
from keyservice import schema

HOME_VARIABLE = "EPILOOP_KEYSERVICE_HOME"
WORKERS, THREADS = 2, 8
"""Processes, and threads in each; a thread has a connection to PostgreSQL, so the product stays under its limit."""

WAITING_CALLS = 64
STOP_SECONDS = 5
"""For calls under way; a worker that is still starting does not hear that it should stop."""

LOOK_SECONDS = 0.5
READY = b"ready\n"


def main(home: str, ready: int) -> int:
    """Serve until nobody needs it; what is written to the descriptor `ready` tells that it answers."""
    made = key_home_at(Path(home))
    os.set_inheritable(ready, False)  # noqa: FBT003 - a function of the system; so that it closes when this process ends, whatever it started
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with locks.opened(made, "service.lock") as lock:
        if not lock.take(whole=True, wait=False):
            return 0  # another one is quicker
        threading.Thread(target=_stop_when_unused, args=(made,), daemon=True).start()
        try:
            serve(made, told=lambda: _tell(ready))
        except EpiloopError as wrong:
            sys.stderr.write(f"{wrong}\n")
            return wrong.exit_code
    return 0


def serve_alone(home: KeyHome, told: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT, on a machine of its own. Raises Refused if it runs already."""
    made = home.lay_out()
    with locks.opened(made, "service.lock") as lock:
        if not lock.take(whole=True, wait=False):
            raise Refused(N_("The key service of this directory is running already."), where=str(home.home))
        serve(made, told=told)


def serve(home: KeyHome, *, told: Callable[[], None]) -> None:
    """Have the database, then serve until asked to stop; `told` is called once it answers. The caller has the lock."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold every key
    with postgres.hold(home):
        prepare(home)
        (home.run_dir / "keyservice.pid").write_text(f"{os.getpid()}\n", "ascii")
        os.environ[HOME_VARIABLE] = str(home.home)
        os.environ[leash.PARENT_VARIABLE] = str(os.getpid())
        home.socket.unlink(missing_ok=True)  # what a killed one left; ours is the lock
        threading.Thread(target=_tend_database, args=(home,), daemon=True).start()
        daykeeping.tend(daykeeping.keeping(home, master.unlocked(home)))
        threading.Thread(target=_tell_when_answering, args=(home, told), daemon=True).start()
        try:
            _server(home).serve()
        finally:
            home.socket.unlink(missing_ok=True)
            (home.run_dir / "keyservice.pid").unlink(missing_ok=True)


def prepare(home: KeyHome) -> None:
    """The role, the database at this version's schema, and the master key of a new vault. The caller holds the server.

    Raises NotFound if a vault that is not empty has lost its master key: another one could never read it.
    """
    with psycopg.connect(home.dsn("admin"), autocommit=True) as admin:
        check_server(admin, home, [DATABASES["vault"][1]])
        admin.execute(text("vault_role.sql"))
        set_password(admin, home, "vault")
        make_database(admin, home, "vault")
        admin.execute(text("vault_rights.sql"))
    schema.migrate(home.dsn("vault"))
    master.finish_rotation(home)
    master.make_if_empty(home, empty=_is_empty(home))
    master.unlocked(home)


def _is_empty(home: KeyHome) -> bool:
    with psycopg.connect(home.dsn("vault")) as vault:
        return vault.execute("select not exists (select from salt)").fetchone() == (True,)


def _server(home: KeyHome) -> Any:
    return Server(
        "epiloop.project.keyservice.application:application",
        **_place(home),
        interface=Interfaces.WSGI,
        workers=max(1, min(WORKERS, os.cpu_count() or 1)),
        blocking_threads=THREADS,
        backpressure=WAITING_CALLS,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )


def _place(home: KeyHome) -> dict[str, Any]:
    """Granian's options for the socket, or for the address in the settings with a certificate asked of every client."""
    if not home.listen:
        return {"uds": home.socket, "uds_permissions": 0o600}
    address, _, port = home.listen.rpartition(":")
    files = {"ssl_ca": AUTHORITY, "ssl_cert": CERTIFICATE, "ssl_key": KEY}
    missing = [name for name in files.values() if not home.key_file(name).exists()]
    if missing or not port.isdecimal():
        raise NotFound(
            N_("To listen at %(listen)s the key service needs certificates."),
            where=str(home.key_file(CERTIFICATE).parent),
            remedy=N_("Make them with `epiloop keys certificates`; `listen` is written host:port."),
            listen=home.listen,
        )
    paths = {option: home.key_file(name) for option, name in files.items()}
    return {"address": address.strip("[]"), "port": int(port), "ssl_client_verify": True, **paths}


def _tell_when_answering(home: KeyHome, told: Callable[[], None]) -> None:
    while not _answers(home):
        time.sleep(0.02)
    told()


def _answers(home: KeyHome) -> bool:
    """Whether somebody could ask now; at an address only whether the port is open, the certificate being others'."""
    if not home.listen:
        client = KeyClient.to(home.url, patience=Patience(connect=1))
        try:
            return client.answers()
        finally:
            client.close()
    address, _, port = home.listen.rpartition(":")
    with contextlib.suppress(OSError), socket.create_connection((address.strip("[]"), int(port)), 1):
        return True
    return False


def _tend_database(home: KeyHome) -> None:
    """Start the embedded server again whenever it was killed; calls meanwhile say that the vault does not answer."""
    while home.database_url is None:
        time.sleep(LOOK_SECONDS)
        if not postgres.is_kept(home):
            with contextlib.suppress(EpiloopError):  # the log says why; the next look tries again
                postgres.start(home)


def _tell(descriptor: int) -> None:
    os.write(descriptor, READY)
    os.close(descriptor)


def _stop_when_unused(home: KeyHome) -> None:
    """Ask this process to stop once the whole lock of its clients is to be had."""
    with locks.opened(home, "clients.lock") as lock:
        lock.take(whole=True, wait=True)
        logging.getLogger("keyservice").info("nobody needs it")
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait()  # the lock stays ours until this process has ended
