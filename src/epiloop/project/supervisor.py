"""Keeping an installation up: gate, pages and worker over key service and database, stopped in this order."""

import contextlib
import http.client
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from epiloop.core.errors import N_, Refused, Unavailable
from epiloop.project import locks, postgres
from epiloop.project.children import Child
from epiloop.project.home import Installation
from epiloop.project.keyservice import holding as keyservice

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8420
PORTS_TRIED = 100
READY_SECONDS = 60
LOOK_SECONDS = 0.5


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP came; unwinds through every `with` block."""


@contextlib.contextmanager
def only_one(installation: Installation) -> Iterator[None]:
    """Be the one supervisor of an installation. Raises Refused if another runs."""
    with locks.opened(installation, "supervisor.lock") as lock:
        if not lock.take(whole=True, wait=False):
            raise Refused(
                N_("This installation is running already, at %(address)s."),
                remedy=N_("Stop it first, or set EPILOOP_HOME to have another one beside it."),
                address=running_address(installation) or "?",
            )
        yield


@contextlib.contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Let these signals unwind the main thread as `Stopped` - Ctrl-C too, which shells disable in the background."""

    def stop(_number: int, _frame: object) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class Serving:
    """Gate, pages and worker of one installation. Its database and key service are held by whoever made this."""

    installation: Installation
    port: int
    gate_port: int
    children: tuple[Child, ...] = ()

    def start(self) -> None:
        """Start gate and pages, wait until both answer, then the worker. Raises Unavailable."""
        gate, web = ("gate", "--port", str(self.gate_port)), ("serve", "--port", str(self.port))
        verbs = {"gate": gate, "web": web, "worker": ("worker",)}
        self.children = tuple(Child(self.installation, name, arguments) for name, arguments in verbs.items())
        (self.installation.run_dir / "gate-address").write_text(f"http://localhost:{self.gate_port}\n", "ascii")
        for child in self.children[:2]:
            child.start()
        self._wait_for(self.children[1], self.port)
        self._wait_for(self.children[0], self.gate_port)
        self.children[2].start()
        (self.installation.run_dir / "address").write_text(self.address + "\n", "ascii")

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://{LOOPBACK}:{self.port}/"

    @property
    def gate_address(self) -> str:
        """Where visitors check in."""
        return f"{self.installation.gate_address}/C/"

    def keep(self) -> None:
        """Keep everything up until a signal comes."""
        while True:
            with contextlib.suppress(Unavailable):  # the log says why; the next look tries again
                self._tend_below()
            for child in self.children:
                child.tend()
            time.sleep(LOOK_SECONDS)

    def _tend_below(self) -> None:
        """Start again what below the pages was killed. Raises Unavailable."""
        if self.installation.database_url is None and not postgres.is_kept(self.installation):
            postgres.start(self.installation)
        if self.installation.keyservice_url is None and not keyservice.is_running(self.installation.keyservice):
            keyservice.start(self.installation.keyservice).wait()

    def stop(self) -> None:
        """Stop gate, pages, then worker."""
        for child in self.children:
            child.stop()
        (self.installation.run_dir / "address").unlink(missing_ok=True)

    def _wait_for(self, child: Child, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(port):
            if not child.is_alive() or time.monotonic() > deadline:
                what = N_("The gate did not start.") if child.name == "gate" else N_("The pages did not start.")
                log = f"log/{child.name}.log"
                raise Unavailable(what, remedy=N_("See %(log)s in the installation's directory."), log=log)
            time.sleep(0.1)


def is_ready(port: int) -> bool:
    """Whether /healthz answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def running_address(installation: Installation) -> str:
    """The address of the running installation, or empty."""
    try:
        return (installation.run_dir / "address").read_text("ascii").strip()
    except FileNotFoundError:
        return ""


def free_port(wanted: int) -> int:
    """The wanted port if free, raising Unavailable if not; for 0 the usual one or the next free after it."""
    tried = range(USUAL_PORT, USUAL_PORT + PORTS_TRIED) if wanted == 0 else [wanted]
    for port in tried:
        if _is_free(port):
            return port
    raise Unavailable(N_("Port %(port)s is in use."), remedy=N_("Choose another one with --port."), port=wanted)


def free_ports(wanted: int, wanted_gate: int) -> tuple[int, int]:
    """Ports of pages and gate: the wanted ones if free, raising Unavailable if not; for 0 the usual one of the pages or
    the next free after it, and the one after that of the pages or the next free after it.
    """
    port = free_port(wanted)
    if wanted_gate:
        return port, free_port(wanted_gate)
    return port, next((after for after in range(port + 1, port + PORTS_TRIED) if _is_free(after)), port + 1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def wait_until_stopped(installation: Installation) -> bool:
    """Wait for what was let go to be down, key service and embedded servers; False if others still use it."""
    deadline = time.monotonic() + READY_SECONDS
    while is_up(installation) and time.monotonic() < deadline:
        if not _is_ending(installation):
            return False
        time.sleep(0.05)
    return not is_up(installation)


def is_up(installation: Installation) -> bool:
    """Whether the key service or an embedded server of this installation lives."""
    home = installation.keyservice
    kept = keyservice.is_running(home) or postgres.is_kept(home)
    return kept or (installation.database_url is None and postgres.is_kept(installation))


def _is_ending(installation: Installation) -> bool:
    """Whether nobody uses it any more: the users' lock is then the keeper's alone, or free for a moment."""
    with locks.opened(installation, "users.lock") as users:
        return not users.take(whole=False, wait=False) or users.take(whole=True, wait=False)
