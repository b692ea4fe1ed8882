"""A rebuild that is killed anywhere can be seen, and the next one makes everything whole again."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
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
    """Start a rebuild in a process of its own, and kill it once it has emptied the projections."""
    started = subprocess.Popen([sys.executable, "-c", REBUILD, dsn])
    while not is_broken_off(dsn):
        assert started.poll() is None, "it was done before it could be killed"
        time.sleep(0.002)
    started.kill()
    started.wait()


def again(dsn: str) -> None:
    """The server needs a moment to notice that a program that was connected is no more."""
    for _ in range(100):
        try:
            rebuild(dsn, processes=1)
            return
        except Conflict:
            time.sleep(0.1)
    raise AssertionError("the killed rebuild still stands in the way")


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
