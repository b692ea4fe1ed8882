"""Check-ins through a real gate into a real PostgreSQL, and from there to a real key service.

    uv run epiloop bench checkins --size small|county|city --json

Codes hang at so many doors. Phones send one check-in each, first at a fixed pace whatever the answers take: to a gate
that was just started and knows no code yet, then for long; then as fast as they are answered; gateways send a hundred
at a time. Everything is sealed, and durable before it is answered. Then the inbox is handed over. `cpu_us` is what one
row costs each process in microseconds of processor (`visitors`: who sends): what to compare on a machine that does
other things too. Every row that was answered must be in the key service afterwards.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg

from epiloop.core.jurisdictions import code
from epiloop.operations.checkins import codes
from epiloop.project.home import Installation
from epiloop.project.supervisor import is_ready
from epiloop.project.venue_keys import venue_keys
from epiloop.project.wiring import running
from epiloop.runtime.collecting import Keeper, collect, keep_days
from epiloop.runtime.parts import Parts
from installed import installed

TOWN = int(code("450226100"))


@dataclass(frozen=True)
class Size:
    """Doors; check-ins a second that phones offer, for how many seconds; rows that gateways send."""

    doors: int
    rate: int
    seconds: int
    rows: int


SIZES = {
    "small": Size(50, 200, 1, 5_000),
    "county": Size(2_000, 1_000, 15, 100_000),
    "city": Size(10_000, 1_000, 60, 500_000),
}
BATCH = 100
MOST_SECONDS = 5
"""How long phones send as fast as they are answered, and to a gate that was just started."""


def _zone_at_noon() -> str:
    """A time zone in which it is about noon: a visit that goes on after midnight is kept with both of its days."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # the other way round, as POSIX has it


def run(size: str) -> list[dict[str, Any]]:
    """The lines."""
    wanted = SIZES[size]
    with installed(time_zone=_zone_at_noon()) as (installation, _parts), _live(installation) as parts:
        keep_days(parts, cast("Keeper", parts.vault), now=parts.now())
        doors = _codes(installation, wanted.doors)
        token = _token(installation)
        with _gate(installation) as (port, gate):
            watched = {"gate": gate, "postgres": _server(installation)}
            orders = {
                "phones, at a pace, gate just started": _orders(port, doors, _most(wanted), wanted.rate),
                "phones, at a pace": _orders(port, doors, wanted.seconds, wanted.rate),
                "phones, as fast as answered": _orders(port, doors, _most(wanted), 0),
                "gateways, 100 each": _gateways(port, doors, wanted.rows, token),
            }
            lines = [_sent(what, watched, {**some, "seed": seed}) for seed, (what, some) in enumerate(orders.items())]
        taken = sum(line["rows"] for line in lines)
        lines.append(_stored(installation, taken))
        lines.append(_collected(installation, parts, taken))
        return lines


@contextmanager
def _live(installation: Installation) -> Iterator[Parts]:
    """The parts with the clock of the system, as the gate has it."""
    made = running(installation)
    yield made.parts
    made.parts.pool.close()
    made.readers.close()


def _codes(installation: Installation, count: int) -> list[str]:
    """Codes of doors that are in the register."""
    issued, signer = datetime.now(UTC) - timedelta(days=1), venue_keys(installation).signer
    places = [UUID(int=number + 2**100) for number in range(count)]
    with psycopg.connect(installation.dsn("engine")) as engine:
        engine.cursor().executemany(
            "insert into place (id, kind, name_zh, name_en, sensitivity, jurisdiction, hours)"
            " values (%s, 'market', '市场', 'Market', 'public', %s, '1-7 00:00-24:00')",
            [(place, TOWN) for place in places],
        )
    said = (codes.Claims(place, "", 1, "market", "", "市场", "Market", "", "", TOWN, issued) for place in places)
    return [codes.address("https://checkin.example", codes.signed(one, signer)) for one in said]


def _token(installation: Installation) -> str:
    """The token of a gateway."""
    from epiloop.core.instants import Interval
    from epiloop.core.rights import Grant
    from epiloop.project.django_parts import set_up

    set_up(installation)
    from epiloop.runtime.accounts.making import make_account
    from epiloop.runtime.accounts.tokens import issue_token

    now = datetime.now(UTC)
    grants = (Grant("doorkeeper", code("45"), Interval(now - timedelta(days=1))),)
    account = make_account("gateway", "nine quiet herons at dusk", at=now, grants=grants)
    return issue_token(account, "benchmark", ["checkin.write"], life=timedelta(days=1), at=now)


