"""The vault's upkeep: once a night, as an act that stands in the audit; caught up with after a night off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from zoneinfo import ZoneInfo

import psycopg
import pytest
from tests.project.running import PATIENCE, wait_for
from tests.runtime.conftest import Clock

from epiloop.cli._working import each_minute
from epiloop.project.home import Installation
from epiloop.project.wiring import running
from epiloop.runtime import present
from epiloop.runtime.parts import Parts
from epiloop.runtime.upkeep import each_night

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 7, day, hour, minute, tzinfo=ZONE)


class Work:
    """Counts how often it was done."""

    times = 0

    def __call__(self) -> None:
        self.times += 1


def acts(parts: Parts) -> list[str]:
    with parts.pool.connection() as connection:
        return [row[0] for row in connection.execute("select key from act where actor = 'upkeep' order by key")]


NIGHTS = [
    ("at half past two it is still the night before", [at(4, 4), at(5, 2, 30)], 1),
    ("from three on it is the next", [at(4, 4), at(5, 2, 59), at(5, 3), at(5, 3, 1), at(5, 23)], 2),
    ("after nights off once, in the morning", [at(4, 4), at(9, 8), at(9, 9)], 2),
]


@pytest.mark.parametrize(("what", "looks", "times"), NIGHTS)
def test_the_upkeep_is_done_once_a_night(
    parts: Parts, clock: Clock, what: str, looks: list[datetime], times: int
) -> None:
    work = Work()
    for instant in looks:
        clock.at = instant
        each_night(parts, work)
    assert work.times == times, what
    assert len(acts(parts)) == times


def test_the_upkeep_stands_in_the_audit_of_the_whole_installation(parts: Parts, clock: Clock) -> None:
    clock.at = at(4, 4)
    assert each_night(parts, Work())
    with parts.pool.connection() as connection:
        found = connection.execute("select actor, purpose, jurisdiction, subjects, events, at from audit").fetchall()
    assert found == [("upkeep", "register-keeping", 0, 0, 0, clock.at)]
    assert acts(parts) == ["upkeep:2022-07-04"]


def test_what_was_broken_off_is_done_again(parts: Parts, clock: Clock) -> None:
    clock.at = at(4, 4)

    def broken() -> None:
        raise psycopg.OperationalError("gone")

    with pytest.raises(psycopg.OperationalError):
        each_night(parts, broken)
    assert acts(parts) == []
    assert each_night(parts, Work())


def test_two_workers_do_it_once(parts: Parts, clock: Clock) -> None:
    clock.at = at(4, 4)
    begun, go_on = Event(), Event()

    def slow() -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(each_night, parts, slow)
        assert begun.wait(PATIENCE)
        assert not each_night(parts, Work())
        go_on.set()
        assert first.result()


def test_the_worker_does_it_on_the_vault_itself(clean: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    made = running(clean)
    monkeypatch.setattr(present, "running", lambda: made)
    with psycopg.connect(clean.dsn("vault")) as vault:
        before = vault.execute("select pg_relation_filenode('identity')").fetchone()
    each_minute(made.parts, Event())
    wait_for(lambda: acts(made.parts), "the upkeep")
    with psycopg.connect(clean.dsn("vault")) as vault:
        assert vault.execute("select pg_relation_filenode('identity')").fetchone() != before, "written anew"
    made.parts.pool.close()
    made.readers.close()
