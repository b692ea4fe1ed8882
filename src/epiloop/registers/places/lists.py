"""A list of places as people keep it in a spreadsheet: one line a zone, lines with the same number are one place.

A place is named by the system the list comes from and its number there, so the same list again is the same places. A
line that cannot be right is an error with its line and column; it holds up only its own place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.core.spreadsheets import Columns, Line, Read, Row, RowError
from epiloop.registers.places import checks
from epiloop.registers.places import events as e
from epiloop.registers.places.hours import parsed
from epiloop.registers.places.kinds import SENSITIVE_KINDS, is_kind, is_usually_sensitive
from epiloop.registers.places.state import Place

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "场所编号"),
    "kind": ("类型", "场所类型"),
    "name_zh": ("名称", "场所名称", "name"),
    "name_en": ("英文名称",),
    "jurisdiction": ("辖区", "辖区代码"),
    "capacity": ("容量", "容纳人数"),
    "hours": ("营业时间", "开放时间"),
    "sensitivity": ("敏感",),
    "door": ("门牌编号",),
    "longitude": ("经度",),
    "latitude": ("纬度",),
    "zone": ("区域", "区域代号"),
    "zone_kind": ("区域类型",),
    "zone_zh": ("区域名称",),
    "zone_en": ("区域英文名称",),
    "zone_capacity": ("区域容量",),
}
"""The columns, with the other headings they are known by."""

LIST = Columns(
    COLUMNS,
    ("id", "kind", "name_zh", "jurisdiction"),
    N_("Its first line must name id, kind, name_zh and jurisdiction; one line for each zone."),
)
OF_PLACE = tuple(name for name in COLUMNS if not name.startswith("zone"))
YES, NO = frozenset({"sensitive", "yes", "1", "是", "敏感"}), frozenset({"", "public", "no", "0", "否", "公开"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One place of a list: what is said of it and of its zones, and the lines that say it."""

    place: e.PlaceRegistered
    zones: tuple[e.ZoneSet, ...]
    lines: tuple[int, ...]

    @property
    def name(self) -> tuple[str, str]:
        """The system and the number that name the place."""
        return self.place.outside[0]


def read(headings: Sequence[str], lines: Iterable[Line], *, system: str) -> Read[Listed]:
    """The places of a list that comes from `system`. Raises InvalidInput for a list without the needed columns."""
    by_place: dict[str, list[tuple[int, Row]]] = {}
    for number, row in LIST.rows(headings, lines):
        by_place.setdefault(row["id"] or f"\0{number}", []).append((number, row))
    result: Read[Listed] = Read()
    for rows in by_place.values():
        try:
            result.taken.append(_listed(rows, system))
        except _At as wrong:
            result.errors.append(RowError(wrong.line, wrong.wrong))
            others = (number for number, _row in rows if number != wrong.line)
            result.errors += [RowError(number, _held_up(wrong.line)) for number in others]
    result.errors.sort(key=lambda error: error.line)
    return result


class _At(Exception):
    """What is wrong, and in which line."""

    def __init__(self, line: int, wrong: EpiloopError) -> None:
        super().__init__(line)
        self.line, self.wrong = line, wrong


def _held_up(line: int) -> InvalidInput:
    return InvalidInput(N_("Another line of the same place is wrong: line %(line)d."), line=line)


def _listed(rows: Sequence[tuple[int, Row]], system: str) -> Listed:
    line, first = rows[0]
    zones: dict[str, e.ZoneSet] = {}
    try:
        place = _place(first, system)
        for line, row in rows:  # noqa: B007 - where it stopped is the line that is wrong
            _check_same(first, row)
            if row.get("zone"):
                _add(zones, _zone(row))
    except EpiloopError as wrong:
        raise _At(line, wrong) from wrong
    return Listed(place, tuple(zones.values()), tuple(line for line, _row in rows))


def _check_same(first: Mapping[str, str], row: Mapping[str, str]) -> None:
    if any(row.get(name, "") not in ("", first.get(name, "")) for name in OF_PLACE):
        raise InvalidInput(N_("Two lines say different things of the same place."))


def _add(zones: dict[str, e.ZoneSet], zone: e.ZoneSet) -> None:
    if zone.zone in zones:
        raise InvalidInput(N_("Two zones have the same name."))
    zones[zone.zone] = zone


def _place(row: Mapping[str, str], system: str) -> e.PlaceRegistered:
    LIST.check_filled(row)
    if not is_kind(row["kind"]):
        raise InvalidInput(
            N_("This is no kind of place: %(kind)s."),
            remedy=N_("A kind is a word of small letters, digits and dashes, such as market."),
            kind=repr(row["kind"]),
        )
    told = e.PlaceRegistered(
        place_kind=row["kind"],
        jurisdiction=code(row["jurisdiction"]),
        name_zh=row["name_zh"],
        name_en=row.get("name_en", ""),
        capacity=_number(row.get("capacity", "")),
        code=row.get("door") or None,
        sensitivity=_sensitivity(row),
        hours=parsed(row.get("hours", "")),
        outside=((system, row["id"]),),
        position=_position(row),
    )
    checks.check_register(_NOTHING, told)
    return told


_NOTHING = Place(UUID(int=0))


def _zone(row: Mapping[str, str]) -> e.ZoneSet:
    told = e.ZoneSet(
        row["zone"],
        row.get("zone_kind", ""),
        row.get("zone_zh", ""),
        row.get("zone_en", ""),
        _number(row.get("zone_capacity", "")),
    )
    checks.check_zone_said(told)
    return told


def _number(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 8):
        raise InvalidInput(N_("A capacity is a whole number: %(text)s."), text=repr(text))
    return int(text) if text else None


def _position(row: Mapping[str, str]) -> tuple[float, ...]:
    cells = [row.get(name, "") for name in ("longitude", "latitude")]
    if not any(cells):
        return ()
    try:
        return tuple(map(float, cells))
    except ValueError:
        raise InvalidInput(N_("Longitude and latitude are numbers, both or neither."), where="") from None


def _sensitivity(row: Mapping[str, str]) -> e.Sensitivity:
    said = row.get("sensitivity", "").lower()
    if said not in YES | NO:
        raise InvalidInput(N_("Whether a place is sensitive is said with yes or no: %(text)s."), text=repr(said))
    sensitive = said in YES or row["kind"] in SENSITIVE_KINDS or (not said and is_usually_sensitive(row["kind"]))
    return e.Sensitivity.SENSITIVE if sensitive else e.Sensitivity.PUBLIC
