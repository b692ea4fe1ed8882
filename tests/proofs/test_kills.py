"""Must show (issue 2): kill -9 of the importer, the worker (the deadline clock) and PostgreSQL at random during an
import: nothing acknowledged is lost, nothing is doubled, `verify` passes; no deadline is acted on twice or missed.

EPILOOP_PROOF_KILLS sets how many kills (6), EPILOOP_PROOF_SEED which ones (1), EPILOOP_PROOF_ROWS the size (1500).
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.installations import prepared
from tests.project.running import PATIENCE, SERVERS, kill_server, start_servers, wait_for
from tests.proofs import line_list
from tests.proofs.conftest import book
from tests.proofs.test_clock import climbed, reached

from epiloop.core.jurisdictions import code
from epiloop.project.holding import hold
from epiloop.project.home import Installation
from epiloop.project.supervisor import is_up
from epiloop.project.wiring import running, shift_clock
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.clock import catch_up
from epiloop.runtime.verifying import verify

KILLS = int(os.environ.get("EPILOOP_PROOF_KILLS", "6"))
SEED = int(os.environ.get("EPILOOP_PROOF_SEED", "1"))
ROWS = int(os.environ.get("EPILOOP_PROOF_ROWS", "1500"))
CASES = ROWS * 4 // 5
BATCH = ROWS // 25


@dataclass
class Playground:
    """An installation, and the processes that are to be killed in it."""

    installation: Installation
    folder: Path
    processes: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    acknowledged: int = 0

    def start(self, name: str, *arguments: str) -> None:
        log = (self.folder / f"{name}.log").open("a")
        said = (self.folder / f"{name}.out").open("a")
        with log, said:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments],
                env={**os.environ, "EPILOOP_HOME": str(self.installation.home)},
                stdout=said,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def keep_up(self) -> None:
        """Start what does not run: the server, the worker, the import."""
        start_servers(self.installation)
        if not self.runs("worker"):
            self.start("worker", "-m", "epiloop", "worker")
        if not self.runs("importer") and not self.finished():
            files = [str(self.folder / name) for name in ("cases.csv", "contacts.csv")]
            self.start("importer", "-m", "tests.proofs.importing", str(self.installation.home), *files, str(BATCH))

    def runs(self, name: str) -> bool:
        return name in self.processes and self.processes[name].poll() is None

    def said(self) -> list[dict[str, int]]:
        lines = (
            (self.folder / "importer.out").read_text().splitlines() if (self.folder / "importer.out").exists() else []
        )
        return [json.loads(line) for line in lines if line.endswith("}")]

    def finished(self) -> bool:
        return any("read" in words for words in self.said())

    def comes_to_an_end(self) -> bool:
        """Whether the import is done; whatever it needs is kept up until then."""
        self.keep_up()
        return self.finished()

    def kill(self, victim: str) -> None:
        if victim in ("importer", "worker"):
            if self.runs(victim):
                self.processes[victim].kill()
                self.processes[victim].wait()
            return
        kill_server(self.installation, victim)

    def check_acknowledged(self) -> None:
        """What the import was told to be done is there, right after whatever happened."""
        done = max((words.get("done", 0) for words in self.said()), default=0)
        with psycopg.connect(self.installation.dsn("engine")) as connection:
            there = connection.execute("select count(*) from person").fetchone()
        assert there is not None
        assert there[0] >= done >= self.acknowledged
        self.acknowledged = done

    def stop(self) -> None:
        for name in self.processes:
            self.kill(name)


@pytest.fixture
def playground() -> Iterator[Playground]:
    """An installation of its own, which commits for good (that of other tests does not)."""
    folder = Path(tempfile.mkdtemp(prefix="epiloop-kills-"))
    folder.chmod(0o755)
    made = prepared(folder / "home")
    shift_clock(made, datetime(2022, 7, 12, 1, tzinfo=UTC))
    rows = line_list.cases(CASES), line_list.contacts(ROWS - CASES, CASES)
    (folder / "cases.csv").write_bytes(line_list.as_csv(line_list.CASES, rows[0]))
    (folder / "contacts.csv").write_bytes(line_list.as_csv(line_list.CONTACTS, rows[1]))
    play = Playground(made, folder)
    with hold(made):
        yield play
        play.stop()
    wait_for(lambda: not is_up(made), "the end of the servers")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(made.short_dir, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kills_at_random_lose_nothing_acknowledged_and_double_nothing(playground: Playground) -> None:
    chance = random.Random(SEED)
    parts = running(playground.installation).parts
    adopt(parts, Asked("test", "rule-keeping", "cn"), book("cn"), jurisdiction=code("45"))
    playground.keep_up()
    kills: list[str] = []
    while len(kills) < KILLS and not playground.finished():
        time.sleep(chance.uniform(0.5, 4))
        kills.append(chance.choice(["importer", "worker", *SERVERS]))
        playground.kill(kills[-1])
        start_servers(playground.installation)
        playground.check_acknowledged()
        playground.keep_up()
    wait_for(playground.comes_to_an_end, "the import to end")
    playground.check_acknowledged()
    assert len(set(kills)) > 1, kills

    # The same run once more, with nobody to disturb it: the same key, the same answer, nothing new.
    playground.processes["importer"].wait(PATIENCE)
    answer = playground.said()[-1]
    assert answer == {"read": ROWS, "added": ROWS, "updated": 0, "unchanged": 0, "rejected": 0}, "killed runs included"
    (playground.folder / "importer.out").unlink()
    playground.keep_up()
    wait_for(playground.finished, "the import once more")
    playground.stop()
    assert playground.said()[-1] == answer
    check_counts(playground)
    check_deadlines(playground)


def check_counts(playground: Playground) -> None:
    """Each row of the files stands in the ledger, the projections and the vault, once."""
    contacts = ROWS - CASES
    named = sum(bool(row[1]) for row in line_list.cases(CASES)) + contacts
    wanted = {
        "select count(*) from person": ROWS,
        "select count(*) from case_record": CASES,
        "select count(*) from contact_link": contacts,
        "select count(*) from event where kind = 'case-determined'": CASES,
        "select count(*) from event where kind = 'contact-determined'": contacts,
        "select count(*) from event where kind = 'identity-recorded'": named,
        "select count(*) - count(distinct key) from act": 0,
        "select count(*) - count(distinct (stream, source_key)) from event where source_key is not null": 0,
    }
    with psycopg.connect(playground.installation.dsn("engine")) as engine:
        found = {query: engine.execute(query.encode()).fetchone() for query in wanted}
    assert found == {query: (number,) for query, number in wanted.items()}
    with psycopg.connect(playground.installation.dsn("vault")) as vault:
        assert vault.execute("select count(*) from identity").fetchone() == (named,)


def check_deadlines(playground: Playground) -> None:
    """Every rung that lateness reached was climbed, by whichever clock lived at the time, and once."""
    made = running(playground.installation)
    catch_up(made.parts)
    found = climbed(made.parts)
    with made.parts.pool.connection() as connection:
        people = [row[0] for row in connection.execute("select id from person order by id limit 400")]
        late = connection.execute("select count(*) from deadline where next_at <= %s", [made.parts.now()]).fetchone()
    with made.parts.pool.connection() as connection:
        assert verify(connection).broken == []
    assert set(found.values()) == {1}
    assert {rung for rung in found if rung[0] in set(people)} == reached(made.parts, people)
    assert late == (0,)
    made.parts.pool.close()
    made.readers.close()
