"""The register of divisions: a fold over their events, in recorded order."""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Body
from epiloop.registers.jurisdictions.divisions import Division, Zone
from epiloop.registers.jurisdictions.events import (
    DivisionListed,
    DivisionMerged,
    DivisionMoved,
    DivisionRenamed,
    DivisionSplit,
    ZoneDrawn,
)
from epiloop.registers.jurisdictions.pinyin import pinyin


@dataclass(frozen=True, slots=True)
class Transfer:
    """From `since`, `to` answers for everything that `code` answered for (its numbers stay what they are)."""

    code: Code
    to: Code
    since: date


@dataclass(slots=True)
class Register:
    """All divisions with their history.

    `spans` holds, for each code, how it was in consecutive spans of time; `transfers` what merges and splits gave
    from one to another, by effective date; `zones` the functional zones.
    """

    spans: dict[Code, list[Division]] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    zones: dict[Code, Zone] = field(default_factory=dict)

    def on(self, code: Code, day: date) -> Division | None:
        """How the division is on a day; None before it was listed and after it ended."""
        return next((span for span in reversed(self.spans.get(code, [])) if span.holds_on(day)), None)


def register(events: Iterable[Body]) -> Register:
    """The register after these events; each event's class must be one of this capability's."""
    state = Register()
    for event in events:
        _APPLY[type(event)](state, event)
    return state


def apply(state: Register, event: Body) -> None:
    """Let one more event change the register in place (the bulk import folds 665,000 of them)."""
    _APPLY[type(event)](state, event)


def _listed(state: Register, event: DivisionListed) -> None:
    full, initials = pinyin(event.name)
    parent = None if event.parent is None else Code(event.parent)
    code = Code(event.code)
    division = Division(
        code, event.level, parent, event.name, event.name_en, full, initials, event.placeholder, event.since
    )
    _from_then(state, division)


def _renamed(state: Register, event: DivisionRenamed) -> None:
    full, initials = pinyin(event.name)
    names = {"name": event.name, "name_en": event.name_en, "pinyin": full, "initials": initials}
    _change(state, Code(event.code), event.since, **names)


def _moved(state: Register, event: DivisionMoved) -> None:
    _change(state, Code(event.code), event.since, parent=Code(event.parent))


def _merged(state: Register, event: DivisionMerged) -> None:
    _end(state, Code(event.code), event.since)
    for child in _children(state, Code(event.code), event.since):
        _change(state, child, event.since, parent=Code(event.into))
    insort(state.transfers, Transfer(Code(event.code), Code(event.into), event.since), key=_since)


def _split(state: Register, event: DivisionSplit) -> None:
    for code in event.part:
        insort(state.transfers, Transfer(Code(code), Code(event.to), event.since), key=_since)
        _change(state, Code(code), event.since, parent=Code(event.to))
    if event.ends:
        _end(state, Code(event.code), event.since)


def _since(transfer: Transfer) -> date:
    return transfer.since


def _children(state: Register, code: Code, day: date) -> list[Code]:
    """Every division whose parent is this one on a day. Merges are rare, so this looks at all."""
    return [other for other in state.spans if (span := state.on(other, day)) is not None and span.parent == code]


def _drawn(state: Register, event: ZoneDrawn) -> None:
    territory = tuple(Code(code) for code in event.territory)
    code, parent = Code(event.code), Code(event.parent)
    state.zones[code] = Zone(code, event.level, parent, event.name, territory, event.since, event.until, event.source)


_APPLY: dict[type[Body], Callable[[Register, Any], None]] = {
    DivisionListed: _listed,
    DivisionRenamed: _renamed,
    DivisionMoved: _moved,
    DivisionMerged: _merged,
    DivisionSplit: _split,
    ZoneDrawn: _drawn,
}


def _from_then(state: Register, division: Division) -> None:
    """Let `division` hold from its `since`; spans that began at or after that day give way."""
    assert division.since is not None
    _end(state, division.code, division.since)
    state.spans.setdefault(division.code, []).append(division)


def _change(state: Register, code: Code, since: date, **changes: Any) -> None:
    before = state.on(code, since)
    if before is not None:
        _from_then(state, replace(before, since=since, **changes))


def _end(state: Register, code: Code, day: date) -> None:
    kept = [span for span in state.spans.get(code, []) if span.since is None or span.since < day]
    if kept and (kept[-1].until is None or kept[-1].until > day):
        kept[-1] = replace(kept[-1], until=day)
    if kept or code in state.spans:
        state.spans[code] = kept
