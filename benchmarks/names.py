"""Fuzzy name search in the vault: how fast identities are stored, and how long a search takes.

    uv run python benchmarks/names.py [--people 1000000] [--searches 300] [--json]

People are synthetic. Surnames are as uneven as in China (Wang, Li and Zhang about 7 % each), characters of given names
and Latin names follow a Zipf law. The goal is p95 <= 100 ms at 1,000,000 people.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import accumulate, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from epiloop.core.jurisdictions import code, scope
from epiloop.project.home import installation_at
from epiloop.project.postgres import hold
from epiloop.vault.port import Identity
from keyservice import keyfile
from keyservice.identity import LocalVault
from keyservice.schema import migrate
from keyservice.upkeep import refresh

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
TOP_SHARES = (7.1, 7.0, 6.7, 5.3, 4.5, 3.0, 2.3, 2.0, 1.9, 1.9)
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文国志海永春金玲云梅林新德永生辉鹏斌飞浩宇轩"
    "梓涵子怡欣佳雨晨思雅诗琪嘉俊博一诺依然若曦宸可馨紫萱睿泽天乐语桐昊然奕辰沐家豪慧兰珍凤莲香琴淑素月荣"
    "贵福祥长胜利民兴旺东南西北中山川河江湖波涌泉清洁雪冰寒松柏竹菊荷"
)
ENDINGS = ("wan", "ber", "ton", "son", "man", "ley", "der", "mar", "sen", "kar", "gul", "nur", "hel")
LATIN_PARTS = [*(first + last for first in "kmrstnlbdf" for last in "aoi"), *ENDINGS]
TOWNSHIPS = [int(code(f"4502{county:02}{township:03}")) for county in range(1, 11) for township in range(1, 11)]


def weighted(items: list[str], shares: list[float], draw: random.Random) -> Callable[[], str]:
    """A function that draws items by shares."""
    ends = list(accumulate(shares))
    return lambda: items[min(bisect(ends, draw.random() * ends[-1]), len(items) - 1)]


def chinese(draw: random.Random) -> Callable[[], str]:
    """Names: 1 % compound surnames, given names of one character (20 %) or two."""
    rest = [1.8 / (rank + 1) ** 0.55 for rank in range(len(SURNAMES) - len(TOP_SHARES))]
    surname = weighted([*SURNAMES, *COMPOUND], [*TOP_SHARES, *rest, *[0.1] * len(COMPOUND)], draw)
    characters = [*dict.fromkeys(GIVEN), *map(chr, range(0x4E00, 0x4E00 + 3000))]
    given = weighted(characters, [1 / (rank + 10) for rank in range(len(characters))], draw)
    return lambda: surname() + given() + (given() if draw.random() < 0.8 else "")


def latin(draw: random.Random) -> Callable[[], str]:
    """Names of two words, each from 5,000 by Zipf."""
    words = [[_word(draw) for _ in range(5000)] for _ in range(2)]
    first, last = (weighted(some, [1 / (rank + 8) for rank in range(5000)], draw) for some in words)

    def name() -> str:
        return f"{first()} {last()}".title()

    return name


def _word(draw: random.Random) -> str:
    return "".join(draw.choice(LATIN_PARTS) for _ in range(draw.choice((2, 2, 3, 3, 4))))


KINDS = {"chinese": chinese, "latin": latin}


def people(count: int, name: Callable[[], str], draw: random.Random) -> Iterator[tuple[UUID, Identity, int]]:
    """Synthetic people with an ID card, a phone and an address."""
    for number in range(count):
        born = f"{draw.randrange(1940, 2020)}{draw.randrange(1, 13):02}{draw.randrange(1, 29):02}"
        card = f"4502{draw.randrange(1, 11):02}{born}{number % 10000:04}"
        identity = Identity(
            name(), (("id-card", card),), (f"1{30_000_000_00 + number}",), f"幸福路 {draw.randrange(1, 300)} 号"
        )
        yield UUID(int=draw.getrandbits(128), version=4), identity, draw.choice(TOWNSHIPS)


def fill(vault: LocalVault, made: Iterator[tuple[UUID, Identity, int]], batch: int = 5000) -> tuple[int, float]:
    """Store everybody in batches; how many, and the seconds in the vault alone."""
    total, seconds = 0, 0.0
    while rows := list(islice(made, batch)):
        identities = {subject: identity for subject, identity, _ in rows}
        places = {subject: place for subject, _, place in rows}
        started = time.perf_counter()
        vault.put(identities, jurisdictions=places, key=f"batch {next(iter(identities))}")
        seconds += time.perf_counter() - started
        total += len(rows)
        if total % 100_000 == 0:
            print(f"\r{total:,} stored, {total / seconds:,.0f}/s", end="", file=sys.stderr)
    print(file=sys.stderr)
    return total, seconds


def typo(name: str, draw: random.Random) -> str:
    """One sign of the name replaced or left out, never the first."""
    at = draw.randrange(1, len(name))
    return name[:at] + draw.choice((draw.choice("伟芳明") if ord(name[-1]) > 255 else "e", "")) + name[at + 1 :]


def time_searches(vault: LocalVault, texts: list[str], within: int) -> dict[str, float]:
    """Milliseconds per search, and how many found somebody."""
    times, hits = [], 0
    for text in texts:
        started = time.perf_counter()
        hits += bool(vault.search(text, scope=scope(code(str(within))), limit=20, asker="benchmark"))
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    row = {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "max_ms": round(times[-1], 1),
        "found": round(hits / len(texts), 3),
    }
    print(f"searched within {within}: {row}", file=sys.stderr)  # an interrupted run has shown something
    return row


@contextmanager
def empty_vault() -> Iterator[tuple[LocalVault, str]]:
    """A vault in an installation of its own, and the address of its database; gone afterwards."""
    from epiloop.project.databases import provision

    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as place:
        installation = installation_at(Path(place) / "home").lay_out()
        with hold(installation):
            provision(installation)
            dsn = installation.dsn("vault")
            migrate(dsn)
            key_file = installation.key_file("vault-master")
            keyfile.create(key_file)
            vault = LocalVault.open(dsn, key_file)
            try:
                yield vault, dsn
            finally:
                vault.close()


def measure(kind: str, count: int, searches: int) -> dict[str, Any]:
    """Fill a vault with names of a kind and search it in several ways."""
    draw = random.Random(7)
    name = KINDS[kind](draw)
    with empty_vault() as (vault, dsn):
        everybody = list(people(count, name, draw))
        total, seconds = fill(vault, iter(everybody))
        subjects = [row[0] for row in everybody[:: max(1, count // 50_000)]][:50_000]
        refresh(dsn)
        started = time.perf_counter()
        for start in range(0, len(subjects), 5000):
            vault.keys(subjects[start : start + 5000], create=False)
        keys_per_s = len(subjects) / (time.perf_counter() - started)
        some = [identity for _, identity, _ in draw.sample(everybody, min(searches, count))]
        names = [identity.name for identity in some]
        from pypinyin import lazy_pinyin

        asked = {
            "name": names,
            "name with a slip": [typo(text, draw) for text in names],
            "pinyin": [" ".join(lazy_pinyin(text)) for text in names if ord(text[0]) > 255],
            "phone": [identity.phones[0] for identity in some],
        }
        found = {
            f"{how}, {where}": time_searches(vault, texts, within)
            for how, texts in asked.items()
            if texts
            for where, within in (("city", 4502), ("county", 450204))
        }
    return {
        "names": kind,
        "people": total,
        "put_per_s": round(total / seconds),
        "keys_per_s": round(keys_per_s),
        "searches": found,
    }


def main() -> None:
    """Measure both kinds of names and print a table, or JSON."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--people", type=int, default=1_000_000)
    ask.add_argument("--searches", type=int, default=300)
    ask.add_argument("--names", choices=[*KINDS], action="append")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    results = [measure(kind, given.people, given.searches) for kind in given.names or KINDS]
    if given.json:
        print(json.dumps(results, ensure_ascii=False))
        return
    for result in results:
        print(
            f"\n{result['names']}: {result['people']:,} people, put {result['put_per_s']:,}/s, "
            f"keys {result['keys_per_s']:,}/s, {os.cpu_count()} CPUs"
        )
        print("| search | p50 ms | p95 ms | max ms | found |\n|---|---|---|---|---|")
        for how, row in result["searches"].items():
            print(f"| {how} | {row['p50_ms']} | {row['p95_ms']} | {row['max_ms']} | {row['found']:.0%} |")


if __name__ == "__main__":
    main()
