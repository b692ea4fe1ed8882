"""Fuzzy name search in the vault: how fast identities are stored, and how long a search takes.

    uv run python benchmarks/names.py [--size small|full] [--people N] [--searches N] [--names chinese|latin] [--json]

People are synthetic. Surnames are as uneven as in China (Wang, Li and Zhang about 7 % each), characters of given names
and Latin names follow a Zipf law. The goal is p95 <= 100 ms at 1,000,000 people. Answers are checked: everybody asked
for by name or phone is found, and by phone it is them.
"""

import argparse
import json
import random
import statistics
import sys
import time
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import click

sys.path.insert(0, str(Path(__file__).parent))

from epiloop.core.jurisdictions import code, scope
from epiloop.project.home import key_home_at
from epiloop.project.keyservice.master import unlocked
from epiloop.project.keyservice.process import prepare
from epiloop.project.postgres import hold
from epiloop.vault.port import Identity
from homes import own_home
from keyservice.identity import LocalVault
from keyservice.upkeep import refresh
from machines import machine

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


NOTED = 100_000
"""People between two lines of a log."""


def fill(vault: LocalVault, made: Iterator[tuple[UUID, Identity, int]], count: int, batch: int = 5000) -> float:
    """Store everybody in batches; the seconds in the vault alone."""
    seconds = 0.0
    with click.progressbar(length=count, label=f"storing {count:,}", file=sys.stderr) as bar:
        while rows := list(islice(made, batch)):
            identities = {subject: identity for subject, identity, _ in rows}
            places = {subject: place for subject, _, place in rows}
            started = time.perf_counter()
            vault.put(identities, jurisdictions=places, key=f"batch {next(iter(identities))}")
            seconds += time.perf_counter() - started
            bar.update(len(rows))
            if bar.pos % NOTED == 0 and not sys.stderr.isatty():  # a log shows no bar
                print(f"{bar.pos:,} stored, {bar.pos / seconds:,.0f}/s", file=sys.stderr)
    return seconds


def typo(name: str, draw: random.Random) -> str:
    """One sign of the name replaced or left out, never the first."""
    at = draw.randrange(1, len(name))
    return name[:at] + draw.choice((draw.choice("伟芳明") if ord(name[-1]) > 255 else "e", "")) + name[at + 1 :]


def time_searches(vault: LocalVault, asked: list[tuple[str, UUID | None]], within: int) -> dict[str, float]:
    """Milliseconds per search, how many found somebody, and the processor time of this process for one search.

    Each is asked for a text, and for somebody whom it must find (None: nobody for certain).
    """
    times, hits = [], 0
    used = time.process_time()
    for text, whom in asked:
        started = time.perf_counter()
        found = vault.search(
            text, scope=scope(code(str(within))), limit=20, asker="benchmark", purpose="case-investigation"
        )
        times.append((time.perf_counter() - started) * 1000)
        assert whom is None or whom in {match.subject for match in found}, "somebody was not found"
        hits += bool(found)
    used = 1000 * (time.process_time() - used)
    times.sort()
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "max_ms": round(times[-1], 1),
        "processor_ms": round(used / len(asked), 1),
        "found": round(hits / len(asked), 3),
    }


@contextmanager
def empty_vault() -> Iterator[tuple[LocalVault, str]]:
    """A vault in a key service's home of its own, and the address of its database; gone afterwards."""
    with own_home() as place:
        home = key_home_at(place).lay_out()
        with hold(home):
            prepare(home)
            dsn = home.dsn("vault")
            vault = LocalVault.on(dsn, unlocked(home))
            try:
                yield vault, dsn
            finally:
                vault.close()


