"""What one capability does on another's event: facts born in one stream are told in each stream they matter to.

A linked contact's result is told to that contact's secondary contacts. When the contact turns positive they all become
close contacts, in the same act; who is determined later becomes one at once; and when it turns out that the contact was
not positive they go back. Close contacts of somebody who is no case after all are released, unless another of their
sources is one. (Law 2: a fact born elsewhere is appended with its cause. Law 5: a restriction ends with its reason.)
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.actions import CLOSER, Secondary
from epiloop.operations.investigation.events import ContactDetermined
from epiloop.operations.investigation.state import Link
from epiloop.registers.people.events import DeclaredSame, DeclaredSplit
from epiloop.registers.people.state import fold as person_of
from epiloop.runtime.circle import Circle, Closer
from epiloop.runtime.histories import History, load
from epiloop.runtime.near import Near, named_in_rows, takes_back
from epiloop.runtime.projecting import merged_with
from epiloop.runtime.standing import Standing, Telling
from epiloop.store import contacts
from epiloop.store.ledger import PgLedger

Histories = Mapping[UUID, History]
SAMENESS = DeclaredSame | DeclaredSplit


def react(connection: Connection[Any], drafts: Sequence[Draft], histories: Histories) -> list[Draft]:
    """The drafts, each with what it brings about in other people's streams right behind it: as if told one by one."""
    around = _Around.of(drafts)
    if not around.telling and not around.sources:
        return list(drafts)
    circle = _circle(connection, around, histories)
    written = _Written(histories)
    for draft in drafts:
        ref = written.add(draft)
        for caused in circle.learn(draft, ref):
            written.add_new(caused)
    return written.drafts


@dataclass(frozen=True, slots=True)
class _Around:
    """Whose streams tell something of results, cases and registrations; who is linked (anew) through whom."""

    telling: frozenset[UUID]
    merging: frozenset[UUID]
    sources: frozenset[UUID]
    contacts: frozenset[UUID]
    clearing: frozenset[UUID]
    """Of whom something is taken back; and who is merged meanwhile, if there are such."""
    nearer: frozenset[UUID]
    """Through whom somebody is linked as a close contact in such an act."""

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> "_Around":
        linked = [d for d in drafts if isinstance(d.body, ContactDetermined) and d.body.ring == 2]
        merging = frozenset(draft.stream for draft in drafts if isinstance(draft.body, SAMENESS))
        clearing = frozenset(draft.stream for draft in drafts if takes_back(draft.body))
        return cls(
            frozenset(draft.stream for draft in drafts if isinstance(draft.body, Telling | SAMENESS)),
            merging,
            frozenset(source for draft in linked for source in draft.body.sources),  # type: ignore[attr-defined]
            frozenset(draft.stream for draft in linked),
            clearing | merging if clearing else clearing,
            _nearer(drafts) if clearing else frozenset(),
        )


def _nearer(drafts: Sequence[Draft]) -> frozenset[UUID]:
    """Through whom somebody is linked as a close contact."""
    close = (draft.body for draft in drafts if isinstance(draft.body, ContactDetermined) and draft.body.ring == 1)
    return frozenset(source for said in close for source in said.sources)


@dataclass(slots=True)
class _Written:
    """The drafts so far, and which version each will be: so that a cause can be named before it is written."""

    histories: Histories
    drafts: list[Draft] = field(default_factory=list)
    _versions: dict[UUID, int] = field(default_factory=dict)
    _said: set[tuple[UUID, str]] = field(default_factory=set)

    def add(self, draft: Draft) -> EventRef:
        """Another draft; where it will stand. Exact for the streams of the act, the only ones that cause anything."""
        history = self.histories.get(draft.stream)
        before = history.head.version if history and history.head else 0
        self._versions[draft.stream] = self._versions.get(draft.stream, before) + 1
        self.drafts.append(draft)
        return EventRef(draft.stream, self._versions[draft.stream])

    def add_new(self, draft: Draft) -> None:
        """The same, unless the stream was told it before under the same name: the ledger would leave it out."""
        name = draft.source_key and (draft.stream, draft.source_key)
        history = self.histories.get(draft.stream)
        if name and (name in self._said or (history and draft.source_key in {e.source_key for e in history.entries})):
            return
        if name:
            self._said.add(name)
        self.add(draft)


