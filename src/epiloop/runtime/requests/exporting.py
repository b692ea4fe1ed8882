"""Lists out, as CSV or XLSX with formulas neutralised (PRIVACY R27). Written down before a byte is given away (R11)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, short
from epiloop.ledger.events import Act
from epiloop.papers.tables import write_csv, write_xlsx
from epiloop.runtime.acts import Decision
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out, laws_of
from epiloop.store import writing
from epiloop.store.reading.asking import Page, area
from epiloop.store.reading.cases import CaseFilter, cases
from epiloop.store.reading.people import PersonLine, people_by_id
from epiloop.store.scoped import reading
from epiloop.store.tables import CaseRow
from epiloop.vault.port import Identity

RIGHT = "export.read"
IDENTITY = "person.identity"
PAGE = 1_000
FORMATS: dict[str, Callable[[Sequence[str], Sequence[Sequence[str]]], bytes]] = {"csv": write_csv, "xlsx": write_xlsx}
HEADINGS = (
    *("id", "person", "sex", "birth_year", "stay", "disease", "classification", "severity", "onset", "diagnosed"),
    *("reported", "detected", "outcome", "outcome_on"),
)
NAMES = ("name", "phone", "document", "address")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: the cases of a jurisdiction as known at an instant; with `named`, who they are."""

    jurisdiction: Code
    at: datetime
    format: str = "csv"
    disease: str | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, and how many rows it has besides the headings."""

    content: bytes
    rows: int


def export_cases(running: Running, by: By, wanted: Wanted) -> Exported:
    """The cases of a jurisdiction as a file. Raises NotAllowed, InvalidInput for an unknown format."""
    write = FORMATS.get(wanted.format)
    if write is None:
        raise InvalidInput(
            N_("There is no format %(format)s."),
            remedy=N_("Use one of: %(choices)s"),
            format=repr(wanted.format),
            choices=", ".join(FORMATS),
        )
    for right in (RIGHT, IDENTITY) if wanted.named else (RIGHT,):
        by.check(right, wanted.jurisdiction)
    zone = laws_of(running.parts).zone(wanted.jurisdiction)
    with reading(running.readers, by.scope(RIGHT)) as connection:
        found = list(_cases(connection, wanted))
        people = {line.id: line for line in people_by_id(connection, [row.person for row in found], wanted.at)}
    _write_down(running, by, wanted, len(found))
    names = _identities(running, by, found) if wanted.named else {}
    headings = (*HEADINGS, *NAMES) if wanted.named else HEADINGS
    rows = [
        [*_cells(row, people.get(row.person), lambda at: day_of(at, zone)), *_named(names.get(row.person), wanted)]
        for row in found
    ]
    return Exported(write(headings, rows), len(rows))


def _cases(connection: Connection[object], wanted: Wanted) -> Iterator[CaseRow]:
    after: str | None = None
    while True:
        page: Page[CaseRow] = cases(
            connection, area(wanted.jurisdiction), wanted.at, CaseFilter(wanted.disease), limit=PAGE, after_page=after
        )
        yield from page.rows
        after = page.after
        if after is None:
            return


def _write_down(running: Running, by: By, wanted: Wanted, rows: int) -> None:
    """The act of taking data out, and its line in the audit list."""
    decision = Decision((), {"rows": rows, "jurisdiction": short(wanted.jurisdiction)})
    done = carry_out(running.parts, by, {}, lambda _histories, _now, _laws: decision)
    if not done.repeated:
        act = Act(by.new_id("export"), by.actor, by.purpose, by.key, running.parts.now())
        with running.parts.pool.connection() as connection:
            writing.audit_reading(connection, act, jurisdiction=wanted.jurisdiction, subjects=rows)


def _identities(running: Running, by: By, found: Sequence[CaseRow]) -> dict[UUID, Identity]:
    people = list(dict.fromkeys(row.person for row in found))
    return running.parts.vault.reveal(people, asker=by.actor, purpose=by.purpose) if people else {}


def _cells(row: CaseRow, line: PersonLine | None, day: Callable[[datetime], date]) -> list[str]:
    values = (
        row.outside or row.person,
        row.person,
        line.sex if line else None,
        line.birth_year if line else None,
        short(Code(row.jurisdiction)) if row.jurisdiction else None,
        row.disease,
        row.classification,
        row.details.get("severity"),
        row.onset,
        day(row.determined_at),
        row.details.get("reported"),
        row.detected_how,
        "" if row.outcome == "open" else row.outcome,
        row.outcome_on,
    )
    return ["" if value is None else str(value) for value in values]


def _named(identity: Identity | None, wanted: Wanted) -> list[str]:
    if not wanted.named:
        return []
    if identity is None:
        return [""] * len(NAMES)
    documents = "; ".join(number for _, number in identity.documents)
    return [identity.name, "; ".join(identity.phones), documents, identity.address]
