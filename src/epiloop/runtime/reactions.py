"""What one capability does on another's event: facts born in one stream are told in each stream they matter to.

A linked contact's result is told to that contact's secondary contacts. When the contact turns positive they all become
close contacts, in the same act; who is determined later becomes one at once; and when it turns out that the contact was
not positive they go back. Close contacts of somebody who is no case after all are released, unless another of their
sources is one; and with them, or with whoever is withdrawn as a close contact, those who hang on them alone.
(Law 2: a fact born elsewhere is appended with its cause. Law 5: a restriction ends with its reason.)
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.actions import CLOSER, Secondary
from epiloop.operations.investigation.events import ContactDetermined, ContactWithdrawn
from epiloop.operations.investigation.state import Link
from epiloop.operations.investigation.state import fold as investigated
from epiloop.registers.people.state import fold as person_of
from epiloop.registers.people.state import in_recorded_order
from epiloop.runtime.around import Around
from epiloop.runtime.chains import Chains, Hold
from epiloop.runtime.circle import Circle, Closer, Own, note_link
from epiloop.runtime.histories import History
from epiloop.runtime.near import Near, named_in_rows
from epiloop.runtime.projecting import merged_with
from epiloop.runtime.standing import Standing
from epiloop.runtime.surroundings import Stored, Surroundings

Histories = Mapping[UUID, History]


def react(connection: Connection[Any], drafts: Sequence[Draft], histories: Histories) -> list[Draft]:
    """The drafts, each with what it brings about in other people's streams right behind it: as if told one by one."""
    return worked_out(Stored(connection), drafts, histories)


def worked_out(surroundings: Surroundings, drafts: Sequence[Draft], histories: Histories) -> list[Draft]:
    """The same, wherever it is asked who is linked to whom."""
    around = Around.of(drafts, histories)
    if not (around.telling or around.sources or around.loosening):
        return list(drafts)
    circle = _circle(surroundings, around, histories)
    written = _Written(histories)
    for draft in drafts:
        ref = written.add(draft)
        for caused in circle.learn(draft, ref):
            written.add_new(caused)
    return written.drafts


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


def _circle(surroundings: Surroundings, around: Around, histories: Histories) -> Circle:
    """How it stands before the act, around those who tell something and those through whom somebody is linked."""
    people = _with_merged(surroundings, around.telling | around.sources, histories)
    same = _same({**histories, **people})
    circle = Circle(same=same, read=lambda contact: _determined(surroundings, contact, histories))
    _add_links(surroundings, circle, around)
    circle.own = {one: _own(circle, one, histories) for one in around.contacts & histories.keys()}
    known = circle.links.keys() | around.sources | around.merging
    if around.clearing:
        circle.near = _ring(surroundings, _groups(circle, around.clearing), Near())
        known |= around.clearing | circle.near.sources | around.nearer
        circle.own |= {circle.index_of(one): _own(circle, one, people) for one in around.clearing & people.keys()}
        known |= {source for links in circle.own.values() for said, _ in links.values() for source in said.sources}
    if loosening := _loosening(circle, around):
        circle.same.update(surroundings.merged(loosening))
        circle.chains = Chains(_ring(surroundings, _groups(circle, loosening), Near(ring=2)))
        known |= circle.chains.far.sources | around.linked
    people |= _with_merged(surroundings, known - people.keys(), histories)
    circle.same.update(_same(people))
    circle.entries = {one: people[one].entries for one in around.merging}
    if circle.chains:
        _add_holds(surroundings, circle, known | loosening, {one: people[one] for one in around.merging})
    for one in known:
        for each in circle.group(one):
            circle.standings[each] = Standing.of(people[each].entries)
    return circle


def _own(circle: Circle, registration: UUID, people: Histories) -> Own:
    """By which links somebody is a contact, told of any of their registrations."""
    links: Own = {}
    for entry in in_recorded_order(*(people[one].entries for one in circle.group(registration) if one in people)):
        if isinstance(entry.body, ContactDetermined | ContactWithdrawn):
            note_link(links, entry.body, entry.occurred_at)
    return links


