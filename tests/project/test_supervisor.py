"""`epiloop up`: everything comes up, is kept up, and goes down with whoever started it."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest
from tests.project.running import Up, is_alive, start, wait_for

from epiloop.project.home import Installation
from epiloop.project.keyservice.holding import client
from epiloop.project.postgres import answers
from epiloop.project.supervisor import free_port, is_ready, is_up

pytestmark = pytest.mark.slow


def ready(up: Up) -> bool:
    return is_ready(int(up.address.rstrip("/").rsplit(":", 1)[1]))


def test_a_second_supervisor_of_one_installation_is_refused(up: Up):
    environment = {**os.environ, "EPILOOP_HOME": str(up.installation.home), "LANG": "C.UTF-8"}
    second = subprocess.run(
        [sys.executable, "-m", "epiloop", "up"], env=environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 5
    assert up.address in second.stderr
    assert ready(up)


def test_two_installations_stand_side_by_side(up: Up, place: Callable[[str], Installation]):
    other = start(place("other"))
    assert other.address != up.address
    assert ready(up)
    assert ready(other)
    assert other.stop() == 0
    assert ready(up)


def test_a_port_in_use_is_not_taken(up: Up):
    taken = int(up.address.rstrip("/").rsplit(":", 1)[1])
    assert free_port(0) != taken


def test_it_serves_and_sigterm_stops_everything(up: Up):
    for address in (up.address, f"{up.installation.gate_address}/"):
        with urllib.request.urlopen(f"{address}healthz") as answer:
            assert answer.read() == b"ok\n"
    processes = [*up.children(), *up.below()]
    assert up.stop() == 0
    assert not [pid for pid in processes if is_alive(pid)]
    assert not is_up(up.installation)
    assert not (up.installation.postgres_dir / "data" / "postmaster.pid").exists()


def test_ctrl_c_stops_everything_too(up: Up):
    processes = [*up.children(), *up.below()]
    assert up.stop(signal.SIGINT) == 0
    assert not [pid for pid in processes if is_alive(pid)]


def test_a_killed_supervisor_leaves_nothing_behind(up: Up):
    processes = [*up.children(), *up.below()]
    assert len(processes) >= 3
    up.process.kill()
    up.process.wait()
    wait_for(lambda: not [pid for pid in processes if is_alive(pid)], "children and server to end")


def test_killed_children_and_server_come_back(up: Up):
    killed = [*up.children(), *up.below()]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not [pid for pid in killed if is_alive(pid)], "the killed to be gone")
    wait_for(lambda: answers(up.installation) and ready(up), "pages and server to come back")
    wait_for(client(up.installation).answers, "the key service to come back")
    assert up.stop() == 0
