"""Filling the projections with a city for measurements, by set-based SQL as role engine; no ledger stands behind it.

A city of 6 counties, 72 townships, 1,008 communities, 2,016 grids; one loop for every fourth person, 20 duties a loop.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from epiloop.project.home import Installation
from epiloop.store import replay
from epiloop.store.tables import TABLES

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 7, 18, 21, 40, tzinfo=ZONE)
"""The asking instant: an evening, within an hour."""
CITY, COUNTY = 4502000000000000, 4502260000000000
STEPS = (
    "prepare", "divisions", "country", "people", "outside", "loops", "duties", "stages", "statuses", "escalations",
    "cases", "evidence", "rosters",
)  # fmt: skip


CONNECTIONS = 2
"""That make indexes at the same time."""


@dataclass(frozen=True)
class Size:
    """How many people, and how many divisions of a country to search in; duties are five times the people."""

    people: int
    divisions: int

    @property
    def loops(self) -> int:
        """One loop for every fourth person."""
        return self.people // 4


SIZES = {"small": Size(3_000, 3_000), "full": Size(1_000_000, 665_000)}


def fill(installation: Installation, size: Size, say: Callable[[str], None]) -> float:
    """Empty the projections and fill them, saying each step; seconds it took."""
    started = time.perf_counter()
    words = {"people": size.people, "loops": size.loops, "spread": 4, "at": AT, "divisions": size.divisions}
    with psycopg.connect(installation.dsn("engine")) as engine:
        engine.execute("set maintenance_work_mem = '512MB'")
        engine.execute("set synchronous_commit = off")
        replay.empty(engine)
        for n, step in enumerate(STEPS, start=1):
            say(f"filling, {n} of {len(STEPS)}: {step}, after {time.perf_counter() - started:.0f} s")
            _run(engine, step, words)
    say(f"indexes, after {time.perf_counter() - started:.0f} s")
    replay.finish(installation.dsn("engine"), CONNECTIONS)
    say(f"counting, after {time.perf_counter() - started:.0f} s")
    with psycopg.connect(installation.dsn("engine")) as engine:
        replay.count_all(engine)
    with psycopg.connect(installation.dsn("engine"), autocommit=True) as engine:
        for table in (*(table.name for table in TABLES.values()), "tally", "tally_delta"):
            engine.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)))
    return time.perf_counter() - started


def _run(engine: psycopg.Connection[tuple[object, ...]], step: str, words: dict[str, object]) -> None:
    for statement in _statements()[step].split(";"):
        if statement.strip():
            # the values are numbers and an instant of our own: plain text, so that temporary tables can be made of them
            engine.execute(psycopg.ClientCursor(engine).mogrify(statement, words))


def _statements() -> dict[str, str]:
    parts = Path(__file__).with_name("filling.sql").read_text("utf-8").split("-- name: ")[1:]
    return {part.split("\n", 1)[0].strip(): part.split("\n", 1)[1] for part in parts}
