"""What is asked of the tree: who stands above whom on a day, what a scope covers, and search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from epiloop.core.jurisdictions import Code, Range, Scope, range_of
from epiloop.registers.jurisdictions.divisions import Division, Zone
from epiloop.registers.jurisdictions.state import Register, Transfer
from epiloop.registers.jurisdictions.table import RANK_OF


def path(state: Register, code: Code, day: date) -> tuple[Division | Zone, ...]:
    """The division and all above it on a day, from itself to the province.

    A functional zone that governs it stands in place of the division of its rank.
    """
    steps: list[Division | Zone] = []
    here = state.on(code, day)
    while here is not None:
        steps.append(here)
        zone = _zone_of(state, here, day)
        if zone is not None:
            steps.append(zone)
        above = here.parent if zone is None else zone.parent
        here = None if above is None else state.on(above, day)
    return tuple(steps)


def _zone_of(state: Register, division: Division, day: date) -> Zone | None:
    """The zone whose territory names this division on that day, highest rank first."""
    governing = [zone for zone in state.zones.values() if division.code in zone.territory and zone.holds_on(day)]
    return min(governing, key=lambda zone: RANK_OF[zone.level], default=None)


def responsible(state: Register, code: Code, day: date) -> Division | Zone | None:
    """Who answers there on a day: the division itself, or the next one up if it is only a placeholder."""
    return next((step for step in path(state, code, day) if isinstance(step, Zone) or not step.placeholder), None)


def scope_on(state: Register, codes: Iterable[Code], day: date) -> Scope:
    """What somebody with these jurisdictions may see on a day: their ranges, as merges and splits changed them.

    Records are never renumbered, so ranges are what changes. A zone sees its territory; so does, still, the
    division it was drawn in.
    """
    transfers = [transfer for transfer in state.transfers if transfer.since <= day]
    given: list[list[Range]] = []
    for transfer in transfers:
        given.append(_holdings(transfer.code, transfers, given))
    parts: list[Range] = []
    for code in codes:
        zone = state.zones.get(code)
        roots = (code,) if zone is None else zone.territory if zone.holds_on(day) else ()
        parts += [part for root in roots for part in _holdings(root, transfers, given)]
    return Scope(tuple(_united(parts)))


def _holdings(code: Code, transfers: Sequence[Transfer], given: Sequence[Sequence[Range]]) -> list[Range]:
    """What a code answers for after the transfers of which it is known what they gave (the first len(given))."""
    parts = [range_of(code)]
    for transfer, ranges in zip(transfers, given, strict=False):
        if code in range_of(transfer.code) and code != transfer.code:
            continue  # moved as a whole with what contains it: its own range stays
        if any(transfer.to in part for part in parts):
            parts = [*parts, *ranges]
        else:
            for hole in ranges:
                parts = _without(parts, hole)
    return parts


def _without(parts: Iterable[Range], hole: Range) -> list[Range]:
    kept = []
    for part in parts:
        if hole.high <= part.low or part.high <= hole.low:
            kept.append(part)
            continue
        kept += [Range(part.low, hole.low)] if part.low < hole.low else []
        kept += [Range(hole.high, part.high)] if hole.high < part.high else []
    return kept


def _united(parts: Iterable[Range]) -> list[Range]:
    united: list[Range] = []
    for part in sorted(parts):
        if united and part.low <= united[-1].high:
            united[-1] = Range(united[-1].low, max(united[-1].high, part.high))
        else:
            united.append(part)
    return united


@dataclass(frozen=True, slots=True)
class Hit:
    """A division found, why (`by`: code, name, pinyin, initials), and its place (lower is better)."""

    division: Division
    by: str
    place: tuple[int, ...]


def search(divisions: Iterable[Division], text: str, *, limit: int = 20) -> list[Hit]:
    """Divisions that a person may mean by `text`: a code's beginning, part of a name, pinyin or its initials.

    Whole matches first, then beginnings, then parts; among equals higher levels, then shorter names, then codes.
    """
    needle = "".join(text.lower().split())
    if not needle:
        return []
    hits = (hit for division in divisions if (hit := _hit(division, needle)) is not None)
    return nsmallest(limit, hits, key=lambda hit: hit.place)


def _hit(division: Division, needle: str) -> Hit | None:
    if needle.isdigit():
        return _placed(division, "code", 0) if str(division.code).startswith(needle) else None
    for kind, value in (("name", division.name), ("initials", division.initials), ("pinyin", division.pinyin)):
        found = value.find(needle)
        if value and (found == 0 or (found > 0 and kind == "name")):
            return _placed(division, kind, 0 if value == needle else 1 if found == 0 else 2)
    english = division.name_en.lower().replace(" ", "")
    return _placed(division, "pinyin", 1) if english.startswith(needle) else None


def _placed(division: Division, kind: str, match: int) -> Hit:
    place = (match, int(division.placeholder), RANK_OF[division.level], len(division.name), division.code)
    return Hit(division, kind, place)
