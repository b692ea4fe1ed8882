"""One import under way: what every row needs, whichever list it stands in.

Days become instants at their start in the given zone. Source keys hold a keyed digest of what a row says, sealed fields
included, so the key must be secret: from a plain digest a hospital could be guessed.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.ids import derived
from epiloop.core.instants import start_of_day
from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation.events import ContactDetermined, ExposureRecorded
from epiloop.operations.investigation.mapping.declared import Field, Source
from epiloop.operations.investigation.mapping.declared import Mapping as Declared
from epiloop.operations.investigation.mapping.sheets import RowError
from epiloop.operations.investigation.mapping.values import OwnWords, Unreadable, is_identifying, read
from epiloop.registers.people.events import PersonRegistered
from epiloop.vault.port import Identity

Values = dict[str, Any]
"""The typed values of one row by field; `line` its line, `day` the day from which the person counts as a case."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a list is imported: the zone its days are counted in, the jurisdiction of rows that name none, the day now.

    `stamp` is a secret of the installation, 16 to 64 bytes, that keys the digests. `known` are people already
    registered, who may be named as sources without standing in the file.
    """

    zone: tzinfo
    jurisdiction: int
    today: date
    stamp: bytes
    known: Container[UUID] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: whom it is about, what it says, and who that is (for the vault)."""

    sheet: str
    line: int
    person: UUID
    outside: str
    drafts: tuple[Draft, ...]
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """All rows of both lists. `errors` are rows not taken; `warnings` are oddities of rows that were."""

    rows: tuple[Row, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[RowError, ...]

    def by_stream(self) -> dict[UUID, list[Draft]]:
        """The drafts of each stream in the order in which they happened (as told, within a day), each key once."""
        streams: defaultdict[UUID, dict[str | None, Draft]] = defaultdict(dict)
        for row in self.rows:
            for draft in row.drafts:
                streams[draft.stream].setdefault(draft.source_key, draft)
        return {stream: sorted(drafts.values(), key=_order) for stream, drafts in streams.items()}


_RANK = {kind: rank for rank, kind in enumerate((PersonRegistered, ExposureRecorded, ContactDetermined))}


def _order(draft: Draft) -> tuple[bool, datetime, int]:
    registered = isinstance(draft.body, PersonRegistered)
    return (not registered, draft.occurred_at, _RANK.get(type(draft.body), len(_RANK)))


@dataclass(slots=True)
class Run:
    """One import under way."""

    mapping: Declared
    setting: Setting
    cases: dict[str, Values] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)
    people: dict[str, UUID] = field(default_factory=dict)
    strangers: dict[str, bool] = field(default_factory=dict)
    introduced: set[str] = field(default_factory=set)
    """Strangers whom a row has registered already."""
    starts: dict[date, datetime] = field(default_factory=dict)
    words: dict[tuple[int, str], Any] = field(default_factory=dict)
    """Values already read, by field and text: dates and words come again and again."""

    def person(self, outside: str) -> UUID:
        """The id of the person that the mapping's system knows by this outside id."""
        if outside not in self.people:
            self.people[outside] = derived("person", self.mapping.system, outside)
        return self.people[outside]

    def start(self, day: date) -> datetime:
        """The first instant of a day in the import's zone."""
        if day not in self.starts:
            self.starts[day] = start_of_day(day, self.setting.zone)
        return self.starts[day]

    def is_stranger(self, outside: str) -> bool:
        """Whether somebody is in no case list and not registered either; asked of `known` once per person."""
        if outside not in self.strangers:
            self.strangers[outside] = outside not in self.cases and self.person(outside) not in self.setting.known
        return self.strangers[outside]


class RejectedError(Exception):
    """A row cannot be taken because of this column."""

    def __init__(self, column: str, reason: InvalidInput) -> None:
        super().__init__(column)
        self.column, self.reason = column, reason


def values_of(run: Run, fields: Mapping[str, Field], cells: Mapping[str, str], rows: Mapping[str, Values]) -> Values:
    """The typed values of a row; `rows` are the rows of the case list that a source "case" or "source" means."""
    read_values = {name: _value(run, each, cells, rows) for name, each in fields.items()}
    return _sealing_own_words({name: value for name, value in read_values.items() if value is not None})


_SEALED_WITH = {"setting": "place", "exposure_setting": "place", "relation": "note"}


def _sealing_own_words(values: Values) -> Values:
    """Words of the list's own move to the free text beside them."""
    for name in [name for name, value in values.items() if isinstance(value, OwnWords)]:
        words, room = str(values.pop(name)), _SEALED_WITH[name]
        values[room] = f"{values[room]}; {words}" if room in values else words
    return values


