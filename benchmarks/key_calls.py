"""What asking the key service's process costs beside the same vault in process.

    uv run python benchmarks/key_calls.py --people 20000 --json

Batches of 5,000 as imports have them, and single calls as pages have them. Each is done by turns in process and through
the process, on one database; seconds of this process's processor stand beside those of the clock, because a machine
that does other things too makes the clock lie.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from epiloop.core.jurisdictions import code, scope
from epiloop.gateways.keys import KeyClient
from epiloop.project.home import installation_at
from epiloop.project.keyservice import holding, master
from epiloop.vault.port import Identity, Vault
from homes import own_home
from keyservice.identity import LocalVault

BATCH = 5_000
TOWN = int(code("450204001"))
WITHIN = scope(code("4502"))
LOOK: dict[str, Any] = {"asker": "bench", "purpose": "supervision"}


def people(count: int, seed: int) -> dict[UUID, Identity]:
    """Made-up people with a document, a phone and an address."""
    draw = random.Random(seed)
    return {
        UUID(int=draw.getrandbits(128), version=4): Identity(
            draw.choice("王李张刘陈") + "".join(draw.choices("伟芳娜敏静强磊洋勇艳", k=2)),
            (("id-card", f"{draw.randrange(10**17, 10**18)}"),),
            (f"1{draw.randrange(10**9, 10**10)}",),
            f"幸福路 {draw.randrange(300)} 号",
        )
        for _ in range(count)
    }


@contextmanager
def both() -> Iterator[tuple[LocalVault, KeyClient]]:
    """A key service of its own, and the same vault in this process."""
    with own_home() as place:
        installation = installation_at(place).lay_out()
        with holding.held(installation) as starting:
            assert starting is not None
            starting.wait()
            home = installation.keyservice
            local, client = LocalVault.on(home.dsn("vault"), master.unlocked(home)), holding.client(installation)
            try:
                yield local, client
            finally:
                local.close()
                client.close()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock, and of this process's processor."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def middle(times: list[tuple[float, float]]) -> dict[str, float]:
    """The median of both, in milliseconds."""
    return {
        "wall_ms": round(statistics.median(time[0] for time in times) * 1000, 2),
        "own_cpu_ms": round(statistics.median(time[1] for time in times) * 1000, 2),
    }


def measure(count: int, singles: int) -> dict[str, Any]:
    """Each kind of call by turns in both ways."""
    rows: dict[str, dict[str, list[tuple[float, float]]]] = {}

    def turn(name: str, way: str, work: Callable[[], object]) -> None:
        rows.setdefault(name, {}).setdefault(way, []).append(timed(work))

    with both() as (local, client):
        ways: list[tuple[str, Vault]] = [("in_process", local), ("process", client)]
        client.answers()
        for number in range(max(1, count // BATCH)):
            for way, vault in ways if number % 2 else reversed(ways):
                some = people(BATCH, hash((number, way)))
                homes = dict.fromkeys(some, TOWN)
                turn("put_5000", way, partial(vault.put, some, jurisdictions=homes, key=f"{way}{number}"))
                turn("keys_5000", way, partial(vault.keys, some, create=False))
                turn("reveal_5000", way, partial(vault.reveal, [*some], **LOOK))
        last = list(some)
        for number in range(singles):
            one = last[number % len(last)]
            for way, vault in ways:
                turn("keys_1", way, partial(vault.keys, [one], create=False))
                turn("reveal_1", way, partial(vault.reveal, [one], **LOOK))
                turn("search", way, partial(vault.search, "王伟芳", scope=WITHIN, limit=20, **LOOK))
    return {name: {way: middle(times) for way, times in found.items()} for name, found in rows.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--singles", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.people, given.singles)
    print(json.dumps(found) if given.json else json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
