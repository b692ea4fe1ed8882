"""How long pages take in the database and at the browser, at 1,000,000 people and 5,000,000 duties.

    uv run python benchmarks/pages.py [--size small|full] [--keep DIRECTORY] [--only WORD] [--json]

In the database every question runs as role app, in a transaction with a scope, as pages run it; a number is the time of
the whole reading function, all its statements and the making of its values included. Goal: p95 <= 100 ms. At the
browser (browser.py) it is the time from the start of the navigation to the load event. Goal: p95 <= 200 ms. Answers are
checked: the numbers of the board are those of the rows. `--keep` fills a directory once (some minutes in full size) and
takes it as it is the next time.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

sys.path.insert(0, str(Path(__file__).parent))

import browser
import filling
import lives
from epiloop.core.jurisdictions import Code, Scope, scope, short
from epiloop.project.home import Installation, installation_at
from epiloop.store import scoped
from epiloop.store.reading import board, cases, cleared, clears, day_list, divisions, lists, owners, people
from epiloop.store.reading.lists import DutyFilter, Lateness, LoopState
from filling import AT, CITY, COUNTY, SIZES, ZONE
from homes import own_home
from machines import machine

GOALS = {"database": 100.0, "browser": 200.0}
"""Milliseconds at the 95th of a hundred."""
ASKED = {"small": 1, "full": 60}
LOADED = {"small": 1, "full": 30}
TOWN, COMMUNITY = 4502261000000000, 4502261002010000
DAY = board.day_around(AT, ZONE)
Ask = Callable[[psycopg.Connection[Any], int], object]


@dataclass(frozen=True)
class Line:
    """One question, or one page at the browser: how often asked; milliseconds at the median, the 95th of a hundred and
    the slowest; processor time, which depends less on neighbours (0 where the system is silent): of the database at the
    95th, or of the server of pages for one load; and for pages the first byte at the median and the 95th."""

    question: str
    where: str
    asked: int
    p50: float
    p95: float
    slowest: float
    processor: float
    first_byte_p50: float = 0.0
    first_byte_p95: float = 0.0

    @property
    def within(self) -> bool:
        """Whether it keeps the promise."""
        return self.p95 <= GOALS[self.where]


def _area(code: int) -> Scope:
    return scope(Code(code))


def _everywhere(code: int) -> Iterator[tuple[str, Ask]]:
    """What is asked of a jurisdiction of any size."""
    area, controlled = _area(code), people.PeopleFilter(controlled=True)
    yield "board", lambda app, _: board.board(app, area, DAY)
    yield "late list", lambda app, _: lists.duties(app, area, DAY, Lateness.LATE)
    yield "due today", lambda app, _: lists.duties(app, area, DAY, Lateness.DUE_TODAY)
    yield "open loops", lambda app, _: lists.loops(app, area, DAY, LoopState.OPEN)
    yield "cleared today", lambda app, _: cleared.cleared_today(app, area, DAY)
    yield "four clears", lambda app, _: clears.four_clears(app, Code(code), DAY)
    yield from ((f"not clear by {which}", _gaps(area, which)) for which in clears.Clear)
    yield "nobody on duty", lambda app, _: owners.nobody_on_duty(app, area, AT, DAY.end)
    yield "people under control", lambda app, _: people.people(app, area, AT, controlled)


def _gaps(area: Scope, which: clears.Clear) -> Ask:
    return lambda app, _: clears.gaps(app, area, DAY, which)


def questions(installation: Installation) -> dict[str, tuple[int, Ask]]:
    """Each question with the jurisdiction whose scope it is asked in; they take a running number to vary by."""
    ids, accounts, sources = _samples(installation)
    asked: dict[str, tuple[int, Ask]] = {}
    for name, code in (("city", CITY), ("county", COUNTY), ("township", TOWN), ("community", COMMUNITY)):
        asked |= {f"{what}, {name}": (code, ask) for what, ask in _everywhere(code)}
    area = _area(CITY)
    escalated = DutyFilter(escalated=True)
    filtered = DutyFilter(measure="arrival", kind="transfer")
    asked |= {
        "late list, city, escalated": (CITY, lambda app, _: lists.duties(app, area, DAY, Lateness.LATE, escalated)),
        "late list, city, one measure": (CITY, lambda app, _: lists.duties(app, area, DAY, Lateness.LATE, filtered)),
        "late list, city, page 20": (CITY, _deep(area)),
        "done today, city": (CITY, lambda app, _: lists.duties(app, area, DAY, Lateness.DONE)),
        "today's list of a worker": (TOWN, lambda app, n: day_list.today(app, accounts[n % len(accounts)], DAY)),
        "person page": (CITY, lambda app, n: people.person_page(app, ids[n % len(ids)], AT)),
        "person page, case": (CITY, lambda app, n: people.person_page(app, sources[n % len(sources)], AT)),
        "people list, city": (CITY, lambda app, _: people.people(app, area, AT)),
        "case list, city": (CITY, lambda app, _: cases.cases(app, area, AT)),
        "curve, city": (CITY, lambda app, _: cases.curve(app, area, AT, ZONE)),
        "contacts of a case": (CITY, lambda app, n: cases.contacts_of(app, sources[n % len(sources)], AT)),
        "search a division": (CITY, lambda app, n: divisions.search(app, WORDS[n % len(WORDS)], AT.date())),
    }
    return asked


WORDS = ("王李", "x", "wangli", "wl", "山水", "110", "long", "镇", "火土", "东南西", "d", "大小上社区")


def _deep(area: Scope) -> Ask:
    def ask(app: psycopg.Connection[Any], _: int) -> object:
        after = DEEP.get("after")
        if after is None:
            for _ in range(19):
                after = lists.duties(app, area, DAY, Lateness.LATE, after_page=after).after or after
            DEEP["after"] = after
        return lists.duties(app, area, DAY, Lateness.LATE, after_page=after)

    return ask


DEEP: dict[str, str | None] = {}


def _samples(installation: Installation) -> tuple[list[UUID], list[str], list[UUID]]:
    """Some people under control, some accounts on shift in a township, some cases with contacts."""
    with psycopg.connect(installation.dsn("engine")) as engine:
        ids = engine.execute(
            "select id from person where controlled_until > %s order by md5(id::text) limit 400", [AT]
        ).fetchall()
        accounts = engine.execute(
            """select account from shift join post on post.id = shift.post
               where starts <= %(at)s and ends > %(at)s and kind = 'community-health-worker'
                 and shift.jurisdiction >= %(low)s and shift.jurisdiction < %(high)s""",
            {"at": AT, "low": TOWN, "high": TOWN + 10**7},
        ).fetchall()
        sources = engine.execute("select source from contact_link group by 1 order by 1 limit 200").fetchall()
    return [row[0] for row in ids], [row[0] for row in accounts], [row[0] for row in sources]


def visits(installation: Installation) -> tuple[list[browser.Visit], str]:
    """The pages that are opened, and the login of the worker who opens their own list."""
    _, accounts, _ = _samples(installation)
    worker, city, county = accounts[0], short(Code(CITY)), short(Code(COUNTY))
    town = short(Code(TOWN))
    listed = [
        *((f"board, {name}", [f"/board/?jurisdiction={code}"]) for name, code in (("city", city), ("county", county))),
        *((f"late list, {name}", [f"/duties/?lateness=late&jurisdiction={code}"])
          for name, code in (("city", city), ("county", county))),
        ("person page", [f"/people/{lives.person(n)}/" for n in range(1, lives.CONTACTS)]),
        ("person page, case", [f"/people/{lives.person(0)}/"]),
        ("case page", [f"/cases/{lives.person(0)}/"]),
        *((f"four clears, {name}", [f"/clears/?jurisdiction={code}"])
          for name, code in (("city", city), ("county", county), ("township", town))),
        ("people list, city", [f"/people/?jurisdiction={city}"]),
        ("case list, city", [f"/cases/?jurisdiction={city}"]),
    ]  # fmt: skip
    found = [browser.Visit(name, OFFICER, paths) for name, paths in listed]
    return [*found, browser.Visit("today's list of a worker", worker, ["/today/"])], worker


OFFICER = "officer-1"


def at_the_browser(installation: Installation, times: int, only: str = "") -> Iterator[Line]:
    """Open every page `times` times; nothing, and a line that says why, where that cannot be done."""
    if why := browser.missing():
        say(f"pages at the browser are left out: {why}")
        return
    pages, worker = visits(installation)
    users = {OFFICER: ("duty-officer", Code(CITY)), worker: ("community-worker", Code(TOWN))}
    browser.prepare(installation, users, AT, Code(COMMUNITY))
    for seen in browser.visit(installation, [page for page in pages if only in page.name], times):
        loads, first_bytes = sorted(seen.loads), sorted(seen.first_bytes)
        numbers = (statistics.median(loads), _p95(loads), loads[-1], seen.processor)
        first = (statistics.median(first_bytes), _p95(first_bytes))
        yield Line(seen.name, "browser", len(loads), *(round(number, 1) for number in (*numbers, *first)))


def in_the_database(installation: Installation, times: int, only: str = "") -> Iterator[Line]:
    """Ask every question `times` times, after at most two that do not count."""
    first = min(2, times - 1)
    for name, (code, ask) in questions(installation).items():
        if only not in name:
            continue
        spent = []
        with psycopg.connect(installation.dsn("app"), autocommit=True) as app:
            for n in range(times + first):
                with app.transaction():
                    scoped.narrow(app, _area(code))
                    used, started = _processor(app), time.perf_counter()
                    ask(app, n)
                    spent.append((1000 * (time.perf_counter() - started), _processor(app) - used))
        yield _line(name, spent[first:])


def _line(name: str, spent: list[tuple[float, float]]) -> Line:
    waited, worked = (sorted(column) for column in zip(*spent, strict=True))
    numbers = (statistics.median(waited), _p95(waited), waited[-1], _p95(worked))
    return Line(name, "database", len(spent), *(round(number, 1) for number in numbers))


def _p95(values: list[float]) -> float:
    """The 95th of a hundred sorted values."""
    return values[min(len(values) - 1, int(0.95 * len(values)))]


def _processor(app: psycopg.Connection[Any]) -> float:
    """Milliseconds that the connection's server process has run so far."""
    schedule = Path(f"/proc/{app.info.backend_pid}/schedstat")
    return int(schedule.read_text().split()[0]) / 1e6 if schedule.exists() else 0.0


