"""Itineraries as people keep them in a spreadsheet: one line a stop, of one person or of many.

A stop is named by the system the list comes from and its number there, so the same list again is the same stops, and a
changed line a correction. A line without a number is named by what it says. A line that cannot be right is an error
with its number; it holds up nothing else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.ids import derived
from epiloop.core.instants import instant
from epiloop.core.spreadsheets import Columns, Line, Read, RowError
from epiloop.operations.itineraries import events as e
from epiloop.operations.itineraries.state import Stop
from epiloop.registers.places.checks import check_position

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "序号"),
    "person": ("人员", "病例编号", "case"),
    "where": ("去向", "类别"),
    "begins": ("开始时间", "到达时间", "from"),
    "ends": ("结束时间", "离开时间", "until"),
    "precision": ("时间精度",),
    "basis": ("来源", "核实方式"),
    "place": ("场所", "场所编号"),
    "zone": ("区域",),
    "name": ("名称", "地点"),
    "address": ("地址", "详细地址"),
    "place_kind": ("场所类型",),
    "longitude": ("经度",),
    "latitude": ("纬度",),
    "vehicle": ("交通工具",),
    "number": ("车次", "航班号", "车牌"),
    "on": ("发车日期", "始发日期"),
    "carriage": ("车厢",),
    "seat": ("座位",),
    "origin": ("上车地点", "出发地"),
    "destination": ("下车地点", "目的地"),
    "household": ("家庭",),
    "note": ("备注",),
}
"""The columns, with the other headings they are known by."""
LIST = Columns(
    COLUMNS,
    ("person", "where", "begins", "ends"),
    N_("Its first line must name person, where, begins and ends; one line for each stop."),
)

WORDS: Mapping[str, str] = {
    "场所": "place",
    "其他地点": "elsewhere",
    "交通": "vehicle",
    "家": "household",
    "住家": "household",
    "聚集": "gathering",
    "聚会": "gathering",
    "home": "household",
    "火车": "train",
    "高铁": "train",
    "公交": "bus",
    "客车": "bus",
    "飞机": "flight",
    "船": "ship",
    "轿车": "car",
    "准确": "minute",
    "大约": "about",
    "时段": "part-of-day",
    "流调": "interview",
    "访谈": "interview",
    "票据": "ticket",
    "刷卡": "card",
    "监控": "camera",
    "通信": "telephone",
}
"""Chinese words for the choices of `where`, `vehicle`, `precision` and `basis`."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: whose stop it is, by an outside id or the person's own; what is said, times perhaps without a zone;
    the register's place by id or name, if one was given.
    """

    line: int
    person: str
    number: str
    told: e.StopTold
    place: str = ""

    def of(self, person: UUID, system: str, zone: tzinfo) -> e.StopTold:
        """The stop of a person, its times in the zone where none was written. Our own files name the stop itself."""
        begins, ends = (_zoned(at, zone) for at in (self.told.begins, self.told.ends))
        name = self.number or repr((begins, ends, self.told.parts()[1], self.place))
        return replace(self.told, stop=_stop(person, system, name), begins=begins, ends=ends)


def read(headings: Sequence[str], lines: Iterable[Line]) -> Read[Listed]:
    """The stops of a list. Raises InvalidInput for a list without the needed columns."""
    result: Read[Listed] = Read()
    for number, row in LIST.rows(headings, lines):
        try:
            result.taken.append(_listed(number, row))
        except EpiloopError as wrong:
            result.errors.append(RowError(number, wrong))
    return result


def _listed(line: int, row: Mapping[str, str]) -> Listed:
    LIST.check_filled(row)
    said: dict[str, Any] = {name: row.get(name) or None for name in _TEXTS}
    told = e.StopTold(
        _NO_STOP,
        **said,
        where=_choice(e.StopKind, row, "where"),
        begins=_read(row, "begins", datetime.fromisoformat),
        ends=_read(row, "ends", datetime.fromisoformat),
        precision=_choice(e.Precision, row, "precision") or e.Precision.MINUTE,
        basis=_choice(e.Basis, row, "basis") or e.Basis.INTERVIEW,
        vehicle=_choice(e.Vehicle, row, "vehicle"),
        on=_read(row, "on", date.fromisoformat),
        household=_read(row, "household", UUID),
        position=position_of(row.get("longitude", ""), row.get("latitude", "")),
    )
    return Listed(line, row["person"], row.get("id", ""), told, row.get("place", ""))


def _stop(person: UUID, system: str, name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        return derived("stop", str(person), system, name)


_NO_STOP = UUID(int=0)
_TEXTS = ("zone", "name", "address", "place_kind", "number", "carriage", "seat", "origin", "destination", "note")


def position_of(longitude: str, latitude: str) -> tuple[float, ...]:
    """A position from two cells; none from two empty ones. Raises InvalidInput."""
    if not longitude and not latitude:
        return ()
    try:
        position = (float(longitude), float(latitude))
    except ValueError:
        position = (999.0, 999.0)
    check_position(position)
    return position


def _choice(kind: type[Choice], row: Mapping[str, str], column: str) -> Choice | None:
    return _read(row, column, lambda text: kind(WORDS.get(text, text.lower())))


T = TypeVar("T")


def _read(row: Mapping[str, str], column: str, read: Callable[[str], T]) -> T | None:
    text = row.get(column, "")
    try:
        return read(text) if text else None
    except ValueError:
        raise InvalidInput(N_("%(column)s cannot be read."), column=column, remedy=_HOW.get(column, "")) from None


_HOW = {
    "begins": N_("Write a day and a time: 2022-07-01 08:30"),
    "ends": N_("Write a day and a time: 2022-07-01 08:30"),
    "on": N_("Write a day: 2022-07-01"),
    "where": N_("Write place, elsewhere, vehicle, household or gathering."),
    "vehicle": N_("Write train, bus, flight, ship or car."),
}


def _zoned(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else instant(at if at.tzinfo else at.replace(tzinfo=zone))


def cells(person: str, stop: Stop, zone: tzinfo) -> list[str]:
    """A stop as a line of `COLUMNS` that `read` takes back to the same."""
    told = stop.told
    said: dict[str, object] = {name: getattr(told, name, None) for name in COLUMNS}
    times = {name: getattr(stop, name).astimezone(zone).isoformat(sep=" ", timespec="minutes") for name in _TIMES}
    longitude, latitude = told.position or ("", "")
    said |= {"id": stop.stop, "person": person, "longitude": longitude, "latitude": latitude, **times}
    return ["" if said[name] is None else str(said[name]) for name in COLUMNS]


_TIMES = ("begins", "ends")
