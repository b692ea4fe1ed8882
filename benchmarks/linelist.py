"""A long line list through `epiloop import cases`: how long it takes, how much memory, and which rows come back.

    uv run python benchmarks/linelist.py [--size small|full] [--json]

The list is synthetic; one row in fifty cannot be taken over. The command is the real one, in a process of its own, on a
durable database with rulebooks adopted. Answers are checked: every good row is added once, every bad row comes back
with its line, and the same list again changes nothing.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from epiloop.project.home import Installation
from epiloop.project.wiring import shift_clock
from installed import AT, installed
from machines import machine

SIZES = {"small": 400, "full": 100_000}
"""Rows."""
ONE_BAD_IN = 50
HEADINGS = ("编号", "姓名", "电话", "证件", "性别", "年龄", "现住", "分类", "发病", "确诊", "医院", "病区")
MAPPING = """\
system: benchmark-list
constants: {disease: covid-19}
cases:
  id: 编号
  name: 姓名
  phone: 电话
  document: 证件
  sex: {column: 性别, values: {男: male, 女: female}}
  age: 年龄
  stay: 现住
  classification: {column: 分类, values: {确诊: confirmed, 疑似: suspected}}
  onset: 发病
  diagnosed: 确诊
  hospital: 医院
keep: [病区]
"""
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


@dataclass(frozen=True)
class Line:
    """One run of the command: rows of the file, seconds, rows per second, its peak memory in megabytes, and what it
    said of the rows."""

    what: str
    rows: int
    seconds: float
    rows_per_second: int
    megabytes: int
    added: int
    unchanged: int
    rejected: int


def rows(how_many: int, seed: int = 1) -> Iterator[list[str]]:
    """Cases of a month; nine of ten have a telephone, one of three a document; a bad one has no such day or class."""
    draw = random.Random(seed)
    for n in range(how_many):
        onset = AT.date() - timedelta(days=draw.randrange(1, 30))
        name = draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(("", *GIVEN))
        document = (
            f"450226{draw.randrange(1940, 2015)}{draw.randrange(1, 13):02}01{n % 10_000:04}" if n % 3 == 0 else ""
        )
        phone = f"199{n:08}" if draw.random() < 0.9 else ""
        stay = f"450226{100 + draw.randrange(10)}{201 + draw.randrange(14)}"
        found = ["确诊", onset.isoformat(), (onset + timedelta(days=1)).isoformat()]
        if n % ONE_BAD_IN == ONE_BAD_IN - 1:
            found = draw.choice((["不明", *found[1:]], ["确诊", "2022-02-30", found[2]]))
        who = [name, phone, document, draw.choice("男女"), str(draw.randrange(1, 95)), stay]
        yield [f"C{n}", *who, *found, f"医院{draw.randrange(9)}", f"W{draw.randrange(5)}"]


def write(folder: Path, how_many: int) -> tuple[Path, Path]:
    """The list and its mapping as files."""
    table, mapping = folder / "list.csv", folder / "mapping.yaml"
    with table.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEADINGS, *rows(how_many)])
    mapping.write_text(MAPPING, "utf-8")
    return table, mapping


def imported(what: str, table: Path, mapping: Path, how_many: int, *more: str) -> Line:
    """One run of the command; its progress is shown."""
    rejects = table.with_name("rejects.csv")
    command = [sys.executable, "-m", "epiloop", "import", "cases", str(table), "--mapping", str(mapping)]
    command += ["--jurisdiction", "450226", "--rejects", str(rejects), "--json", *more]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ)
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    assert os.waitstatus_to_exitcode(status) == 0
    bad = how_many // ONE_BAD_IN
    assert (told["read"], told["rejected"]) == (how_many, bad), told
    with rejects.open(encoding="utf-8-sig") as back:
        assert sum(1 for _ in csv.reader(back)) == 1 + bad
    counts = {name: told[name] for name in ("added", "unchanged", "rejected")}
    return Line(what, how_many, round(seconds, 1), round(how_many / seconds), _megabytes(used), **counts)


def _megabytes(used: resource.struct_rusage) -> int:
    return used.ru_maxrss // (1_048_576 if sys.platform == "darwin" else 1_024)


def run(size: str = "small") -> list[dict[str, object]]:
    """All lines of a size."""
    with installed() as (installation, _):
        return [asdict(line) for line in _lines(installation, SIZES[size])]


def _lines(installation: Installation, how_many: int) -> Iterator[Line]:
    shift_clock(installation, AT)
    table, mapping = write(installation.home.parent, how_many)
    good = how_many - how_many // ONE_BAD_IN
    tried = imported("tried only", table, mapping, how_many, "--dry-run")
    yield tried
    first = imported("imported", table, mapping, how_many)
    assert (first.added, first.unchanged) == (good, 0), first
    yield first
    again = imported("the same again", table, mapping, how_many)
    assert (again.added, again.unchanged) == (0, good), again
    yield again


def main() -> None:
    """Print the table, or one JSON value."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    on = machine()
    lines = run(options.size)
    if options.json:
        print(json.dumps({"machine": on, "size": options.size, "lines": lines}))
        return
    headings = list(lines[0])
    print(
        on,
        *("  ".join(f"{cell:>15}" for cell in row) for row in (headings, *(line.values() for line in lines))),
        sep="\n",
    )


if __name__ == "__main__":
    main()
