"""Starting an installation as people do, as a process, looking at what runs, and killing it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from epiloop.core.errors import Unavailable
from epiloop.project import postgres
from epiloop.project.home import Installation, installation_at
from epiloop.project.keyservice import holding as keyservice
from epiloop.project.supervisor import running_address

PATIENCE = 180
"""Seconds; a shared machine can be very slow, and a test that waits too little says nothing."""

SERVERS = {
    "postgres": "postgres/data/postmaster.pid",
    "vault": "keyservice/postgres/data/postmaster.pid",
    "keyservice": "keyservice/run/keyservice.pid",
}
"""Where in an installation the number of each server's process stands."""

_ports = count(20_000 + os.getpid() * 101 % 10_000)
"""Below those that systems give to whoever connects, and elsewhere in each process of tests."""


@dataclass
class Up:
    """A running `epiloop up`."""

    installation: Installation
    process: "subprocess.Popen[bytes]"

    @property
    def address(self) -> str:
        return running_address(self.installation)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def below(self) -> list[int]:
        """The processes below the pages: both servers and the key service."""
        return [pid for pid in (server_pid(self.installation, name) for name in SERVERS) if pid]

    def children(self) -> list[int]:
        return children(self.process.pid)


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.1)


def free_port() -> int:
    """A port for a server of a test: given once only, so that nobody has it when the server comes, or comes again."""
    for port in _ports:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no end of numbers")


def children(pid: int) -> list[int]:
    said = subprocess.run(["ps", "axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in said.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def server_pid(installation: Installation, name: str) -> int:
    """The process of a server (see SERVERS); 0 while there is none."""
    with suppress(FileNotFoundError, IndexError):
        pid = int((installation.home / SERVERS[name]).read_text().split()[0])
        return pid if is_alive(pid) else 0
    return 0


def kill_server(installation: Installation, name: str) -> None:
    """kill -9 of a server that runs, or is just being started; whoever worked for it has ended, too, afterwards."""
    pid = 0

    def runs() -> bool:
        nonlocal pid
        pid = server_pid(installation, name)
        return pid > 0

    wait_for(runs, f"{name} to run")
    family = [pid, *children(pid)]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, family)), f"the end of {name}")


def start_servers(installation: Installation) -> None:
    """Start again what of the servers does not run, as the supervisor does: what fails is tried once more."""

    def tried() -> bool:
        with suppress(Unavailable):  # its keeper was about to end
            postgres.start(installation)
            keyservice.start(installation.keyservice).wait()
            return True
        return False

    wait_for(tried, "the servers to start")


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie, which only its parent can bury, does not."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(said.strip()) and not said.strip().startswith("Z")


def zone_at_noon() -> str:
    """A time zone in which it is about noon: a visit that goes on after midnight is kept with both of its days."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # the other way round, as POSIX has it


def laid_out(home: Path, **settings: object) -> Installation:
    quick = {"postgres__fsync": "off", "postgres__shared_buffers": "64MB"}
    return installation_at(home).lay_out(**{"keyservice_seconds": 60, **quick, **settings})


def start(installation: Installation, environment: Mapping[str, str] = {}, **options: object) -> Up:
    output = (installation.log_dir / "supervisor.log").open("wb")
    with output:
        process = subprocess.Popen(
            [sys.executable, "-m", "epiloop", "up"],
            env={**os.environ, "EPILOOP_HOME": str(installation.home), **environment},
            stdout=output,
            stderr=output,
            **options,  # type: ignore[arg-type]
        )
    up = Up(installation, process)
    wait_for(lambda: up.address or process.poll() is not None, "the pages")
    assert up.address, (installation.log_dir / "supervisor.log").read_text()
    return up
