"""Contact search: how long it takes to find everybody who shared place and time with K cases.

    uv run python benchmarks/trace.py [--size small|county|city] [--days 14] [--only sealed] [--json]

A made-up town checks in. The same question is put to the key service's own files of sealed days (`keyservice`), opened
for it; to segments of plain visits mapped from files (`exposure`); to a plain PostgreSQL table with two indexes and,
where it is installed, to DuckDB. All must give the same pairs with the same minutes; in the small size, a county's day,
so must the reference. Cold: a new process or server that has looked at nothing, its files read through by the system
before, as the key service has it do when it starts; `ready` is what such a start takes. Warm: the best of the next
three. The window of each case is all days. CPU is that of the process that answers: what to compare on a busy machine;
PostgreSQL's is not known.
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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

import plain
import sealed_days
from epiloop.exposure import Source, Traced, Visit, decode, encode, reference, trace
from keyservice.segments import Segments as Files
from keyservice.tracing import Answer as Found
from keyservice.tracing import Case, SealedDays
from plain import Answer, Engine, Taken
from processes import Ask, Started, start
from town import KINDS, TERMS, Town

SIZES = {"small": Town(400_000, 1), "county": Town(400_000, 14), "city": Town(5_000_000, 14, active=0.5)}
CASES = {"small": (1, 10, 100), "county": (1, 10, 100, 1000), "city": (1, 10, 100, 1000)}


@dataclass
class Mapped:
    """Files below a folder, mapped by a process that is new whenever it is opened."""

    folder: Path
    name: str
    rows: int
    make: Callable[..., Ask]
    given: Sequence[Any]
    process: Started | None = None

    def open(self) -> None:
        """See `Engine`."""
        self.stop()
        plain.read_through(self.folder)
        self.process = start(self.make, *self.given)

    def trace(self, cases: Sequence[Traced]) -> Taken:
        """See `Engine`."""
        assert self.process is not None
        return self.process.ask(cases)

    def size(self) -> int:
        """The files."""
        return plain.bytes_below(self.folder)

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.stop()


def open_days(folder: Path) -> Ask:
    """Segments of plain visits."""
    days = [decode(memoryview(_mapped(path))) for path in sorted(folder.iterdir())]

    def ask(cases: Sequence[Traced]) -> Callable[[], tuple[Answer, None]]:
        found = trace(days, cases, TERMS).first
        return lambda: (_minutes(found.contacts()), None)

    return ask


def closed_days(folder: Path, town: Town) -> Ask:
    """The key service's sealed days."""
    keys = sealed_days.keys(town)
    files = Files(folder)
    files.warm(keys)

    def ask(cases: Sequence[Traced]) -> Callable[[], tuple[Answer, int]]:
        days = SealedDays(files.opened(keys), keys)
        asked = [Case((sealed_days.person(one.person),), one.since, one.until) for one in cases]
        found = days.trace(asked, TERMS, places=KINDS)
        return lambda: (_met(found), found.opened)

    return ask


