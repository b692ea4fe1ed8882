"""Contact search: how long it takes to find everybody who shared place and time with K cases.

    uv run python benchmarks/trace.py [--size small|county|city] [--only segments] [--json]

A made-up town checks in once a day per person. The same question is put to segments mapped from files (`exposure`),
open and sealed, to a plain PostgreSQL table with two indexes and, where it is installed, to DuckDB; all must give the
same pairs with the same points. Cold: the files evicted from memory, the server restarted. Warm: the best of the next
three. The window of each case is all days. CPU is that of this process, with taking the answer apart: what to compare
on a busy machine. PostgreSQL computes in processes of its own.
"""  # noqa: A005  # `epiloop bench trace` is what it is called

import argparse
import importlib.util
import json
import mmap
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

import plain
import sealed_days
from epiloop.exposure import Columns, Day, OpenDay, Traced, decode, encode, trace
from plain import Answer, Engine
from town import TERMS, Town

SIZES = {"small": Town(20_000, 3), "county": Town(400_000, 14), "city": Town(5_000_000, 14)}
CASES = {"small": (1, 10, 100), "county": (1, 10, 100, 1000), "city": (1, 10, 100, 1000)}


@dataclass
class Segments:
    """A file for each day, mapped read-only."""

    folder: Path
    days: Sequence[Day] = ()
    name: str = "segments"

    def load(self, days: Iterator[Columns]) -> None:
        """Write the files."""
        for number, day in enumerate(days):
            (self.folder / f"{number:02}").write_bytes(encode(day))

    def open(self) -> None:
        """Map the files anew, evicted."""
        self.days = ()
        plain.evict(self.folder)
        self.days = [OpenDay(decode(memoryview(_mapped(path)))) for path in sorted(self.folder.iterdir())]

    def trace(self, cases: Sequence[Traced]) -> tuple[float, Answer]:
        """See `Engine`."""
        started = time.perf_counter()
        found = trace(self.days, cases, TERMS).first.pairs
        taken = 1000 * (time.perf_counter() - started)
        pairs = zip(found.source.tolist(), found.person.tolist(), found.points.tolist(), strict=True)
        return taken, {(source, person): points for source, person, points in pairs}

    def size(self) -> int:
        """The files."""
        return plain.bytes_below(self.folder)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def segments(days: Iterator[Columns]) -> Iterator[Segments]:
    """Files of segments, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as place:
        engine = Segments(Path(place))
        engine.load(days)
        yield engine
        engine.days = ()


@dataclass
class Sealed(Segments):
    """The same with the tokens and sealed rows of a keeper of keys."""

    name: str = "sealed"

    def load(self, days: Iterator[Columns]) -> None:
        """Write the files."""
        for number, day in enumerate(days):
            (self.folder / f"{number:02}").write_bytes(sealed_days.sealed(day, _key(number)))

    def open(self) -> None:
        """Map the files anew, evicted."""
        self.days = ()
        plain.evict(self.folder)
        blocks = [memoryview(_mapped(path)) for path in sorted(self.folder.iterdir())]
        self.days = [sealed_days.opened(block, _key(number)) for number, block in enumerate(blocks)]


def _key(number: int) -> bytes:
    return number.to_bytes(16, "big")


@contextmanager
def sealed(days: Iterator[Columns]) -> Iterator[Sealed]:
    """Files of sealed segments, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as place:
        engine = Sealed(Path(place))
        engine.load(days)
        yield engine
        engine.days = ()


Made = Callable[[Iterator[Columns]], AbstractContextManager[Engine]]
ENGINES: dict[str, Made] = {"segments": segments, "sealed": sealed, "postgresql": plain.postgres, "duckdb": plain.duck}


def cases(town: Town, count: int) -> list[Traced]:
    """So many cases with windows over all days."""
    days = [town.visits(number) for number in (0, town.days - 1)]
    since, until = int(days[0].entered.min()), int(days[-1].left.max())
    return [Traced(person, since, until) for person in town.cases(count)]


def again(engine: Engine, asked: Sequence[Traced]) -> tuple[float, float]:
    """Milliseconds that the next answer takes, and those that this process computes for it."""
    started = time.process_time()
    taken = engine.trace(asked)[0]
    return taken, 1000 * (time.process_time() - started)


def measure(make: Made, town: Town, counts: Sequence[int], known: dict[int, Answer]) -> Iterator[dict[str, Any]]:
    """One engine, for each number of cases. The first engine's answers are what the others must give."""
    started = time.perf_counter()
    with make(town.segments()) as engine:
        loaded = time.perf_counter() - started
        for count in counts:
            engine.open()
            asked = cases(town, count)
            cold, found = engine.trace(asked)
            warm, busy = (min(times) for times in zip(*(again(engine, asked) for _ in range(3)), strict=True))
            assert known.setdefault(count, found) == found, f"{engine.name} gives another answer for {count} cases"
            yield {
                "engine": engine.name,
                "people": town.people,
                "days": town.days,
                "load_s": round(loaded, 1),
                "megabytes": round(engine.size() / 1e6),
                "cases": count,
                "pairs": len(found),
                "cold_ms": round(cold, 1),
                "warm_ms": round(warm, 1),
                "cpu_ms": round(busy, 1),
            }


def run(size: str = "small", only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """All lines of a size, as JSON-ready rows."""
    there = [name for name in ENGINES if name != "duckdb" or importlib.util.find_spec("duckdb")]
    chosen = [name for name in there if name in (only or there)]
    lines, known = list[dict[str, Any]](), dict[int, Answer]()
    for name in chosen:
        for line in measure(ENGINES[name], SIZES[size], CASES[size], known):
            print(line, file=sys.stderr)  # an interrupted run has shown something
            lines.append(line)
    return lines


def main() -> None:
    """Print the table, or one JSON value."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--size", choices=SIZES, default="small")
    ask.add_argument("--only", choices=ENGINES, action="append", default=[])
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    lines = run(given.size, given.only)
    if given.json:
        print(json.dumps(lines))
        return
    for line in [dict(zip(lines[0], lines[0], strict=True)), *lines]:
        print("  ".join(str(value).rjust(10) for value in line.values()))


if __name__ == "__main__":
    main()
