"""What stands around a person's record: what a form may offer, read only when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, at_level, range_of
from epiloop.core.purposes import check_purpose
from epiloop.operations.arrivals.state import Arrival
from epiloop.operations.arrivals.state import fold as fold_arrivals
from epiloop.registers.people.state import Person
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.people import Known
from epiloop.store.reading import registers
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.people import PersonPage
from epiloop.store.tables import UnitRow
from epiloop.web import titles
from epiloop.web.acting import Acting
from epiloop.web.asked import meet
from epiloop.web.called import MOST_FOUND, Choices, jurisdictions_called
from epiloop.web.placing import placing
from epiloop.web.registers.kinds import kind_name
from epiloop.web.titles import Titles

READ = "person.read"
SITES = ("isolation-site", "hospital")
"""Kinds of unit where a stage is served."""


@dataclass(frozen=True)
class Around:
    """Who records, the person's page, and the purpose for which more of the history is looked at."""

    who: Acting
    page: PersonPage
    purpose: str = "duty-control"

    @property
    def id(self) -> UUID:
        """The person."""
        return self.page.person.id

    @cached_property
    def stages(self) -> Choices:
        """The stages of the person's loops that are not over."""
        found = Titles(self.who.laws)
        measures = {loop.key: loop.measure for loop in self.page.loops}
        return list({row.key: found.stage(row, measures.get(row.loop, "")) for row in self.page.stages}.items())

    @cached_property
    def history(self) -> Known:
        """The person as an act would find them."""
        asked = By(self.who.actor, check_purpose(self.purpose), "", self.who.account)
        return known(present.parts(), asked, self.id, self.who.at)

    @property
    def person(self) -> Person:
        """The registration as folded from its events."""
        return self.history.person

    def arrivals(self, *steps: str) -> list[Arrival]:
        """The person's arrivals that stand at one of these steps, the latest first."""
        found = fold_arrivals(self.id, self.history.entries).arrivals.values()
        return sorted((one for one in found if one.step in steps), key=lambda one: one.at, reverse=True)

    @cached_property
    def sites(self) -> Choices:
        """Units of the person's county where a stage may be served, as choices."""
        county = range_of(at_level(Code(self.page.person.jurisdiction), "county"))
        with self.who.reading(self.who.scope(READ)) as connection:
            area = meet(self.who.scope(READ), county)
            found = [row for kind in SITES for row in registers.units(connection, area, kind=kind, limit=100).rows]
        return [(str(row.id), f"{_name(row)} · {kind_name(row.kind)}") for row in found]

    def units(self, ids: Sequence[UUID]) -> Choices:
        """Units by their ids, as choices; those out of reach keep their id for a name."""
        with self.who.reading(self.who.scope(READ)) as connection:
            rows = registers.units_by_id(connection, ids)
        return [(str(one), _name(rows[one]) if one in rows else str(one)) for one in ids]

    def units_called(self, text: str) -> Choices:
        """Units whose name has this part, with kind and place."""
        with self.who.reading(self.who.scope(READ)) as connection:
            rows = registers.units(connection, EVERYWHERE, text=text, limit=MOST_FOUND).rows
        names = placing(self.who, [row.jurisdiction for row in rows])
        return [(str(row.id), f"{_name(row)} · {kind_name(row.kind)} · {names.of(row.jurisdiction)}") for row in rows]

    def jurisdictions_called(self, text: str) -> Choices:
        """Jurisdictions meant by a code, a name, pinyin or initials; nearest to the person first."""
        return jurisdictions_called(self.who, text, self.page.person.jurisdiction)

    def place(self, number: int) -> str:
        """The name of a jurisdiction with those above it up to the township."""
        return placing(self.who, [number]).of(number)

    def day(self) -> Any:
        """The reader's calendar day now."""
        return day_of(self.who.at, self.who.zone)


def _name(row: UnitRow) -> str:
    return (row.name_zh if titles.chinese() else row.name_en) or row.name_zh