def _groups(circle: Circle, registrations: Iterable[UUID]) -> set[UUID]:
    return {each for one in registrations for each in circle.group(one)}


def _loosening(circle: Circle, around: Around) -> set[UUID]:
    """Who may be a close contact no more when the act is done."""
    close = {contact for contact, _ in circle.near.standing} if circle.near else set()
    closer = circle.closers.keys() if circle.near else set()
    return close | closer | around.loosening | around.clearing


def _ring(surroundings: Surroundings, registrations: Iterable[UUID], near: Near) -> Near:
    """The links by which these people's contacts are that in a ring, each made of the rows of its sources."""
    for row in surroundings.ring(list(registrations), near.ring):
        base = row.link.rpartition("#")[0]
        first = near.standing.get((row.contact, base)) if named_in_rows(row.link, base) else None
        if first is None:
            words = row.setting, row.relation
            link = Link(row.link, row.disease, near.ring, (row.source,), row.last_exposure, *words, row.determined_at)
            near.add(Secondary(row.contact, link, row.jurisdiction))
        else:  # as rows name the second and further sources
            link = replace(first.link, sources=(*first.link.sources, row.source))
            near.add(replace(first, link=link))
    return near


def _add_holds(surroundings: Surroundings, circle: Circle, people: Set[UUID], merging: Histories) -> None:
    """By which links these people are or were close contacts. Who is merged or split in this act: each registration by
    what was told of it, for rows have them under the one that goes on.
    """
    assert circle.chains is not None
    for row in surroundings.held({circle.index_of(one) for one in people} - merging.keys()):
        circle.chains.holds.setdefault(row.contact, {})[row.link] = Hold(row.disease, row.standing)
    for one, history in merging.items():
        links = [link for link in investigated(one, history.entries).links.values() if link.ring == 1]
        circle.chains.holds[one] = {link.link: Hold(link.disease, link.step != "withdrawn") for link in links}


def _same(people: Histories) -> dict[UUID, UUID]:
    """Merged registrations -> the one that goes on."""
    merged = [history for history in people.values() if merged_with(history)]
    return {absorbed: history.stream for history in merged for absorbed in _absorbed(history)}


def _absorbed(history: History) -> Iterable[UUID]:
    """The registrations merged into this one: who was linked to them is linked to it."""
    person = person_of(history.stream, history.entries)
    return () if person.merged_into else person.absorbed


def _with_merged(surroundings: Surroundings, wanted: Set[UUID], histories: Histories) -> dict[UUID, History]:
    """The histories of these people and of all registrations merged with them; nobody changes them meanwhile."""
    known = {one: histories[one] for one in wanted if one in histories}
    while wanted := (wanted | {one for history in known.values() for one in merged_with(history)}) - known.keys():
        known |= surroundings.histories(wanted)
    return known


def _add_links(surroundings: Surroundings, circle: Circle, around: Around) -> None:
    for row in surroundings.secondaries(around.telling | circle.same.keys()):
        words = row.setting, row.relation
        link = Link(row.link, row.disease, row.ring, (row.source,), row.last_exposure, *words, row.determined_at)
        circle.add(row.source, Secondary(row.contact, link, row.jurisdiction))
    linked = {contact for links in circle.links.values() for contact, _ in links}
    for closer in surroundings.closers(linked | around.contacts):
        became = Closer(closer.source, closer.last_exposure, closer.determined_at, closer.withdrawn_at is None)
        circle.closers.setdefault(closer.contact, {})[closer.link.removesuffix(CLOSER)] = became


def _determined(surroundings: Surroundings, contact: UUID, histories: Histories) -> Iterable[ContactDetermined]:
    """As what a contact was determined so far, the last word last."""
    known = histories.get(contact) or surroundings.locked(contact)
    return [entry.body for entry in known.entries if isinstance(entry.body, ContactDetermined)]