def check(installation: Installation) -> None:
    """The board's numbers of the city are those of its rows."""
    with psycopg.connect(installation.dsn("app")) as app:
        scoped.narrow(app, _area(CITY))
        found = board.board(app, _area(CITY), DAY)[0]
    with psycopg.connect(installation.dsn("engine")) as engine:
        loops = engine.execute(
            "select count(*) from loop where opened_at <= %(at)s and closes_at > %(at)s", {"at": AT}
        ).fetchone()
        late = engine.execute(
            """select count(*) from duty where state = 'open' and due <= %(at)s and valid_from <= %(at)s
               and coalesce(valid_until, 'infinity') > %(at)s""",
            {"at": AT},
        ).fetchone()
    assert loops == (found.open,), (loops, found)
    assert late == (found.late,), (late, found)


def explain(installation: Installation, name: str) -> str:
    """The plans of all statements of one question."""
    with psycopg.connect(installation.dsn("admin"), dbname="epiloop", autocommit=True) as admin:
        admin.execute("alter role epiloop_app set session_preload_libraries = 'auto_explain'")
        admin.execute("alter role epiloop_app set auto_explain.log_min_duration = 0")
        for setting in ("log_analyze", "log_buffers", "log_nested_statements"):
            admin.execute(f"alter role epiloop_app set auto_explain.{setting} = on")
        admin.execute("alter role epiloop_app set client_min_messages = log")
    said: list[str] = []
    code, ask = questions(installation)[name]
    try:
        with psycopg.connect(installation.dsn("app"), autocommit=True) as app:
            app.add_notice_handler(lambda diagnostic: said.append(diagnostic.message_primary or ""))
            for n in range(2):
                said.clear()
                with app.transaction():
                    scoped.narrow(app, _area(code))
                    ask(app, n)
    finally:
        with psycopg.connect(installation.dsn("admin"), dbname="epiloop", autocommit=True) as admin:
            admin.execute("alter role epiloop_app reset all")
            admin.execute("alter role epiloop_app set statement_timeout = '15s'")
            admin.execute("alter role epiloop_app set idle_in_transaction_session_timeout = '60s'")
    return "\n\n".join(said)


