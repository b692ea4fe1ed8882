"""Single acts, bulk facts, rebuild and a rule change, each through the ledger to updated projections.

    uv run python benchmarks/engine.py [--size small|medium|large|full] [--json]

Facts pass chains, sealing, rules and projections; PostgreSQL is durable. Answers are checked in every size, times only
told: the projections equal the ledger afterwards. Goals on 2 cores at full size: bulk 10,000 facts/s, rebuild of
1,000,000 people with 10 events each in 600 s, a rule change for 1,000,000 people in 180 s.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.events import Admitted, ContactDetermined, FollowedUp
from epiloop.operations.screening.events import ResultOutcome, ResultReceived, SampleTaken
from epiloop.project.home import Installation
from epiloop.project.rulebooks import read_rulebook
from epiloop.registers.people.events import PersonRegistered, Sex
from epiloop.rules.loader import load_text
from epiloop.runtime.acts import Asked, Decide, Decision, perform
from epiloop.runtime.adopting import adopt, recompute
from epiloop.runtime.parts import Parts
from epiloop.runtime.rebuilding import rebuild
from epiloop.runtime.sharing import Counter, share_out
from epiloop.runtime.verifying import verify
from installed import AT, PROVINCE, installed, machine

SIZES = {"small": 500, "medium": 20_000, "large": 200_000, "full": 1_000_000}
BATCH = 2_500
PROCESSES = 2
COMMUNITY = code("450226001001")
DAY_ZERO = datetime(2022, 6, 28, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One measurement: what, how many, seconds, per second; for single acts milliseconds at the median and the p95."""

    what: str
    count: int
    seconds: float
    per_second: float
    p50_ms: float = 0.0
    p95_ms: float = 0.0


def person(number: int) -> UUID:
    """The nth person."""
    return derived("benchmark", str(number))


def life(number: int) -> Iterator[Draft]:
    """Ten events of one person: registered, a contact, admitted, three samples with results, a follow-up."""
    stream, place = person(number), COMMUNITY + number % 500 * 10_000

    def draft(body: object, hours: float, key: str) -> Draft:
        return Draft(stream, body, DAY_ZERO + timedelta(hours=hours), place, key)  # type: ignore[arg-type]

    born = PersonRegistered(
        sex=Sex.FEMALE, birth_year=1950 + number % 60, residence=place, stay=place, birth_date=date(1990, 1, 2)
    )
    contact = ContactDetermined(
        link=f"l{number}",
        disease="covid-19",
        ring=1,
        sources=(person(0),),
        last_exposure=date(2022, 6, 28),
        place="市场",
    )
    yield draft(born, 0, "r")
    yield draft(contact, 1, "c")
    yield draft(Admitted("centralised"), 24, "a")
    for day in (1, 2, 3):
        minutes = number % 600 / 60
        yield draft(SampleTaken(f"{number}-{day}"), 24 * day + minutes, f"s{day}")
        yield draft(ResultReceived(f"{number}-{day}", ResultOutcome.NEGATIVE), 24 * day + 8 + minutes, f"n{day}")
    yield draft(FollowedUp(date(2022, 7, 1), symptoms=False, by="visit"), 75, "f")


def write(parts: Parts, numbers: Sequence[int], key: str) -> int:
    """The lives of these people as one act; how many facts."""
    drafts = [draft for number in numbers for draft in life(number)]
    decide = _decided(Decision(drafts))
    perform(parts, Asked("benchmark", "laboratory", key), {draft.stream: "person" for draft in drafts}, decide)
    return len(drafts)


def _decided(decision: Decision) -> Decide:
    return lambda _histories, _now: decision


def write_range(home: str, start: int, end: int) -> int:
    """What one process of several does of the bulk."""
    from epiloop.project.home import installation_at
    from epiloop.project.wiring import running

    made = running(installation_at(Path(home)))
    try:
        return write(replace(made.parts, now=lambda: AT), range(start, end), f"bulk:{start}")
    finally:
        made.parts.pool.close()
        made.readers.close()


def single(parts: Parts, acts: int) -> Line:
    """A sample of one contact, act by act."""
    write(parts, range(10**7, 10**7 + acts), "single")
    times: list[float] = []
    for number in range(acts):
        taken = Draft(person(10**7 + number), SampleTaken(f"x{number}"), AT, COMMUNITY, "x")
        began = time.perf_counter()
        asked = Asked("benchmark", "screening", f"x{number}")
        perform(parts, asked, {taken.stream: "person"}, _decided(Decision([taken])))
        times.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(times, n=20)
    return Line("single act", acts, sum(times) / 1000, 1000 * acts / sum(times), statistics.median(times), cuts[18])


def timed(what: str, count: int, work: Callable[[], object]) -> Line:
    """A measurement of work on `count` things."""
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return Line(what, count, seconds, count / seconds)


def bulk(installation: Installation, people: int) -> Line:
    """Everybody's ten facts, from drafts to projections, by several processes."""
    batch = min(BATCH, max(1, people // 4))
    pieces = [(str(installation.home), n, min(people, n + batch)) for n in range(0, people, batch)]
    counter = Counter(people * 10, None)
    return timed("bulk facts", people * 10, lambda: share_out(write_range, pieces, PROCESSES, counter))


def rule_change(installation: Installation, parts: Parts, people: int) -> Line:
    """Another text of the rulebook that moves a test day of every contact, applied to everybody."""
    book = read_rulebook("cn")
    changed = load_text(book.text.replace("[1, 2, 3, 5, 7]", "[1, 2, 4, 5, 7]"))
    assert changed.digest != book.digest, "the sample change must change the law"
    later = AT + timedelta(minutes=1)
    adopt(parts, Asked("benchmark", "rule-keeping", "changed"), changed, jurisdiction=PROVINCE, at=later)
    dsn = installation.dsn("engine")
    return timed("rule change, people", people, lambda: recompute(parts, dsn=dsn, processes=PROCESSES))


def check(parts: Parts, dsn: str) -> None:
    """The projections are what the ledger says."""
    with parts.pool.connection() as connection:
        report = verify(connection, dsn=dsn, processes=PROCESSES)
    assert report.ok, report.broken[:3]


def run(size: str) -> list[dict[str, Any]]:
    """All measurements at one size."""
    people = SIZES[size]
    lines: list[Line] = []
    with installed() as (installation, parts):
        lines.append(bulk(installation, people))
        lines.append(single(parts, min(people, 300)))
        lines.append(rule_change(installation, parts, people))
        dsn = installation.dsn("engine")
        lines.append(timed("rebuild, people", people, lambda: rebuild(dsn, processes=PROCESSES)))
        lines.append(timed("verify, people", people, lambda: check(parts, dsn)))
    return [asdict(line) for line in lines]


def main() -> None:
    """Print the table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=SIZES, default="small")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    on = machine()
    lines = run(chosen.size)
    if chosen.json:
        print(json.dumps({"machine": on, "people": SIZES[chosen.size], "lines": lines}))
        return
    print(f"{on}; {SIZES[chosen.size]:,} people with 10 events each")
    for line in lines:
        print("{what:24} {count:>12,} {seconds:>9.1f} s {per_second:>12,.0f}/s".format(**line), end="")
        print("  p50 {p50_ms:.1f} ms  p95 {p95_ms:.1f} ms".format(**line) if line["p50_ms"] else "")


if __name__ == "__main__":
    main()
