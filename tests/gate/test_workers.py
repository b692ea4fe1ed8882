"""A gate of two processes: each seals under keys of its own, both take a batch once, and no process stays behind."""

import os
import signal
import subprocess
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from tests.checkins import keeping
from tests.gate.asking import Door, Phone
from tests.gate.conftest import started
from tests.project.running import PATIENCE, children, free_port, is_alive, wait_for

from epiloop.project.home import Installation
from epiloop.store import inbox as stored


@pytest.fixture
def gate(clean: Installation) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    port = free_port()
    process = started(clean, port, workers=2)
    try:
        wait_for(lambda: Phone(port).is_up() or process.poll() is not None, "the gate")
        yield port, process
    finally:
        process.kill()
        process.wait()


def test_two_workers_share_what_comes_and_one_that_is_killed_comes_back(gate, door: Door, live, days):
    port, process = gate
    phone = Phone(port, door)
    came = phone.came(UUID(int=7))

    def sealed_under() -> set[bytes]:
        assert phone.send(phone.came()).status == 200
        assert phone.send(came, batch=UUID(int=1)).status == 200
        with live.parts.pool.connection() as connection:
            return {block.keys for block in stored.some(connection)}

    wait_for(lambda: len(children(process.pid)) == 2, "both workers")
    wait_for(lambda: len(sealed_under()) >= 2, "both workers to seal")  # more when the hour ends meanwhile
    with live.parts.pool.connection() as connection:
        assert [one.visit for one in keeping.opened(connection, days)].count(UUID(int=7).bytes) == 1
    victim, other = children(process.pid)
    before = sealed_under()
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: len(set(children(process.pid)) - {victim}) == 2, "another worker")
    wait_for(lambda: sealed_under() > before, "a key of its own")
    assert phone.send(phone.came(uuid4())).status == 200
    every = children(process.pid)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert other in every
    assert not any(map(is_alive, every))