def show(lines: list[Line]) -> str:
    """The lines as a table."""
    return "\n".join([HEAD, *map(_shown, lines)])


HEAD = f"{'question':36}{'where':>9}{'asked':>7}" + "".join(
    f"{name:>11}" for name in ("p50 ms", "p95 ms", "slowest", "processor", "byte p50", "byte p95")
)
MARK = {True: "", False: "  over"}


def _shown(line: Line) -> str:
    numbers = (line.p50, line.p95, line.slowest, line.processor, line.first_byte_p50, line.first_byte_p95)
    shown = "".join(f"{number:11.1f}" for number in (numbers if line.where == "browser" else numbers[:4]))
    return f"{line.question:36}{line.where:>9}{line.asked:7}{shown}{MARK[line.within]}"


@contextmanager
def filled(home: Path, size: str) -> Iterator[Installation]:
    """A running installation in `home` that is filled; one that is filled already is taken as it is."""
    from epiloop.project.databases import migrate, provision
    from epiloop.project.holding import hold

    installation = installation_at(home).lay_out()
    done = home / f"filled-{size}"
    with hold(installation):
        if not done.exists():
            provision(installation)
            migrate(installation)
            say(f"filled in {filling.fill(installation, SIZES[size], say):.0f} s")
            done.touch()
        yield installation


