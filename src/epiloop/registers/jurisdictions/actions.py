"""From a request to the events it makes. Everything dated; nothing is ever renumbered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Body, Draft
from epiloop.registers.jurisdictions.checks import check_exists, check_merge, check_split, check_zone
from epiloop.registers.jurisdictions.divisions import Division, Zone, stream_of
from epiloop.registers.jurisdictions.events import (
    DivisionListed,
    DivisionMerged,
    DivisionMoved,
    DivisionRenamed,
    DivisionSplit,
    ZoneDrawn,
)
from epiloop.registers.jurisdictions.state import Register


@dataclass(frozen=True, slots=True)
class Adoption:
    """From which day a table or a change holds, by which document, and when it was decided."""

    since: date
    source: str
    at: datetime


def list_divisions(state: Register, divisions: Iterable[Division], adopted: Adoption) -> Iterator[Draft]:
    """What a code table adds to the register: new divisions, new names, new parents; nothing for what is the same.

    Divisions that the table leaves out are not ended by it: an end is a merge or a split with its own document.
    """
    for division in divisions:
        since = division.since or adopted.since
        before = state.on(division.code, since)
        yield from (_draft(body, division.code, adopted) for body in _news(before, division, since, adopted.source))


def _news(before: Division | None, now: Division, since: date, source: str) -> Iterator[Body]:
    if before is None or before.level != now.level or before.placeholder != now.placeholder:
        yield DivisionListed(now.code, now.level, now.name, since, now.parent, now.name_en, now.placeholder, source)
        return
    if (before.name, before.name_en) != (now.name, now.name_en):
        yield DivisionRenamed(now.code, now.name, since, now.name_en, source)
    if before.parent != now.parent and now.parent is not None:
        yield DivisionMoved(now.code, now.parent, since, source)


def rename(state: Register, code: Code, name: str, adopted: Adoption, *, name_en: str = "") -> list[Draft]:
    """Another name from a day on. Raises Refused if there is no such division then."""
    check_exists(state, code, adopted.since)
    return [_draft(DivisionRenamed(code, name, adopted.since, name_en, adopted.source), code, adopted)]


def merge(state: Register, codes: Sequence[Code], into: Code, adopted: Adoption) -> list[Draft]:
    """Divisions become part of another one. A new code for an old division is a merge of one."""
    check_merge(state, codes, into, adopted.since)
    return [_draft(DivisionMerged(code, into, adopted.since, adopted.source), code, adopted) for code in codes]


def split(
    state: Register, code: Code, to: Division, part: Sequence[Code], adopted: Adoption, *, ends: bool = False
) -> list[Draft]:
    """A division gives some of its divisions to a new one, which is listed by the same act."""
    check_split(state, code, part, adopted.since)
    listed = list(list_divisions(state, [to], adopted))
    given = DivisionSplit(code, to.code, tuple(part), adopted.since, ends, adopted.source)
    return [*listed, _draft(given, code, adopted)]


def draw_zone(state: Register, zone: Zone, at: datetime) -> list[Draft]:
    """A functional zone takes its territory and rank from the local file. Raises Refused if another one has it."""
    check_zone(state, zone)
    body = ZoneDrawn(zone.code, zone.level, zone.parent, zone.name, zone.territory, zone.since, zone.until, zone.source)
    return [_draft(body, zone.code, Adoption(zone.since, zone.source, at))]


def _draft(body: Body, code: Code, adopted: Adoption) -> Draft:
    return Draft(stream_of(code), body, adopted.at, code, f"{body.kind}:{adopted.since.isoformat()}:{adopted.source}")
