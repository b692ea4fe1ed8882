"""Lists of places in and out, as CSV and XLSX: rejected rows as a file; sensitive places for their keepers only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotAllowed, NotFound
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code, short
from epiloop.core.spreadsheets import RowError
from epiloop.ledger.events import Act
from epiloop.papers.tables import read_table
from epiloop.registers.places import actions, lists
from epiloop.registers.places.lists import Listed
from epiloop.registers.places.state import fold
from epiloop.runtime.acts import Decision, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.exporting import FORMATS, Exported
from epiloop.runtime.requests.listed import in_order, mended
from epiloop.store import writing
from epiloop.store.reading import registers
from epiloop.store.reading.asking import Page, area
from epiloop.store.reading.registers import PlacesAsked
from epiloop.store.scoped import reading
from epiloop.store.tables import PlaceRow, ZoneRow

RIGHT, READ, EXPORT = "register.write", "register.read", "export.read"
BATCH = 1_000
"""Places per act, and per page read."""
SHEET = "places"
PLACES = "places"
"""The system of a list that does not say where it comes from."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PlacesImported:
    """What came of a list, in places; `rejected` counts lines, and `mend` is the file of them."""

    read: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    errors: tuple[RowError, ...]
    mend: bytes


def import_places(
    parts: Parts,
    by: By,
    file: tuple[str, bytes],
    *,
    system: str = PLACES,
    translate: Callable[[str], str] = str,
    progress: Progress = lambda _done, _total: None,
) -> PlacesImported:
    """Register what a list (name and content of a CSV or XLSX file) says. The same list again changes nothing.

    Raises InvalidInput for a file that is no list of places.
    """
    sheet = read_table(*file, sheet=SHEET)
    said = lists.read(sheet.headings, sheet.rows, system=system)
    allowed, errors = _allowed(by, said.taken)
    counts = {"added": 0, "updated": 0, "unchanged": 0}
    for start in range(0, len(allowed), BATCH):
        some = allowed[start : start + BATCH]
        for word, n in _batch(parts, by.part(str(start)), some).items():
            counts[word] += n
        progress(start + len(some), len(allowed))
    wrong = in_order(sheet, said.errors, errors)
    return PlacesImported(
        len(said.taken), **counts, rejected=len(wrong), errors=wrong, mend=mended(sheet, wrong, translate)
    )


def _allowed(by: By, places: Sequence[Listed]) -> tuple[list[Listed], list[RowError]]:
    allowed, errors = [], []
    for listed in places:
        try:
            by.check(RIGHT, listed.place.jurisdiction)
        except NotAllowed as wrong:
            errors += [RowError(line, wrong) for line in listed.lines]
        else:
            allowed.append(listed)
    return allowed, errors


def _batch(parts: Parts, by: By, some: Sequence[Listed]) -> dict[str, int]:
    wanted = {place_of(*listed.name): listed for listed in some}

    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        drafts, counts = [], {"added": 0, "updated": 0, "unchanged": 0}
        for place, listed in wanted.items():
            if histories[place].kind != "place":
                raise NotFound(N_("There is no such entry in this register."), remedy=N_("Search for it again."))
            state = fold(place, histories[place].entries)
            if state.jurisdiction:
                by.check(RIGHT, state.jurisdiction)
            fresh = actions.take_over(state, listed.place, listed.zones, at=now)
            counts["added" if state.step == "unknown" else "updated" if fresh else "unchanged"] += 1
            drafts += fresh
        return Decision(drafts, dict(counts))

    done = carry_out(parts, by, dict.fromkeys(wanted, "place"), decide)
    return {name: int(str(done.result[name])) for name in ("added", "updated", "unchanged")}


def export_places(running: Running, by: By, jurisdiction: Code, form: str = "csv") -> Exported:
    """The open places of a jurisdiction, one line a zone, as a file that `import_places` takes.

    Sensitive ones only where the register is kept (PRIVACY R13). Written down before it is given away.
    """
    write = FORMATS.get(form)
    if write is None:
        raise InvalidInput(N_("There is no format %(format)s."), format=repr(form))
    for right in (READ, EXPORT):
        by.check(right, jurisdiction)
    rows = list(_rows(running, by, jurisdiction))
    _write_down(running, by, jurisdiction, len(rows))
    return Exported(write(list(lists.COLUMNS), rows), len(rows))


def _rows(running: Running, by: By, jurisdiction: Code) -> Iterator[list[str]]:
    asked = PlacesAsked(area(jurisdiction), by.scope(RIGHT))
    with reading(running.readers, by.scope(READ)) as connection:
        after: str | None = None
        while True:
            page: Page[PlaceRow] = registers.places(
                connection, asked, running.parts.now(), limit=BATCH, after_page=after
            )
            zones = registers.zones(connection, [row.id for row in page.rows])
            for row in page.rows:
                yield from (_cells(row, zone) for zone in zones.get(row.id, [None]))
            after = page.after
            if after is None:
                return


def _cells(row: PlaceRow, zone: ZoneRow | None) -> list[str]:
    place = (
        row.id,
        row.kind,
        row.name_zh,
        "" if row.name_en == row.name_zh else row.name_en,
        short(Code(row.jurisdiction)),
        row.capacity,
        row.hours,
        "yes" if row.sensitivity == "sensitive" else "no",  # said, since the usual for a kind may be the other
        row.door,
        row.longitude,
        row.latitude,
    )
    of_zone = ("",) * 5 if zone is None else _zone_cells(zone)
    return ["" if value is None else str(value) for value in (*place, *of_zone)]


def _zone_cells(zone: ZoneRow) -> tuple[object, ...]:
    english = "" if zone.name_en == zone.name_zh else zone.name_en
    return zone.zone, zone.kind, zone.name_zh, english, zone.capacity


def _write_down(running: Running, by: By, jurisdiction: Code, rows: int) -> None:
    decision = Decision((), {"rows": rows, "jurisdiction": short(jurisdiction)})
    done = carry_out(running.parts, by, {}, lambda _histories, _now, _laws: decision)
    if not done.repeated:
        act = Act(by.new_id("export"), by.actor, by.purpose, by.key, running.parts.now())
        with running.parts.pool.connection() as connection:
            writing.audit_reading(connection, act, jurisdiction=jurisdiction, subjects=rows)


def place_of(system: str, number: str) -> UUID:
    """The stream of the place that a list names so; a file of our own names the stream itself."""
    try:
        return UUID(number)
    except ValueError:
        return derived("place", system, number)
