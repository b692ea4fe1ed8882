"""Must show (issue 2): kill -9 of the server, the worker and PostgreSQL while programs write through the server: what
it acknowledged is there, once; what it did not is sent again with the same key and is there once too; `verify` passes.

EPILOOP_PROOF_KILLS sets how many kills (6), EPILOOP_PROOF_SEED which ones (1).
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.installations import prepared
from tests.project.running import SERVERS, Up, free_port, kill_server, start, wait_for
from tests.proofs.conftest import book

from epiloop.core.jurisdictions import code
from epiloop.project import postgres
from epiloop.project.wiring import running
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.verifying import verify

KILLS = int(os.environ.get("EPILOOP_PROOF_KILLS", "6"))
SEED = int(os.environ.get("EPILOOP_PROOF_SEED", "1"))
PROGRAMS = 3
CHILDREN = {"server": "serve", "worker": "worker"}
VICTIMS = (*CHILDREN, *SERVERS)
HERE = "450226001001"


@dataclass
class Program:
    """Registers one person after the other through the server, each until it is acknowledged."""

    number: int
    up: Up
    token: str
    receipts: dict[str, str] = field(default_factory=dict)
    repeated: int = 0

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            key = f"program-{self.number}-{len(self.receipts)}"
            answer = self.insist(key)
            self.receipts[key] = answer["person"]
            self.repeated += answer["repeated"]

    def insist(self, key: str) -> dict[str, str]:
        """Send the request until it is acknowledged."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                return self.send(key)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
        raise AssertionError("nothing was acknowledged for two minutes")

    def send(self, key: str) -> dict[str, str]:
        connection = http.client.HTTPConnection(urlsplit(self.up.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        wanted = {"sex": "female", "birth_year": 1970, "stay": HERE, "residence": HERE, "outside": [["proof", key]]}
        try:
            connection.request("POST", "/api/v1/people", json.dumps(wanted), headers)
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        assert answer.status < 400 or answer.status >= 500, said
        if answer.status != 200:
            raise ValueError(answer.status)
        return json.loads(said)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """A running installation with the national rules and a writing account."""
    # While a server is killed and started again nobody may take its port, as `epiloop up` of another test might.
    installation = prepared(tmp_path / "home", port=free_port(), gate_port=free_port())
    up = start(installation)
    yield up
    if up.process.poll() is None:
        up.stop()
    wait_for(lambda: not postgres.is_kept(installation), "PostgreSQL to stop")


def token(up: Up) -> str:
    environment = {**os.environ, "EPILOOP_HOME": str(up.installation.home)}
    asked = [sys.executable, "-m", "tests.proofs.token_for", "program-1", "registrar"]
    return subprocess.run(asked, env=environment, check=True, capture_output=True, text=True).stdout


def kill(up: Up, victim: str) -> None:
    """End it with all its children, as a power cut would."""
    if victim in SERVERS:
        kill_server(up.installation, victim)
        return
    for pid in up.children():
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            if CHILDREN[victim] in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
                os.killpg(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_the_server_acknowledged_survives_any_kill_and_stands_once(up: Up) -> None:
    chance = random.Random(SEED)
    made = running(up.installation)
    adopt(made.parts, Asked("test", "rule-keeping", "cn"), book("cn"), jurisdiction=code("45"))
    stop, given = threading.Event(), token(up)
    programs = [Program(n, up, given) for n in range(PROGRAMS)]
    threads = [threading.Thread(target=program.work, args=[stop], daemon=True) for program in programs]
    for thread in threads:
        thread.start()
    victims = [*VICTIMS, *(chance.choice(VICTIMS) for _ in range(KILLS - len(VICTIMS)))]
    for victim in victims:
        before = sum(len(program.receipts) for program in programs)
        wait_for(lambda seen=before: sum(len(p.receipts) for p in programs) > seen + 20, "something acknowledged")
        time.sleep(chance.uniform(0, 1))
        kill(up, victim)
    before = sum(len(program.receipts) for program in programs)
    wait_for(lambda: sum(len(program.receipts) for program in programs) > before + 20, "work after the last kill")
    stop.set()
    for thread in threads:
        thread.join(130)
    acknowledged = {key: person for program in programs for key, person in program.receipts.items()}
    check(up, acknowledged)
    made.parts.pool.close()
    made.readers.close()


def check(up: Up, acknowledged: dict[str, str]) -> None:
    """Each acknowledged registration is there under the id that was told, once; and nothing else is."""
    with psycopg.connect(up.installation.dsn("engine")) as engine:
        people = dict(engine.execute("select outside, subject::text from outside_id where system = 'proof'").fetchall())
        doubled = engine.execute("select count(*) - count(distinct key) from act").fetchone()
        registered = engine.execute("select count(*) from event where kind = 'person-registered'").fetchone()
    with psycopg.connect(up.installation.dsn("engine")) as engine:
        report = verify(engine)
    assert people == acknowledged
    assert doubled == (0,)
    assert registered == (len(acknowledged),)
    assert report.broken == []
