"""Itineraries in and out as CSV and XLSX. What goes out is written down first, with its purpose (PRIVACY R11, R27)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotFound
from epiloop.core.jurisdictions import Code, short
from epiloop.core.spreadsheets import RowError
from epiloop.ledger.events import Act
from epiloop.operations.itineraries import lists, queries
from epiloop.operations.itineraries.events import StopTold
from epiloop.operations.itineraries.lists import COLUMNS, Listed
from epiloop.papers.tables import read_table
from epiloop.runtime.acts import Decision
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out, no_such_person
from epiloop.runtime.requests.exporting import FORMATS, Exported
from epiloop.runtime.requests.itineraries.opening import WRITE, seen
from epiloop.runtime.requests.itineraries.telling import tell_stops
from epiloop.runtime.requests.listed import in_order, mended
from epiloop.store import writing
from epiloop.store.reading import registers
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.people import by_outside_id, people_by_id
from epiloop.store.reading.registers import PlacesAsked
from epiloop.store.scoped import reading

IMPORT, EXPORT = "import.write", "export.read"
SHEET = "itineraries"
SYSTEM = "itineraries"
"""The system of a list that does not say where it comes from."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ItinerariesImported:
    """What came of a list, in stops; `rejected` counts lines, and `mend` is the file of them."""

    read: int
    told: int
    unchanged: int
    rejected: int
    errors: tuple[RowError, ...]
    mend: bytes


def import_itineraries(
    running: Running,
    by: By,
    file: tuple[str, bytes],
    *,
    system: str = SYSTEM,
    people: str = "",
    translate: Callable[[str], str] = str,
    progress: Progress = lambda _done, _total: None,
) -> ItinerariesImported:
    """Tell the stops of a list (name and content of a CSV or XLSX file). The same list again changes nothing.

    `people`: the system whose numbers stand for the people; without one they are ids of ours. A line that cannot be
    taken comes back; it holds up no other. Raises InvalidInput for a file that is no list of stops.
    """
    by.check(IMPORT, None)
    sheet = read_table(*file, sheet=SHEET)
    found = lists.read(sheet.headings, sheet.rows)
    whose, errors = _whose(running, by, found.taken, people)
    told = unchanged = 0
    for n, (person, stops) in enumerate(whose.items()):
        good, fresh, wrong = _take(running, by.part(str(person)), person, stops, system)
        told, unchanged, errors = told + fresh, unchanged + good - fresh, [*errors, *wrong]
        progress(n + 1, len(whose))
    all_wrong = in_order(sheet, found.errors, errors)
    mend = mended(sheet, all_wrong, translate)
    return ItinerariesImported(len(sheet.rows), told, unchanged, len(all_wrong), all_wrong, mend)


def _whose(
    running: Running, by: By, stops: Sequence[Listed], people: str
) -> tuple[dict[UUID, list[Listed]], list[RowError]]:
    """The lines by person; those of nobody within reach are errors."""
    whose: dict[UUID, list[Listed]] = {}
    errors = []
    known = _people(running, by, {listed.person for listed in stops}, people)
    for listed in stops:
        person = known.get(listed.person)
        if person is None:
            errors.append(RowError(listed.line, no_such_person()))
        else:
            whose.setdefault(person, []).append(listed)
    return whose, errors


def _people(running: Running, by: By, names: set[str], system: str) -> dict[str, UUID]:
    with reading(running.readers, by.scope(WRITE)) as connection:
        ids = {name: by_outside_id(connection, system, name) if system else _id(name) for name in sorted(names)}
        wanted = [one for one in ids.values() if one]
        within = {line.id for line in people_by_id(connection, wanted, running.parts.now())}
    return {name: one for name, one in ids.items() if one in within and one}


def _take(
    running: Running, by: By, person: UUID, stops: Sequence[Listed], system: str
) -> tuple[int, int, list[RowError]]:
    """How many lines of one person are right, how many of them said something new, and the errors of the others."""
    before = seen(running.parts, by, person, running.parts.now())
    good, fresh, errors = 0, 0, []
    for listed in stops:
        try:
            told = _settled(running, by, listed, listed.of(person, system, before.zone))
            done = tell_stops(running, by.part(str(told.stop)), person, [told])
        except EpiloopError as wrong:
            errors.append(RowError(listed.line, wrong))
        else:
            good, fresh = good + 1, fresh + bool(done.events)
    return good, fresh, errors


def _settled(running: Running, by: By, listed: Listed, told: StopTold) -> StopTold:
    """The stop with the register's place, given by its id or its exact name."""
    if not listed.place:
        return told
    place = _id(listed.place) or place_called(running, by, listed.place)
    return StopTold(**{**vars(told), "place": place})


def place_called(running: Running, by: By, name: str) -> UUID:
    """The one open place with this name, in either language. Raises NotFound if there is none, or several."""
    asked = PlacesAsked(EVERYWHERE, by.scope(WRITE), text=name)
    with reading(running.readers, by.scope("register.read")) as connection:
        rows = registers.places(connection, asked, running.parts.now(), limit=50).rows
    exact = [row.id for row in rows if name.strip().lower() in (row.name_zh.lower(), row.name_en.lower())]
    if len(exact) != 1:
        raise NotFound(
            N_("The register has no place, or several, of this name."), remedy=N_("Give its number in the register.")
        )
    return exact[0]


def export_itinerary(running: Running, by: By, person: UUID, form: str = "csv") -> Exported:
    """The standing stops of one person as a file that `import_itineraries` takes. Written down before it is given."""
    write = FORMATS.get(form)
    if write is None:
        raise InvalidInput(N_("There is no format %(format)s."), format=repr(form))
    found = seen(running.parts, by, person, running.parts.now())
    jurisdiction = Code(found.known.jurisdiction)
    by.check(EXPORT, jurisdiction)
    rows = [lists.cells(str(person), stop, found.zone) for stop in queries.in_order(found.itinerary.standing())]
    write_down(running, by, jurisdiction, len(rows))
    return Exported(write(list(COLUMNS), rows), len(rows))


def write_down(running: Running, by: By, jurisdiction: Code, rows: int) -> None:
    """The act of taking an itinerary out, and its line in the audit list."""
    decision = Decision((), {"rows": rows, "jurisdiction": short(jurisdiction)})
    done = carry_out(running.parts, by, {}, lambda _histories, _now, _laws: decision)
    if not done.repeated:
        act = Act(by.new_id("export"), by.actor, by.purpose, by.key, running.parts.now())
        with running.parts.pool.connection() as connection:
            writing.audit_reading(connection, act, jurisdiction=jurisdiction, subjects=1)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