def measure(kind: str, count: int, searches: int) -> list[dict[str, Any]]:
    """Fill a vault with names of a kind and search it in several ways."""
    draw = random.Random(7)
    name = KINDS[kind](draw)
    chosen = set(random.Random(8).sample(range(count), min(searches, count)))
    some: list[tuple[UUID, Identity]] = []
    subjects: list[UUID] = []

    def noted() -> Iterator[tuple[UUID, Identity, int]]:
        for number, row in enumerate(people(count, name, draw)):
            if number in chosen:
                some.append(row[:2])
            if number % max(1, count // 50_000) == 0:
                subjects.append(row[0])
            yield row

    with empty_vault() as (vault, dsn):
        seconds = fill(vault, noted(), count)
        print("making the search ready", file=sys.stderr)
        refresh(dsn)
        lines = [
            {"names": kind, "people": count, "what": "identities stored", "per_second": round(count / seconds)},
            {"names": kind, "people": count, "what": "keys read", "per_second": keys_per_second(vault, subjects)},
        ]
        for how, asked in questions(some, draw).items():
            for where, within in (("city", 4502), ("county", 450204)):
                at_hand = [(text, who if where == "city" else None) for text, who in asked]
                line = {"names": kind, "people": count, "what": f"{how}, {where}"} | time_searches(
                    vault, at_hand, within
                )
                lines.append(line)
                print(line, file=sys.stderr)  # an interrupted run has shown something
    return lines


def keys_per_second(vault: LocalVault, subjects: list[UUID]) -> int:
    """How many keys the vault gives."""
    started = time.perf_counter()
    for start in range(0, len(subjects), 5000):
        vault.keys(subjects[start : start + 5000], create=False)
    return round(len(subjects) / (time.perf_counter() - started))


def questions(some: list[tuple[UUID, Identity]], draw: random.Random) -> dict[str, list[tuple[str, UUID | None]]]:
    """What is asked in each way, and whom it must find. Of a common name twenty others may come first."""
    from pypinyin import lazy_pinyin

    names = [identity.name for _, identity in some]
    pinyin = [" ".join(lazy_pinyin(text)) for text in names if ord(text[0]) > 255]
    texts = {"name": names, "name with a slip": [typo(text, draw) for text in names], "pinyin": pinyin}
    asked: dict[str, list[tuple[str, UUID | None]]] = {
        how: [(text, None) for text in several] for how, several in texts.items() if several
    }
    return asked | {"phone": [(identity.phones[0], subject) for subject, identity in some]}


SIZES = {"small": (2_000, 20), "full": (1_000_000, 300)}
"""People of each kind of names, and searches of each kind."""


def run(
    size: str = "small", kinds: Sequence[str] = tuple(KINDS), people: int = 0, searches: int = 0
) -> list[dict[str, Any]]:
    """All lines of a size."""
    usual = SIZES[size]
    lines = [line for kind in kinds for line in measure(kind, people or usual[0], searches or usual[1])]
    assert all(line.get("found", 1) == 1 for line in lines if line["what"] in ("name, city", "phone, city"))
    return lines


def main() -> None:
    """Measure and print a table, or one JSON value."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--size", choices=SIZES, default="small")
    ask.add_argument("--people", type=int, default=0)
    ask.add_argument("--searches", type=int, default=0)
    ask.add_argument("--names", choices=[*KINDS], action="append")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    on = machine()
    lines = run(given.size, given.names or tuple(KINDS), given.people, given.searches)
    if given.json:
        print(json.dumps({"machine": on, "size": given.size, "lines": lines}, ensure_ascii=False))
        return
    headings = ("names", "people", "what", "p50 ms", "p95 ms", "max ms", "processor ms", "found")
    print(on, f"| {' | '.join(headings)} |", "|---" * len(headings) + "|", sep="\n")
    for line in lines:
        numbers = [line.get(name, "") for name in ("p50_ms", "p95_ms", "max_ms", "processor_ms", "found")]
        rate = f" {line['per_second']:,}/s" if "per_second" in line else ""
        print("|", " | ".join(map(str, (line["names"], line["people"], line["what"] + rate, *numbers))), "|")


if __name__ == "__main__":
    main()
