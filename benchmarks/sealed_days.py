"""A made-up town's days as the key service keeps them: its own format, made by its own code, in its own files.

Every visit is told by a check-in; a third of them by a check-out too, which is a row of its own. Only what a gate and
the inbox do is left out: messages are not sealed under keys of the hour first. Every day is over: its files are merged
as the key service merges those of such days. Days are made in several processes.
"""

from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import Columns
from epiloop.vault.visits import CHECK_IN, NO_ROW, Kind, kind_number
from keyservice.days import DayKeys, keys_of
from keyservice.gathering import SAID, block_of
from keyservice.segments import Segments
from keyservice.stored import Keeper
from town import FIRST, KINDS, ZONE, Town

OUT_EVERY = 3
"""One visit of so many has a check-out."""
PRESUMED = 4 * 3600
"""What is presumed of such a visit before its check-out: longer than any visit but to work."""
AT_ONCE = 1_500_000
"""Messages in one block, before merging."""
PROCESSES = 2


def keys(town: Town) -> dict[date, DayKeys]:
    """The keys of all days of a town."""
    days = [FIRST + timedelta(days=number) for number in range(town.days)]
    return {day: keys_of(day, day.toordinal().to_bytes(32, "big")) for day in days}


def person(number: int) -> bytes:
    """The code of a person."""
    return _ids(np.array([number]), 1).tobytes()


def number_of(code: bytes) -> int:
    """The person of a code."""
    return int.from_bytes(code[8:], "big")


def fill(town: Town, place: Path) -> int:
    """Write the files of all days; how many rows there are."""
    Segments(place)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return sum(pool.map(partial(_fill, town, place), range(town.days)))


def _fill(town: Town, place: Path, number: int) -> int:
    day = FIRST + timedelta(days=number)
    start = round(datetime.combine(day, datetime.min.time(), ZONE).timestamp())
    own, segments, said = keys(town)[day], Segments(place), messages(town.visits(number), number)
    for part in np.array_split(said, -(-len(said) // AT_ONCE)):
        entered, until = (part[name].astype(np.int64) for name in ("entered", "until"))
        segments.write(own, block_of(Keeper(own), start, part, entered, until, np.zeros(len(part), bool)))
    segments.merge(own, over=True)
    return len(said)


def messages(visits: Columns, number: int) -> NDArray[Any]:
    """What is said of the visits of a day, in the order of a shuffled inbox."""
    every = np.arange(len(visits))
    out = every[every % OUT_EVERY == 0]
    rows = np.random.default_rng(number).permutation(np.concatenate((every, out + len(every))))
    said, visit = np.zeros(len(rows), SAID), rows % len(every)
    left = rows >= len(every)
    said["kind"] = np.where(left, Kind.OUT, Kind.IN)
    said["source"], said["row"] = CHECK_IN, NO_ROW
    said["place"] = np.array([kind_number(words) for words in KINDS])[visits.kind[visit]]
    said["entered"] = visits.entered[visit]
    presumed = (visit % OUT_EVERY == 0) & ~left
    said["until"] = np.where(presumed, visits.entered[visit] + PRESUMED, visits.left[visit])
    said["visit"] = _ids(visit, 3 + number)
    said["zone"], said["person"] = _ids(visits.place[visit], 2), _ids(visits.person[visit], 1)
    return said


def _ids(numbers: NDArray[Any], what: int) -> NDArray[np.void]:
    """Ids of 16 bytes."""
    halves = np.empty((len(numbers), 2), ">u8")
    halves[:, 0], halves[:, 1] = what, numbers
    return halves.view("V16").ravel()
