"""A rebuild that is killed anywhere can be seen, and the next one makes everything whole again."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from tests.project.running import wait_for
from tests.proofs import busy
from tests.proofs.test_rebuild import broken, clean_indexes, dump
from tests.runtime.conftest import Clock

from epiloop.core.errors import Conflict
from epiloop.project.home import Installation
from epiloop.runtime.clock import keep_books
from epiloop.runtime.parts import Parts
from epiloop.runtime.rebuilding import is_broken_off, rebuild
from epiloop.store import replay

REBUILD = "import sys; from epiloop.runtime.rebuilding import rebuild; rebuild(sys.argv[1], processes=1)"


def kill_in_the_middle(dsn: str) -> None:
    """Start a rebuild in a process of its own, and kill it once it has emptied the projections.

    On a busy machine one may be done before it is looked at again; then the next one is killed.
    """
    for _ in range(20):
        started = subprocess.Popen([sys.executable, "-c", REBUILD, dsn])
        while started.poll() is None:
            if is_broken_off(dsn):
                started.kill()
                started.wait()
                return
            time.sleep(0.002)
    raise AssertionError("each was done before it could be killed")


def again(dsn: str) -> None:
    """The server needs a moment to notice that a program that was connected is no more."""

    def done() -> bool:
        with suppress(Conflict):
            rebuild(dsn, processes=1)
            return True
        return False

    wait_for(done, "the killed rebuild to be out of the way")


@pytest.mark.slow
def test_a_killed_rebuild_is_visible_and_the_next_one_gives_the_same_rows_and_indexes(
    clean: Installation, lawful: Parts, clock: Clock, tmp_path: Path
) -> None:
    busy.make(lawful, clock, tmp_path, cases=20)
    keep_books(lawful)
    before = dump(lawful)
    with clean_indexes(clean) as names:
        indexes = names
    for _ in range(2):  # the second time there are no indexes left whose definitions could be noted
        kill_in_the_middle(clean.dsn("engine"))
        assert any("rebuild" in line for line in broken(lawful))
    again(clean.dsn("engine"))
    keep_books(lawful)
    assert dump(lawful) == before
    assert broken(lawful) == []
    with clean_indexes(clean) as names:
        assert names == indexes


def test_two_rebuilds_do_not_run_at_once(clean: Installation) -> None:
    dsn = clean.dsn("engine")
    with psycopg.connect(dsn, autocommit=True) as other:
        replay.take_part(other)
        with pytest.raises(Conflict):
            rebuild(dsn, processes=1)
        assert not is_broken_off(dsn)
    again(dsn)
