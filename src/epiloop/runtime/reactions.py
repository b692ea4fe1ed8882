"""What one capability does on another's event: facts born in one stream are told in each stream they matter to.

A linked contact's result is told to that contact's secondary contacts; when the contact turns positive they all become
close contacts, in the same act. (Law 2: a fact born elsewhere is appended with its cause.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.actions import Secondary, secondary_to_close, tell_result
from epiloop.operations.investigation.events import (
    CaseDetermined,
    CaseReclassified,
    ContactDetermined,
    ContactWithdrawn,
    LinkedContactResult,
)
from epiloop.operations.investigation.state import Link
from epiloop.operations.screening.events import ResultCorrected, ResultReceived
from epiloop.registers.people.events import DeclaredSame
from epiloop.registers.people.state import fold as person_of
from epiloop.runtime.histories import History
from epiloop.store import contacts

TELLING = frozenset({"negative", "positive"})
SURE = frozenset({"confirmed", "asymptomatic"})
Result = ResultReceived | ResultCorrected


def react(connection: Connection[Any], drafts: Sequence[Draft], histories: Mapping[UUID, History]) -> list[Draft]:
    """The drafts, each with what it brings about in other people's streams right behind it: as if told one by one."""
    telling = {draft.stream for draft in drafts if isinstance(draft.body, Result) or _turns_positive(draft)}
    if not telling:
        return list(drafts)
    circle = _circle(connection, telling, {other: one for one in telling for other in _absorbed(histories.get(one))})
    told: list[Draft] = []
    for draft in drafts:
        told += [draft, *circle.learn(draft)]
    return told


def _turns_positive(draft: Draft) -> bool:
    body = draft.body
    if isinstance(body, CaseDetermined | CaseReclassified):
        return body.classification.value in SURE
    return isinstance(body, Result) and body.outcome.value == "positive"


def _absorbed(history: History | None) -> Iterable[UUID]:
    """The registrations merged into this one: who was linked to them is linked to it."""
    if history is None or not any(isinstance(entry.body, DeclaredSame) for entry in history.entries):
        return ()
    return person_of(history.stream, history.entries).absorbed


@dataclass(slots=True)
class _Circle:
    """Who is a secondary contact through whom, and what samples said, as it changes from draft to draft.

    Links by source, then by contact and name. `same` are merged registrations -> the one that goes on.
    """

    same: Mapping[UUID, UUID]
    links: dict[UUID, dict[tuple[UUID, str], Secondary]] = field(default_factory=dict)
    outcomes: dict[UUID, dict[str, str]] = field(default_factory=dict)
    stays: dict[UUID, int] = field(default_factory=dict)

    def add(self, source: UUID, each: Secondary) -> None:
        """One more link through a source."""
        index = self.same.get(source, source)
        link = replace(each.link, sources=(index,))
        self.links.setdefault(index, {})[each.person, link.link] = replace(each, link=link)

    def learn(self, draft: Draft) -> list[Draft]:
        """Take in what a draft says; what it brings about."""
        body = draft.body
        self.stays[draft.stream] = draft.jurisdiction
        if isinstance(body, ContactDetermined | ContactWithdrawn):
            self._forget(draft.stream, body.link)
        if isinstance(body, ContactDetermined) and body.ring == 2:
            self._determined(draft, body)
        told = self._tell(draft, body) if isinstance(body, Result) else []
        return told + (self._close(draft) if _turns_positive(draft) else [])

    def through(self, source: UUID, disease: str | None = None) -> list[Secondary]:
        """The secondary contacts of a source, each where they stay now; of one disease or any.

        In order of person and link, whether they were read from rows or learned in this act.
        """
        return [
            replace(each, jurisdiction=self.stays.get(each.person, each.jurisdiction))
            for _, each in sorted(self.links.get(source, {}).items(), key=lambda item: item[0])
            if disease in (None, each.link.disease)
        ]

    def _determined(self, draft: Draft, said: ContactDetermined) -> None:
        words = said.setting and said.setting.value, said.relation and said.relation.value
        for number, source in enumerate(said.sources):
            name = f"{said.link}#{number}" if number else said.link  # as rows name them
            link = Link(name, said.disease, 2, (source,), said.last_exposure, *words, draft.occurred_at)
            self.add(source, Secondary(draft.stream, link, draft.jurisdiction))

    def _forget(self, contact: UUID, name: str) -> None:
        for links in self.links.values():
            for key in [key for key in links if key[0] == contact and _base(key[1], name) == name]:
                del links[key]

    def _tell(self, draft: Draft, result: Result) -> list[Draft]:
        """A result, unless the sample had one that says something: a correction is no further result."""
        known = self.outcomes.setdefault(draft.stream, {})
        before, known[result.sample] = known.get(result.sample), result.outcome.value
        if result.outcome.value not in TELLING or before in TELLING:
            return []
        nth = sum(outcome in TELLING for outcome in known.values())
        told = LinkedContactResult(draft.stream, result.outcome.value, nth)
        return tell_result(self.through(draft.stream), told, at=draft.occurred_at)

    def _close(self, draft: Draft) -> list[Draft]:
        # The cause's version is not known before it is written; 0 stands for "the event of the same act".
        cause = EventRef(draft.stream, 0)
        linked = self.through(draft.stream, getattr(draft.body, "disease", None))
        return secondary_to_close(linked, index=draft.stream, cause=cause, at=draft.occurred_at)


def _base(stored: str, name: str) -> str:
    """The link's own name: rows of its second and further sources carry a number behind it."""
    base, _, number = stored.rpartition("#")
    return name if base == name and number.isdigit() else stored


def _circle(connection: Connection[Any], telling: set[UUID], same: Mapping[UUID, UUID]) -> _Circle:
    """How it stands before the act."""
    circle = _Circle(same)
    for row in contacts.secondaries(connection, telling | same.keys()):
        words = row.setting, row.relation
        link = Link(row.link, row.disease, row.ring, (row.source,), row.last_exposure, *words, row.determined_at)
        circle.add(row.source, Secondary(row.contact, link, row.jurisdiction))
    for person, sample, outcome in contacts.outcomes(connection, telling):
        circle.outcomes.setdefault(person, {})[sample] = outcome
    return circle
