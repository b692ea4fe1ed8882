"""Choosing to whom somebody was exposed: found through the vault, by the number of another list, or among new cases.

Only ids leave the vault, and only a POST carries what is typed (PRIVACY R28).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext

from epiloop.core.errors import EpiloopError
from epiloop.core.purposes import PURPOSES
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.identities import search
from epiloop.store.reading import cases as stored_cases
from epiloop.store.reading import people as stored
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.cases import CaseFilter
from epiloop.store.reading.people import PersonLine
from epiloop.store.tables import CaseRow
from epiloop.web import said, titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting
from epiloop.web.called import Choices
from epiloop.web.errors import words
from epiloop.web.people.around import READ
from epiloop.web.people.lines import member
from epiloop.web.placing import placing

RECENT = timedelta(days=14)
"""How far back cases are offered without a search."""
MOST = 20
PURPOSE = "case-investigation"


class Seeker(Protocol):
    """Who looks for a person, on whose page (`id`: nobody is offered to themselves), on which day."""

    @property
    def who(self) -> Acting: ...
    @property
    def id(self) -> UUID | None: ...
    def day(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be the source, in words that do not say who it is."""

    id: UUID
    code: str
    words: tuple[str, ...]


@dataclass
class Sources:
    """Who is offered as the source of a contact: the one named already, those found, the cases of the last days."""

    around: Seeker
    named: Any = None
    purpose: str = PURPOSE
    found: tuple[Candidate, ...] = ()
    recent: tuple[Candidate, ...] = ()
    chosen: str = ""
    text: str = ""
    system: str = ""
    kind: str = ""
    wrong: str = ""
    days: int = field(default=RECENT.days, init=False)

    def __post_init__(self) -> None:
        self.recent = _recent(self.around)
        named = _uuid(self.named)
        self.chosen = str(named or "")
        if named and named not in {one.id for one in self.recent}:
            self.found = self._people([named])

    def find(self, kind: str, text: str, system: str) -> None:
        """Look in the vault (`name`: also by document and telephone), or by `number` in the list `system`."""
        self.kind, self.text, self.system = kind, text.strip()[:100], system.strip()[:60]
        if not self.text:
            self.wrong = gettext("Type what is to be found.")
            return
        try:
            ids = self._by_number() if kind == "number" else self._by_name()
        except EpiloopError as error:
            self.wrong = words(error)
            return
        self.found = self._people([one for one in ids if one != self.around.id])

    @property
    def purpose_words(self) -> str:
        """For which purpose the vault is asked."""
        return gettext(PURPOSES[self.purpose])

    def choices(self) -> Choices:
        """As a field takes them."""
        return [(str(one.id), one.code) for one in (*self.found, *self.recent)]

    def _by_name(self) -> list[UUID]:
        return people_called(self.around.who, self.text, self.purpose)

    def _by_number(self) -> list[UUID]:
        with self.around.who.reading(self.around.who.scope(READ)) as connection:
            found = stored.by_outside_id(connection, self.system, self.text)
        return [found] if found else []

    def _people(self, ids: list[UUID]) -> tuple[Candidate, ...]:
        return tuple(one for one in candidates(self.around.who, ids) if one.id != self.around.id)


def people_called(who: Acting, text: str, purpose: str = PURPOSE) -> list[UUID]:
    """Whom the vault finds by parts of a name, a document or a telephone; it logs first that it was asked.

    Raises InvalidInput, Unavailable.
    """
    asked = By(who.actor, purpose, "", who.account)
    return [
        match.subject for match, _ in search(present.parts(), present.readers(), asked, text, at=who.at, limit=MOST)
    ]


def candidates(who: Acting, ids: Sequence[UUID]) -> tuple[Candidate, ...]:
    """Those of these people who are within reach, in words that do not say who they are."""
    with who.reading(who.scope(READ)) as connection:
        lines = stored.people_by_id(connection, list(ids), who.at)
    names = placing(who, [line.jurisdiction for line in lines])
    return tuple(_person(line, member(line, names)) for line in lines)


def _person(line: PersonLine, said_of: dict[str, Any]) -> Candidate:
    year = str(line.birth_year) if line.birth_year else ""
    parts = (said_of["sex"], year, said_of["occupation"], said_of["place"], said_of["status"])
    return Candidate(line.id, said_of["code"], tuple(part for part in parts if part))


def _recent(around: Seeker) -> tuple[Candidate, ...]:
    who = around.who
    if not who.can("case.read"):
        return ()
    with who.reading(who.scope("case.read")) as connection:
        only = CaseFilter(since=who.at - RECENT)
        rows = stored_cases.cases(connection, EVERYWHERE, who.at, only, limit=MOST).rows
    names = placing(who, [row.jurisdiction for row in rows])
    known: dict[UUID, Candidate] = {}
    for row in rows:
        if row.person != around.id:
            known.setdefault(
                row.person, Candidate(row.person, titles.short_code(row.person), _case(row, around, names))
            )
    return tuple(known.values())


def _case(row: CaseRow, around: Seeker, names: Any) -> tuple[str, ...]:
    kind = v.said(v.CLASSIFICATIONS, row.classification)
    onset = said.said_day(row.onset, around.day()) if row.onset else ""
    when = gettext("onset %(day)s") % {"day": onset} if onset else gettext("without known onset")
    return (kind, v.said(v.DISEASES, row.disease), when, names.of(row.jurisdiction))


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
