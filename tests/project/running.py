"""Starting an installation as people do, as a process, and looking at what runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from epiloop.project.home import Installation, installation_at
from epiloop.project.supervisor import running_address

PATIENCE = 180
"""Seconds; a shared machine can be very slow, and a test that waits too little says nothing."""


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

    def server_pid(self) -> int:
        return int((self.installation.postgres_dir / "data" / "postmaster.pid").read_text().split()[0])

    def keyservice_pid(self) -> int:
        return int((self.installation.keyservice.run_dir / "keyservice.pid").read_text())

    def vault_pid(self) -> int:
        return int((self.installation.keyservice.postgres_dir / "data" / "postmaster.pid").read_text().split()[0])

    def below(self) -> list[int]:
        """The processes below the pages: both servers and the key service."""
        return [self.server_pid(), self.vault_pid(), self.keyservice_pid()]

    def children(self) -> list[int]:
        said = subprocess.run(["ps", "axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in said.splitlines()]
        return [pid for pid, parent in pairs if parent == self.process.pid]


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie, which only its parent can bury, does not."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(said.strip()) and not said.strip().startswith("Z")


def laid_out(home: Path, **settings: object) -> Installation:
    return installation_at(home).lay_out(postgres__fsync="off", postgres__shared_buffers="64MB", **settings)


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
