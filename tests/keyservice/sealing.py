"""A gate and a keeper for tests: what is said is sealed as a gate does it and opened as the key service does."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from epiloop.exposure.visits import moment
from epiloop.vault.hours import HourKey, wrap
from epiloop.vault.visits import Kind, Row, Said, Sealer
from keyservice.days import DayKeys, keys_of

CLOCK = ZoneInfo("Asia/Shanghai")
NOON = int(datetime(2022, 7, 3, 12, tzinfo=CLOCK).timestamp())
HOUR = NOON // 3600


def held(first: date = date(2022, 6, 28), count: int = 12) -> dict[date, DayKeys]:
    """The keys of so many days."""
    days = [first + timedelta(days=number) for number in range(count)]
    return {day: keys_of(day, day.toordinal().to_bytes(32, "big")) for day in days}


def name(number: int) -> bytes:
    """An id of 16 bytes."""
    return number.to_bytes(16, "big")


def came(visit: int, at: int, stay: int, person: int = 1, zone: int = 1, doubts: int = 0) -> Said:
    """Somebody checked in."""
    return Said(name(visit), Kind.IN, at, at + stay, name(zone), name(person), doubts=doubts)


def left(one: Said, at: int) -> Said:
    """Somebody checked out."""
    return replace(one, kind=Kind.OUT, until=at)


def staying(one: Said, until: int) -> Said:
    """Somebody stays until."""
    return replace(one, kind=Kind.EXTEND, until=until)


def gate(said: Iterable[Said], keys: Mapping[date, DayKeys]) -> tuple[list[Row], list[bytes]]:
    """Rows and wrapped keys, each row under a key of the day that it is about."""
    made: dict[date, tuple[HourKey, Sealer]] = {}
    rows = []
    for one in said:
        day = moment(one.entered).astimezone(CLOCK).date()
        if day not in made:
            key = wrap(keys[day].public, day, hour=HOUR, key=os.urandom(32), once=os.urandom(32))
            made[day] = key, key.sealer()
        rows.append(made[day][1].seal(one))
    return rows, [key.wrapped for key, _ in made.values()]