@contextmanager
def _gate(installation: Installation) -> Iterator[tuple[int, int]]:
    """A gate: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "EPILOOP_HOME": str(installation.home)}
    with (installation.log_dir / "gate.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "epiloop", "gate", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    try:
        while not is_ready(port):
            assert process.poll() is None, (installation.log_dir / "gate.log").read_text()
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _most(wanted: Size) -> float:
    return min(MOST_SECONDS, wanted.seconds)


def _orders(port: int, doors: list[str], seconds: float, rate: int) -> dict[str, Any]:
    count = int(rate * seconds) if rate else int(4_000 * seconds)
    shape = {"connections": 256 if rate else 64, "rate": rate, "rows": 1}
    return {"port": port, "codes": doors, "seconds": seconds, "count": count, **shape}


def _gateways(port: int, doors: list[str], rows: int, token: str) -> dict[str, Any]:
    shape = {"connections": 16, "rate": 0, "rows": BATCH, "count": rows // BATCH, "seconds": 120}
    return {"port": port, "codes": doors[:200], "token": token, **shape}


def _sent(what: str, watched: Mapping[str, int], orders: dict[str, Any]) -> dict[str, Any]:
    """Let visitors send, and what came of it."""
    visitors = Path(__file__).with_name("visitors.py")
    process = subprocess.Popen(
        [sys.executable, str(visitors)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(orders) + "\n")
    process.stdin.flush()
    process.stdout.readline()
    before = {name: _cpu(pid) for name, pid in watched.items()}
    process.stdin.write("\n")
    process.stdin.flush()
    found = json.loads(process.stdout.readline())
    process.wait()
    good = int(found["statuses"].get("200", 0))
    rows = good * orders["rows"]
    assert good == found["requests"], found
    spent = {name: round((_cpu(pid) - before[name]) * 1e6 / max(rows, 1), 1) for name, pid in watched.items()}
    spent["visitors"] = round(found["cpu"] * 1e6 / max(rows, 1), 1)
    times = {f"{name}_ms": found[name] for name in ("p50", "p95", "p99", "most")}
    return {"what": what, "rows": rows, "per_second": round(rows / found["seconds"]), **times, "cpu_us": spent}


def _stored(installation: Installation, rows: int) -> dict[str, Any]:
    """What the rows take in the application's database, until they are handed over."""
    sizes = "select pg_total_relation_size(%s::regclass)"
    with psycopg.connect(installation.dsn("owner")) as owner:
        assert owner.execute("show synchronous_commit").fetchone() == ("on",)
        taken = {
            name: round(owner.execute(sizes, [name]).fetchone()[0] / rows, 1)  # type: ignore[index]
            for name in ("inbox", "checkin_batch", "checkin_delta")
        }
    return {"what": "in the inbox", "rows": rows, "bytes_a_row": taken["inbox"], "besides": taken}


def _collected(installation: Installation, parts: Parts, rows: int) -> dict[str, Any]:
    """Hand over all of it."""
    home = installation.keyservice
    pid = int((home.run_dir / "keyservice.pid").read_text())
    cpu, started = _cpu(pid), time.perf_counter()
    found = collect(parts, cast("Keeper", parts.vault))
    seconds = time.perf_counter() - started
    assert found.rows == rows == found.answers["kept"], found
    size = sum(path.stat().st_size for path in (home.home / "days" / "segments").rglob("*.seg"))
    spent = {"keyservice": round((_cpu(pid) - cpu) * 1e6 / rows, 1)}
    line = {"what": "handed over", "rows": rows, "per_second": round(rows / seconds)}
    return {**line, "bytes_a_row": round(size / rows, 1), "cpu_us": spent}


def _server(installation: Installation) -> int:
    return int((installation.postgres_dir / "data" / "postmaster.pid").read_text().split()[0])


def _cpu(pid: int) -> float:
    """Seconds of processor that a process and all below it took until now."""
    tick = os.sysconf("SC_CLK_TCK")
    parents: dict[int, int] = {}
    taken: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(entry.parent.name)
        parents[number] = int(fields[1])
        taken[number] = sum(map(int, fields[11:15])) / tick
    return sum(spent for number, spent in taken.items() if _is_below(number, pid, parents))


def _is_below(number: int, pid: int, parents: Mapping[int, int]) -> bool:
    while number > 1:
        if number == pid:
            return True
        number = parents.get(number, 0)
    return False
