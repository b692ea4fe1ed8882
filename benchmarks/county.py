"""How fast the synthetic county is made, and how much memory that takes.

Each line runs in a process of its own, so that its peak memory is its own. The answers are checked, not the clock:
the right number of people, each with a document number of its own; a history in order of time.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

SIZES = {"small": (10_000, 100_000), "full": (10_000, 100_000, 1_000_000, 5_000_000)}
AT = date(2022, 7, 18)
SEED = 1


@dataclass(frozen=True)
class Line:
    """One measurement: what was made for how many people, in how long; peak memory of the process in megabytes."""

    what: str
    people: int
    seconds: float
    rows: int
    rows_per_second: int
    megabytes: int


def people(size: int) -> int:
    """Everybody with names and numbers, chunk by chunk, none kept."""
    from epiloop.project.demonstration import county, generate

    rows = 0
    for chunk in generate(county(size, SEED, AT)):
        assert len(set(chunk.documents.tolist())) == len(chunk)
        rows += len(chunk)
    assert rows == size
    return rows


def history(size: int) -> int:
    """Everybody's columns and the history of twenty days."""
    from epiloop.project.demonstration import county, history
    from epiloop.project.demonstration.population import frames

    place = county(size, SEED, AT)
    past = history(place, frames(place))
    instants = [record.occurred_at for record in past.records]
    assert instants == sorted(instants)
    assert instants[-1] <= past.until
    return len(past.records)


def roster(size: int) -> int:
    """The shifts of four weeks of every post."""
    from epiloop.project.demonstration import county, roster

    return sum(1 for _ in roster(county(size, SEED, AT)).shifts())


def itineraries(size: int) -> int:
    """One day of at most twenty thousand people."""
    from epiloop.project.demonstration import county, visits
    from epiloop.project.demonstration.population import frames

    place = county(size, SEED, AT)
    return sum(1 for _ in visits(place, frames(place), AT, people=range(min(size, 20_000))))


WORKS: dict[str, Callable[[int], int]] = {
    "people": people,
    "history": history,
    "roster": roster,
    "itineraries": itineraries,
}


def measure(what: str, size: int) -> Line:
    """Do one work here and now."""
    started = time.perf_counter()
    rows = WORKS[what](size)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak // (1_048_576 if sys.platform == "darwin" else 1_024)
    return Line(what, size, round(seconds, 2), rows, round(rows / seconds), megabytes)


def apart(what: str, size: int) -> Line:
    """Do one work in a process of its own."""
    command = [sys.executable, __file__, "--one", what, str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Line(**json.loads(done.stdout))


def run(size: str = "small") -> list[dict[str, object]]:
    """All lines of a size, as JSON-ready rows."""
    return [asdict(apart(what, number)) for number in SIZES[size] for what in WORKS]


def show(lines: list[dict[str, object]]) -> str:
    """The lines as a table."""
    head = ("what", "people", "seconds", "rows", "rows_per_second", "megabytes")
    rows = [head, *(tuple(f"{line[name]:,}" if name != "what" else str(line[name]) for name in head) for line in lines)]
    return "\n".join("  ".join(cell.rjust(15) for cell in row) for row in rows)


def main() -> None:
    """Print the table, or one JSON value."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output and nothing else")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "PEOPLE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(asdict(measure(options.one[0], int(options.one[1])))))
        return
    lines = run(options.size)
    print(json.dumps(lines) if options.json else show(lines))


if __name__ == "__main__":
    main()