def _circle(connection: Connection[Any], around: _Around, histories: Histories) -> Circle:
    """How it stands before the act, around those who tell something and those through whom somebody is linked."""
    people = _with_merged(connection, around.telling | around.sources, histories)
    circle = Circle(_same(people), lambda contact: _determined(connection, contact, histories))
    _add_links(connection, circle, around)
    known = circle.links.keys() | around.sources | around.merging
    if around.clearing:
        circle.near = _near(connection, {each for one in around.clearing for each in circle.group(one)})
        known |= around.clearing | circle.near.sources | around.nearer
        people |= _with_merged(connection, known - people.keys(), histories)
        circle.same.update(_same(people))
    for one in known:
        for each in circle.group(one):
            circle.standings[each] = Standing.of(people[each].entries)
    return circle


def _near(connection: Connection[Any], registrations: Iterable[UUID]) -> Near:
    """The links by which these people's close contacts are that, each made of the rows of its sources."""
    near = Near()
    for row in contacts.close(connection, list(registrations)):
        base = row.link.rpartition("#")[0]
        first = near.standing.get((row.contact, base)) if named_in_rows(row.link, base) else None
        if first is None:
            words = row.setting, row.relation
            link = Link(row.link, row.disease, 1, (row.source,), row.last_exposure, *words, row.determined_at)
            near.add(Secondary(row.contact, link, row.jurisdiction))
        else:  # as rows name the second and further sources
            link = replace(first.link, sources=(*first.link.sources, row.source))
            near.add(replace(first, link=link))
    return near


def _same(people: Histories) -> dict[UUID, UUID]:
    """Merged registrations -> the one that goes on."""
    merged = [history for history in people.values() if merged_with(history)]
    return {absorbed: history.stream for history in merged for absorbed in _absorbed(history)}


def _absorbed(history: History) -> Iterable[UUID]:
    """The registrations merged into this one: who was linked to them is linked to it."""
    person = person_of(history.stream, history.entries)
    return () if person.merged_into else person.absorbed


def _with_merged(connection: Connection[Any], wanted: Set[UUID], histories: Histories) -> dict[UUID, History]:
    """The histories of these people and of all registrations merged with them; nobody changes them meanwhile."""
    known = {one: histories[one] for one in wanted if one in histories}
    while wanted := (wanted | {one for history in known.values() for one in merged_with(history)}) - known.keys():
        contacts.hold(connection, wanted)
        known |= load(PgLedger(connection), dict.fromkeys(wanted, "person"), lock=False)
    return known


def _add_links(connection: Connection[Any], circle: Circle, around: _Around) -> None:
    for row in contacts.secondaries(connection, around.telling | circle.same.keys()):
        words = row.setting, row.relation
        link = Link(row.link, row.disease, row.ring, (row.source,), row.last_exposure, *words, row.determined_at)
        circle.add(row.source, Secondary(row.contact, link, row.jurisdiction))
    linked = {contact for links in circle.links.values() for contact, _ in links}
    for closer in contacts.closers(connection, linked | around.contacts):
        name = closer.contact, closer.link.removesuffix(CLOSER)
        circle.closers[name] = Closer(closer.withdrawn_at is None, closer.last_exposure, closer.determined_at)


def _determined(connection: Connection[Any], contact: UUID, histories: Histories) -> Iterable[ContactDetermined]:
    """As what a contact was determined so far, the last word last."""
    known = histories.get(contact) or load(PgLedger(connection), {contact: "person"}, lock=True)[contact]
    return [entry.body for entry in known.entries if isinstance(entry.body, ContactDetermined)]
