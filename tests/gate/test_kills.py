"""Must show (issue 3): kill -9 of the gate, of who collects, of PostgreSQL and of the key service under load. Every
check-in that was acknowledged is in the key service exactly once, is counted once, and was opened by nobody else.

And R30: while the key service is away check-ins are taken, and none can be read.
EPILOOP_PROOF_KILLS sets how many kills (8).
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
from tests.gate.asking import Phone
from tests.gate.conftest import door_of, started
from tests.installations import prepared
from tests.project.running import SERVERS, free_port, kill_server, start_servers, wait_for, zone_at_noon
from tests.web.stopping import hung, hurried

from epiloop.core.errors import Unavailable
from epiloop.exposure import decode
from epiloop.gateways.silence import LATELY
from epiloop.project.holding import hold
from epiloop.project.home import Installation
from epiloop.project.keyservice import daykeeping, master
from epiloop.project.supervisor import is_up
from epiloop.project.wiring import running
from epiloop.runtime.collecting import Keeper, backlog, collect, keep_days
from epiloop.runtime.parts import Parts
from keyservice import blocks
from keyservice.stored import Keeper as DayKeeper

KILLS = int(os.environ.get("EPILOOP_PROOF_KILLS", "8"))

pytestmark = pytest.mark.slow


@dataclass
class Visitors:
    """People who check in one after the other, each until they hear that it arrived."""

    phone: Phone
    acknowledged: list[UUID] = field(default_factory=list)

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            visit = uuid4()
            came = self.phone.came(visit)
            self.insist(json.dumps({"id": str(uuid4()), "said": [came, self.phone.left(came, 0.001)]}).encode())
            self.acknowledged.append(visit)

    def insist(self, body: bytes) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                answer = self.phone.ask("POST", "/C/said", body)
                assert answer.status in (200, 429, 503), answer.body  # 429: a quick machine asks too often
                if answer.status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("nothing was acknowledged for two minutes")


@dataclass
class Playground:
    """An installation with a gate and a collector, and how each of its processes is killed and comes back."""

    installation: Installation
    parts: Parts
    port: int
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str) -> None:
        home = str(self.installation.home)
        if name in SERVERS:
            start_servers(self.installation)
        elif name == "gate":
            self.processes[name] = started(self.installation, self.port, workers=2)
        else:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.gate.collecting", home], start_new_session=True
            )

    def kill(self, name: str) -> None:
        if name in SERVERS:
            kill_server(self.installation, name)
        else:
            os.killpg(self.processes[name].pid, signal.SIGKILL)
            self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    installation = prepared(tmp_path / "home", time_zone=zone_at_noon())
    with hold(installation):
        made = running(installation)
        found = Playground(installation, made.parts, free_port())
        try:
            keep_days(made.parts, cast("Keeper", made.parts.vault), now=made.parts.now())
            found.start("gate")
            yield found
        finally:
            found.stop()
            made.parts.pool.close()
            made.readers.close()
            made.parts.vault.close()  # type: ignore[attr-defined]
    wait_for(lambda: not is_up(installation), "key service and PostgreSQL to stop")


def facts(installation: Installation) -> list[tuple[bytes, int]]:
    """All messages in the files of the key service, as it opens them: visit and kind."""
    home = installation.keyservice
    every, keys = daykeeping.keeping(home, master.unlocked(home)).days()
    found: list[tuple[bytes, int]] = []
    for day, some in every.items():
        keeper, whole = DayKeeper(keys[day]), decode(blocks.merged(some))
        for at in range(len(whole)):
            said = keeper.open(blocks.row_of(whole, at, day)).said
            found.append((said.visit, said.kind))
    return found


def grows(visitors: list[Visitors]) -> Callable[[], bool]:
    """Whether each of them was acknowledged again since now."""
    before = [len(one.acknowledged) for one in visitors]
    return lambda: all(len(one.acknowledged) > count for one, count in zip(visitors, before, strict=True))


@pytest.mark.timeout(600)
def test_what_was_acknowledged_arrives_exactly_once_whatever_is_killed(playground: Playground) -> None:
    door = door_of(running(playground.installation))
    wait_for(Phone(playground.port).is_up, "the gate")
    visitors = [Visitors(Phone(playground.port, door)) for _ in range(3)]
    stop = threading.Event()
    threads = [threading.Thread(target=one.work, args=(stop,)) for one in visitors]
    for thread in threads:
        thread.start()
    playground.start("collector")
    try:
        for number in range(KILLS):
            victim = ("gate", "collector", "postgres", "keyservice")[number % 4]
            wait_for(grows(visitors), "check-ins")
            playground.kill(victim)
            if victim in ("keyservice", "collector"):
                wait_for(grows(visitors), f"check-ins without {victim}")
            if victim == "keyservice":
                assert backlog(playground.parts).rows > 0
                with pytest.raises(Unavailable):
                    collect(playground.parts, cast("Keeper", playground.parts.vault))
            playground.start(victim)
        wait_for(grows(visitors), "check-ins")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    playground.kill("collector")
    collect(playground.parts, cast("Keeper", playground.parts.vault))
    assert backlog(playground.parts).rows == 0
    acknowledged = {visit.bytes for one in visitors for visit in one.acknowledged}
    found = facts(playground.installation)
    assert len(found) == len(set(found))
    assert acknowledged <= {visit for visit, _ in found}
    assert {(visit, kind) for visit in acknowledged for kind in (1, 2)} <= set(found)
    with playground.parts.pool.connection() as connection:
        counted = connection.execute("select sum(n) from checkin_counted").fetchone()
    assert counted == (len({visit for visit, _ in found}),)
    assert len(acknowledged) > 3 * KILLS


def test_who_checks_in_while_the_key_service_hangs_notices_nothing_and_all_arrive_when_it_goes_on(
    playground: Playground,
) -> None:
    """PRIVACY R30: check-ins are taken, and the worker soon turns to other things."""
    made = running(hurried(playground.installation, 2))
    parts, keeper = made.parts, cast("Keeper", made.parts.vault)
    phone = Phone(playground.port, door_of(made))
    wait_for(phone.is_up, "the gate")
    with hung(playground.installation, "keyservice") as go_on:
        for _ in range(5):
            assert phone.send(phone.came()).status == 200
        time.sleep(LATELY)
        began = time.monotonic()
        for _ in range(10):  # handing over may take minutes; that it does not answer is known in two seconds
            with pytest.raises(Unavailable):
                collect(parts, keeper)
        assert time.monotonic() - began < 20
        assert backlog(parts).rows == 5
        go_on()
        deadline = time.monotonic() + 120
        while backlog(parts).rows:
            assert time.monotonic() < deadline
            try:
                collect(parts, keeper)
            except Unavailable:
                time.sleep(0.2)
    assert len(set(facts(playground.installation))) == 5, "and can be opened"
    made.parts.pool.close()
    made.readers.close()
    made.parts.vault.close()  # type: ignore[attr-defined]