def _value(run: Run, each: Field, cells: Mapping[str, str], rows: Mapping[str, Values]) -> Any:
    for source in each.sources:
        if source.kind in ("case", "source"):
            value = rows.get(source.kind, {}).get(source.name)
        else:
            value = _cell(run, each, source, cells)
        if value is not None:
            return value
    return None


def _cell(run: Run, each: Field, source: Source, cells: Mapping[str, str]) -> Any:
    text = source.name if source.kind == "constant" else cells[source.name]
    known = (id(each), text)  # a mapping lives as long as its import
    if known not in run.words:
        value = _read(run, each, source, text)
        if each.kind in ("text", "number"):  # hardly ever the same again
            return value
        run.words[known] = value
    return run.words[known]


def _read(run: Run, each: Field, source: Source, text: str) -> Any:
    if text.casefold() in run.mapping.missing and text.casefold() not in each.reading.values:
        return None
    try:
        return read(each.kind, text, each.reading)
    except Unreadable as reason:
        raise RejectedError(source.name if source.kind == "column" else each.name, reason) from None


def column_of(fields: Mapping[str, Field], name: str) -> str:
    """The column a field is read from, for messages; the field's own name if it has none."""
    columns = [source.name for source in fields[name].sources if source.kind == "column"] if name in fields else []
    return columns[0] if columns else name


def outside_of(fields: Mapping[str, Field], values: Values, name: str) -> str:
    """The outside id in a field. Rejects the row if it is missing, or would lay open who somebody is."""
    outside = str(values.get(name) or "")
    column = column_of(fields, name)
    if not outside:
        raise RejectedError(column, InvalidInput(N_("The id is missing."), remedy=N_("Every row needs one.")))
    if is_identifying(outside):
        reason = N_("This looks like a document or telephone number. Ids are stored openly.")
        raise RejectedError(column, InvalidInput(reason, remedy=N_("Use the list's own number as id.")))
    return outside


_ORDER = (
    ("exposure_first", "exposure_last"),
    ("infected", "onset"),
    ("onset", "outcome_on"),
    ("day", "outcome_on"),
    ("first_exposure", "last_exposure"),
)


def warn_about_days(run: Run, sheet: str, line: int, fields: Mapping[str, Field], values: Values) -> None:
    """Note days that contradict each other; real lists are full of them and the rest of the row is worth having."""
    odd = {
        second: first for first, second in _ORDER if {first, second} <= values.keys() and values[second] < values[first]
    }
    for second, first in odd.items():
        problem = N_("This day lies before that of %(first)s; taken as it stands.")
        before = column_of(fields, "diagnosed" if first == "day" else first)
        run.warnings.append(RowError(sheet, line, column_of(fields, second), problem, values={"first": before}))


def identity_of(values: Values) -> Identity | None:
    """Who the person is, for the vault alone; None if the row says nothing of it."""
    if not any(values.get(name) for name in ("name", "phone", "document", "address")):
        return None
    return Identity(
        name=values.get("name", ""),
        documents=(("id-card", values["document"]),) if "document" in values else (),
        phones=(values["phone"],) if "phone" in values else (),
        address=values.get("address", ""),
    )


def draft(run: Run, outside: str, name: str, said: Body, day: date, jurisdiction: int) -> Draft:
    """What a row says of the person with this outside id, as a draft. `name` tells its sayings apart."""
    stream = run.person(outside)
    at = run.start(day)
    return Draft(
        stream, said, at, jurisdiction, f"{name}:{run.mapping.system}:{outside}:{digest(said, day, run.setting.stamp)}"
    )


def digest(said: Body, day: date, stamp: bytes) -> str:
    """16 hexadecimal digits over all that a row says in one body, and the day it says it of.

    What is empty is left out, so a field that bodies gain later changes no digest.
    """
    parts = [f"{name}={value}" for name, value in sorted(vars(said).items()) if value is not None and value != ()]
    text = "\x1f".join([day.isoformat(), *parts])
    return hashlib.blake2b(text.encode(), digest_size=8, key=stamp).hexdigest()


def plain_outside(run: Run, fields: Mapping[str, Field], cells: Mapping[str, str], name: str) -> str:
    """The outside id in one field alone, read before the rest of its row. Raises RejectedError."""
    return outside_of(fields, values_of(run, {name: fields[name]}, cells, {}), name)
