"""The rows of the projections, one class a table: field names are column names, annotations say PostgreSQL's types.

`Table.owner` is the column of the subject whose rows are replaced together when its stream is read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints
from uuid import UUID

Small = Annotated[int, "int2"]
Whole = Annotated[int, "int4"]
Code = Annotated[int, "int8"]
Real = Annotated[float, "float8"]
Texts = Annotated[list[str], "text[]"]
AsJson = Annotated[dict[str, Any], "json"]


class UnitRow(NamedTuple):
    id: UUID
    kind: str
    name_zh: str
    name_en: str
    jurisdiction: Code


class PostRow(NamedTuple):
    id: UUID
    kind: str
    level: str
    jurisdiction: Code
    unit: UUID | None
    phone: str


class ShiftRow(NamedTuple):
    post: UUID
    starts: datetime
    ends: datetime
    account: str
    phone: str
    substitute_for: str
    jurisdiction: Code
    unit: UUID | None = None


class PlaceRow(NamedTuple):
    id: UUID
    kind: str
    name_zh: str
    name_en: str
    capacity: Whole | None
    sensitivity: str
    jurisdiction: Code
    unit: UUID | None
    closed_at: datetime | None
    door: str = ""
    hours: str = ""
    longitude: Real | None = None
    latitude: Real | None = None


class ZoneRow(NamedTuple):
    place: UUID
    zone: str
    kind: str
    name_zh: str
    name_en: str
    capacity: Whole | None
    jurisdiction: Code


class VenueCodeRow(NamedTuple):
    place: UUID
    zone: str
    number: Whole
    short: str
    jurisdiction: Code
    issued_at: datetime
    ends_at: datetime | None
    reason: str


class DoorCountRow(NamedTuple):
    place: UUID
    zone: str
    since: datetime
    until: datetime
    people: Whole
    jurisdiction: Code


class PersonRow(NamedTuple):
    id: UUID
    jurisdiction: Code
    residence: Code
    sex: str
    birth_year: Small | None
    occupation: str
    household: UUID | None
    employer: UUID | None
    identified: bool
    merged_into: UUID | None
    died_on: date | None
    controlled_from: datetime | None
    controlled_until: datetime | None


class OutsideIdRow(NamedTuple):
    system: str
    outside: str
    subject: UUID
    jurisdiction: Code


class LoopRow(NamedTuple):
    subject: UUID
    key: str
    subject_kind: str
    jurisdiction: Code
    line: str
    measure: str
    rulebook: str
    version: str
    day_zero: date | None
    opened_at: datetime
    closes_at: datetime | None
    outcome: str


class StageRow(NamedTuple):
    subject: UUID
    loop: str
    key: str
    status: str
    jurisdiction: Code
    starts: datetime
    ends: datetime | None
    outer_end: datetime | None
    first_day: date
    last_day: date | None
    clock: str
    version: str
    clause: str
    waits_for: Texts
    valid_from: datetime
    valid_until: datetime | None


class DutyRow(NamedTuple):
    subject: UUID
    loop: str
    key: str
    subject_kind: str
    jurisdiction: Code
    line: str
    measure: str
    rulebook: str
    version: str
    clause: str
    kind: str
    stage: str
    day: Small | None
    starts: datetime
    due: datetime
    owner_party: str
    owner_post: str
    owner_code: Code
    owner_unit: UUID | None
    evidence: str
    consequence: Small
    state: str
    done_at: datetime | None
    valid_from: datetime
    valid_until: datetime | None


class StatusRow(NamedTuple):
    subject: UUID
    loop: str
    status: str
    strictness: Small
    jurisdiction: Code
    starts: datetime
    ends: datetime
    rulebook: str
    measure: str
    version: str
    clause: str
    reason: str


class EscalationRow(NamedTuple):
    subject: UUID
    loop: str
    duty: str
    level: Small
    at: datetime
    owner_party: str
    owner_post: str
    owner_code: Code
    account: str
    jurisdiction: Code


class CaseRow(NamedTuple):
    person: UUID
    disease: str
    number: Small
    classification: str
    jurisdiction: Code
    onset: date | None
    determined_at: datetime
    detected_how: str
    outcome: str
    outcome_on: date | None
    discarded_at: datetime | None
    outside: str
    details: AsJson
    sealed: bytes | None


class ContactRow(NamedTuple):
    contact: UUID
    source: UUID | None
    link: str
    disease: str
    ring: Small
    jurisdiction: Code
    last_exposure: date | None
    determined_at: datetime
    withdrawn_at: datetime | None
    relation: str
    setting: str
    sealed: bytes | None


class SampleRow(NamedTuple):
    subject: UUID
    sample: str
    kind: str
    jurisdiction: Code
    taken_at: datetime | None
    outcome: str
    result_at: datetime | None
    ct: Real | None


class FollowUpRow(NamedTuple):
    subject: UUID
    at: datetime
    jurisdiction: Code
    symptoms: bool | None


class DuplicateRow(NamedTuple):
    left_person: UUID
    right_person: UUID
    state: str
    score: Real
    jurisdiction: Code
    decided_at: datetime | None


class DeadlineRow(NamedTuple):
    subject: UUID
    next_at: datetime


class ComputedRow(NamedTuple):
    subject: UUID
    version: Whole
    rulebooks: bytes


class SnapshotRow(NamedTuple):
    subject: UUID
    jurisdiction: Code
    employer: UUID | None
    likeness: bytes
    instants: bytes


class AssistanceRow(NamedTuple):
    id: UUID
    outgoing: bool
    kind: str
    step: str
    jurisdiction: Code
    other: Code
    peer: UUID | None
    made_at: datetime
    arrived_at: datetime | None
    received_at: datetime | None
    deadline: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    withdrawn: bool
    people: Whole
    answered: Whole
    clause: str
    post: str
    phone: str
    waiting: Texts


class AssistancePersonRow(NamedTuple):
    request: UUID
    number: Whole
    jurisdiction: Code
    person: UUID
    matched: UUID | None
    result: str
    at: datetime | None
    elsewhere: Code | None


class PeerRow(NamedTuple):
    id: UUID
    name: str
    jurisdictions: Texts
    signing: bytes
    opening: bytes
    address: str
    fingerprint: str
    dropped: bool


class TraceRow(NamedTuple):
    id: UUID
    kind: str
    step: str
    person: UUID
    jurisdiction: Code
    disease: str
    clause: str
    ring: Small
    since: datetime | None
    until: datetime | None
    asked_by: str
    asked_unit: str
    asked_at: datetime
    due: datetime
    decided_by: str
    decided_unit: str
    decided_at: datetime | None
    expires: datetime | None
    first_ring: Whole | None
    second_ring: Whole | None
    counted: bool
    done_at: datetime | None
    confirmed: Whole
    registered: Whole
    justified: bool | None


class DivisionRow(NamedTuple):
    id: UUID
    code: Code
    level: Small
    parent: Code | None
    name_zh: str
    name_en: str
    pinyin: str
    initials: str
    placeholder: bool
    valid_from: date
    valid_until: date | None


class AdoptionRow(NamedTuple):
    stream: UUID
    rulebook: str
    digest: bytes
    jurisdiction: Code
    adopted_at: datetime
    recorded_at: datetime


class Packed(NamedTuple):
    """Rows of one class as COPY takes them: their meaning is lost, so only for writing.

    `counts`: how often they, and packed rows written with them, count where (see `counting`).
    """

    of: type[tuple[Any, ...]]
    rows: bytes
    counts: Sequence[tuple[Any, int]] = ()


_TYPES: dict[object, str] = {
    UUID: "uuid",
    str: "text",
    datetime: "timestamptz",
    date: "date",
    bool: "bool",
    bytes: "bytea",
}


def _type_name(hint: Any) -> str:
    for choice in (hint, *get_args(hint)):
        if get_origin(choice) is Annotated:
            return str(get_args(choice)[1])
        if choice in _TYPES:
            return _TYPES[choice]
    raise TypeError(f"no PostgreSQL type for {hint}")


@dataclass(frozen=True, slots=True)
class Table:
    """How rows of one class are written: table name, subject column, columns and their binary types.

    `key` is the primary key of tables that a rule change writes row by row.
    """

    name: str
    owner: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]


def _table(name: str, owner: str, row: Any, *more_of_key: str) -> Table:
    hints = get_type_hints(row, include_extras=True)
    types = tuple(_type_name(hint) for hint in hints.values())
    return Table(name, owner, tuple(hints), types, (owner, *more_of_key))


TABLES: dict[type[tuple[Any, ...]], Table] = {
    UnitRow: _table("unit", "id", UnitRow),
    PostRow: _table("post", "unit", PostRow),
    ShiftRow: _table("shift", "unit", ShiftRow),
    PlaceRow: _table("place", "id", PlaceRow),
    ZoneRow: _table("zone", "place", ZoneRow),
    VenueCodeRow: _table("venue_code", "place", VenueCodeRow),
    DoorCountRow: _table("door_count", "place", DoorCountRow),
    PersonRow: _table("person", "id", PersonRow),
    OutsideIdRow: _table("outside_id", "subject", OutsideIdRow),
    LoopRow: _table("loop", "subject", LoopRow, "key"),
    StageRow: _table("stage", "subject", StageRow, "loop", "key", "valid_from"),
    DutyRow: _table("duty", "subject", DutyRow, "loop", "key", "valid_from"),
    StatusRow: _table("status_span", "subject", StatusRow, "loop", "starts"),
    EscalationRow: _table("escalation", "subject", EscalationRow),
    CaseRow: _table("case_record", "person", CaseRow),
    ContactRow: _table("contact_link", "contact", ContactRow),
    SampleRow: _table("sample", "subject", SampleRow),
    FollowUpRow: _table("follow_up", "subject", FollowUpRow),
    DuplicateRow: _table("duplicate", "left_person", DuplicateRow),
    TraceRow: _table("trace", "id", TraceRow),
    AssistanceRow: _table("assistance", "id", AssistanceRow),
    AssistancePersonRow: _table("assistance_person", "request", AssistancePersonRow),
    PeerRow: _table("peer", "id", PeerRow),
    DivisionRow: _table("division", "id", DivisionRow),
    AdoptionRow: _table("adoption", "stream", AdoptionRow),
    DeadlineRow: _table("deadline", "subject", DeadlineRow),
    ComputedRow: _table("computed", "subject", ComputedRow),
    SnapshotRow: _table("snapshot", "subject", SnapshotRow),
}
"""The tables whose rows belong to one subject's stream."""