def _minutes(contacts: Sequence[Any]) -> Answer:
    return {(one.source, one.person): (one.together // 60, one.after // 60) for one in contacts}


def _met(found: Found) -> Answer:
    return {(one.case or 0, sealed_days.number_of(one.person)): (one.together, one.after) for one in found.met}


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def segments(town: Town) -> Iterator[Mapped]:
    """Files of plain segments, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as place:
        folder, rows = Path(place), 0
        for number, day in enumerate(town.segments()):
            rows += (folder / f"{number:02}").write_bytes(encode(day)) and len(day)
        yield from _running(Mapped(folder, "segments", rows, open_days, (folder,)))


@contextmanager
def sealed(town: Town) -> Iterator[Mapped]:
    """Files of sealed days, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as place:
        folder = Path(place)
        rows = sealed_days.fill(town, folder)
        yield from _running(Mapped(folder, "sealed", rows, closed_days, (folder, town)))


def _running(engine: Mapped) -> Iterator[Mapped]:
    try:
        yield engine
    finally:
        engine.stop()


@dataclass
class Reference:
    """Everybody against everybody."""

    visits: list[Visit]
    name: str = "reference"

    @property
    def rows(self) -> int:
        """Visits."""
        return len(self.visits)

    def open(self) -> None:
        """Nothing to do."""

    def trace(self, cases: Sequence[Traced]) -> Taken:
        """See `Engine`."""
        started, busy = time.perf_counter(), time.process_time()
        found = reference.trace(self.visits, cases, TERMS).first
        return Taken(1000 * (time.perf_counter() - started), 1000 * (time.process_time() - busy), _minutes(found))

    def size(self) -> int:
        """Nothing."""
        return 0


@contextmanager
def slow(town: Town) -> Iterator[Engine]:
    """The reference."""
    names = ("person", "place", "kind", "entered", "left")
    yield Reference(
        [
            Visit(person, place, KINDS[kind], entered, left, Source.CHECK_IN)
            for day in town.segments()
            for person, place, kind, entered, left in zip(*(getattr(day, one).tolist() for one in names), strict=True)
        ]
    )


Made = Callable[[Town], AbstractContextManager[Engine]]
ENGINES: dict[str, Made] = {
    "reference": slow,
    "sealed": sealed,
    "segments": segments,
    "postgresql": plain.postgres,
    "duckdb": plain.duck,
}


def cases(town: Town, count: int) -> list[Traced]:
    """So many cases with windows over all days. Cases are numbered in the answers, people in the reference's."""
    days = [town.visits(number) for number in (0, town.days - 1)]
    since, until = int(days[0].entered.min()), int(days[-1].left.max())
    return [Traced(person, since, until) for person in town.cases(count)]


def measure(make: Made, town: Town, counts: Sequence[int], known: dict[int, Answer]) -> Iterator[dict[str, Any]]:
    """One engine, for each number of cases. The first engine's answers are what the others must give."""
    started = time.perf_counter()
    with make(town) as engine:
        loaded = time.perf_counter() - started
        for count in counts:
            engine.open()
            asked = cases(town, count)
            cold = engine.trace(asked)
            warm = [engine.trace(asked) for _ in range(1 if engine.name == "reference" else 3)]
            found = _by_person(cold.answer, asked, engine)
            assert known.setdefault(count, found) == found, f"{engine.name} gives another answer for {count} cases"
            busy = [one.cpu_ms for one in warm if one.cpu_ms is not None]
            yield {
                "engine": engine.name,
                "people": town.people,
                "days": town.days,
                "rows": engine.rows,
                "load_s": round(loaded, 1),
                "megabytes": round(engine.size() / 1e6),
                "bytes_a_row": round(engine.size() / max(1, engine.rows)),
                "cases": count,
                "pairs": len(found),
                "opened": cold.opened,
                "ready_ms": _rounded(getattr(getattr(engine, "process", None), "ready_ms", None)),
                "cold_ms": round(cold.ms, 1),
                "warm_ms": round(min(one.ms for one in warm), 1),
                "cpu_ms": _rounded(min(busy, default=None)),
            }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _by_person(answer: Answer, asked: Sequence[Traced], engine: Engine) -> Answer:
    """An answer by the person of each case; some engines number the cases."""
    if engine.name in ("reference", "segments"):
        return answer
    return {(asked[case].person, person): minutes for (case, person), minutes in answer.items()}


def run(size: str = "small", only: Sequence[str] = (), days: int = 0) -> list[dict[str, Any]]:
    """All lines of a size, as JSON-ready rows. `days`: so many instead of the size's own."""
    town = replace(SIZES[size], days=days or SIZES[size].days)
    there = [name for name in ENGINES if name != "duckdb" or importlib.util.find_spec("duckdb")]
    chosen = [name for name in there if (name in only if only else name != "reference" or size == "small")]
    lines, known = list[dict[str, Any]](), dict[int, Answer]()
    for name in chosen:
        for line in measure(ENGINES[name], town, CASES[size], known):
            print(line, file=sys.stderr)  # an interrupted run has shown something
            lines.append(line)
    return lines


def main() -> None:
    """Print the table, or one JSON value."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--size", choices=SIZES, default="small")
    ask.add_argument("--days", type=int, default=0)
    ask.add_argument("--only", choices=ENGINES, action="append", default=[])
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    lines = run(given.size, given.only, given.days)
    if given.json:
        print(json.dumps(lines))
        return
    for line in [dict(zip(lines[0], lines[0], strict=True)), *lines]:
        print("  ".join(str(value).rjust(10) for value in line.values()))


if __name__ == "__main__":
    main()