def run(size: str = "small", home: Path | None = None, only: str = "", times: int = 0) -> list[Line]:
    """All lines of a size."""
    with own_home() as made, filled(home or made, size) as installation:
        check(installation)
        say(f"{machine()}; {SIZES[size].people:,} people\n{HEAD}")
        lines = []
        for measured in (in_the_database, at_the_browser):
            for line in measured(installation, times or COUNTS[measured][size], only):
                lines.append(line)
                say(_shown(line))
        return lines


COUNTS = {in_the_database: ASKED, at_the_browser: LOADED}


def say(text: str) -> None:
    """A line for whoever waits; standard output has only the result."""
    print(text, file=sys.stderr)


def main() -> None:
    """Print the table, or one JSON value."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output and nothing else")
    parser.add_argument("--keep", type=Path, help="the installation to fill once and use again")
    parser.add_argument("--only", default="", help="questions with this in their name")
    parser.add_argument("--times", type=int, default=0)
    parser.add_argument("--explain", action="store_true", help="the plans of the questions instead of their times")
    options = parser.parse_args()
    if options.explain:
        with filled(options.keep, options.size) as installation:
            for name in questions(installation):
                if options.only in name:
                    print(f"===== {name}\n{explain(installation, name)}")
        return
    lines = run(options.size, options.keep, options.only, options.times)
    told = {"machine": machine(), "size": options.size, "people": SIZES[options.size].people}
    rows = [asdict(line) | {"within": line.within} for line in lines]
    print(json.dumps(told | {"lines": rows}) if options.json else show(lines))


if __name__ == "__main__":
    main()
