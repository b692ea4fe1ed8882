"""The people around index contacts while an act is worked out: who is linked through whom, and what becomes of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Draft, Entry
from epiloop.operations.investigation.actions import (
    CLOSER,
    Secondary,
    close_to_secondary,
    closer_link,
    move_contact,
    release_contact,
    secondary_to_close,
    tell_result,
)
from epiloop.operations.investigation.events import (
    ContactDetermined,
    ContactWithdrawn,
    LinkedContactResult,
)
from epiloop.operations.investigation.state import Link
from epiloop.operations.screening.events import SampleTaken
from epiloop.registers.people.events import DeclaredSame, DeclaredSplit
from epiloop.runtime.near import Named, Near, named_in_rows
from epiloop.runtime.parting import echoes, names, openly
from epiloop.runtime.resting import Resting
from epiloop.runtime.standing import SAYING, Reason, Result, Telling, reason_of

LONGEST_CONTROL = timedelta(days=28)
"""No measure keeps a contact for so long after the exposure."""


Own = dict[str, tuple[ContactDetermined, datetime]]
"""By which links somebody is a contact, and since when each was said."""


@dataclass(frozen=True, slots=True)
class Closer:
    """The close contact link that a link of the second ring became: through whom, exposed until, since when, whether
    it stands.
    """

    source: UUID | None
    exposed: date | None
    since: datetime
    standing: bool = True


@dataclass(slots=True, kw_only=True)
class Circle(Resting):
    """Who is a secondary contact through whom, and what samples and cases say, as it changes from draft to draft.

    Links and standings by registration; `same` are merged registrations -> the one that goes on.
    """

    read: Callable[[UUID], Iterable[ContactDetermined]]
    """As what a contact was determined before this act."""
    links: dict[UUID, dict[Named, Secondary]] = field(default_factory=dict)
    closers: dict[UUID, dict[str, Closer]] = field(default_factory=dict)
    """Contact -> name of the link of the second ring, as rows have it -> what that became."""
    stays: dict[UUID, int] = field(default_factory=dict)
    said: dict[Named, ContactDetermined] = field(default_factory=dict)
    """What was said in this act of a contact's link, by its own name."""
    near: Near | None = None
    """The close contacts of those of whom something is taken back; None where nothing is."""
    entries: Mapping[UUID, Sequence[Entry]] = field(default_factory=dict)
    """What was told of those who are merged or split in this act."""
    was_close: bool = False
    """Whether whom the event links, or links no more, was a close contact before."""
    own: dict[UUID, Own] = field(default_factory=dict)
    """By which links those of whom something is taken back, or who are linked anew, are contacts themselves, also
    while they were cases.
    """
    _sources: dict[UUID, set[UUID]] = field(default_factory=dict)
    """Contact -> through whom `links` has them."""

    def add(self, source: UUID, each: Secondary) -> None:
        """One more link through a source."""
        self.links.setdefault(source, {})[each.person, each.link.link] = each
        self._sources.setdefault(each.person, set()).add(source)

    def learn(self, draft: Draft, ref: EventRef) -> list[Draft]:
        """Take in what a draft says, which will stand at `ref`; what it brings about."""
        caused = self._learned(draft, ref)
        self._note_own(caused)
        return caused

    def _note_own(self, drafts: Iterable[Draft]) -> None:
        for one in drafts:
            if isinstance(one.body, ContactDetermined | ContactWithdrawn):
                note_link(self.own.get(self.index_of(one.stream), {}), one.body, one.occurred_at)

    def _learned(self, draft: Draft, ref: EventRef) -> list[Draft]:
        body = draft.body
        self.lost = []
        self.was_close = self._close(draft)
        self.stays[draft.stream] = draft.jurisdiction
        self._note_rings(draft)
        if isinstance(body, SampleTaken) and draft.stream in self.standings:
            self.standings[draft.stream].take(body, ref, draft.occurred_at)
        if isinstance(body, ContactDetermined | ContactWithdrawn):
            own = self.own.get(self.index_of(draft.stream), {})
            before = own.get(body.link)
            note_link(own, body, draft.occurred_at)
            return self._linked(draft, body, ref, before and before[0])
        if isinstance(body, DeclaredSame | DeclaredSplit):
            return self._merged(draft, body, ref)
        if isinstance(body, Telling) and draft.stream in self.standings:
            return self._told(draft, ref)
        return []

    def _note_rings(self, draft: Draft) -> None:
        """Who is linked in which ring, but for sure cases: they keep their links."""
        index, disease = self.index_of(draft.stream), getattr(draft.body, "disease", None)
        for around in (self.near, self.chains):
            if around:
                around.learn(draft, ill=any(one.disease == disease is not None for one in self.sure(index)))

    # --- who is linked ------------------------------------------------------------------------------------------

    def _linked(
        self,
        draft: Draft,
        said: ContactDetermined | ContactWithdrawn,
        ref: EventRef,
        before: ContactDetermined | None = None,
    ) -> list[Draft]:
        """`before`: what was said of the link, if it stood. What it became and somebody withdrew says nothing of a link
        that is new, or said anew of another source or exposure.
        """
        contact, at = draft.stream, draft.occurred_at
        if said.link.endswith(CLOSER):
            self._note_closer(contact, said, at)
            return self._let_down(draft, said.disease, ref)
        self._forget(contact, said.link)
        drafts = self._undone(draft, said)
        if isinstance(said, ContactDetermined) and said.ring == 2:
            self.said[contact, said.link] = cast("ContactDetermined", openly(said))
            same = _through(before) & _through(said)
            for number, (source, each) in enumerate(list(self._determined(draft, said))):
                drafts += self._settle(source, each, None, ref, turned=(number, source, said.last_exposure) not in same)
        return drafts + self._let_down(draft, said.disease, ref)

    def _close(self, draft: Draft) -> bool:
        """Whether whom a draft links, or links no more, is a close contact."""
        said = draft.body
        if self.chains is None or not isinstance(said, ContactDetermined | ContactWithdrawn):
            return False
        return self.chains.held(self.group(self.index_of(draft.stream)), said.disease)

    def _let_down(self, draft: Draft, disease: str, ref: EventRef) -> list[Draft]:
        """Who was a close contact before the draft may be none now: who hangs on that person is let go."""
        return self._loosened(draft.stream, disease, ref, draft.occurred_at) if self.was_close else []

    def _note_closer(self, contact: UUID, said: ContactDetermined | ContactWithdrawn, at: datetime) -> None:
        names = self.closers.setdefault(contact, {})
        name = said.link.removesuffix(CLOSER)
        if isinstance(said, ContactDetermined):
            names[name] = Closer(next(iter(said.sources), None), said.last_exposure, at)
        elif name in names:
            names[name] = replace(names[name], standing=False)

    def _undone(self, draft: Draft, said: ContactDetermined | ContactWithdrawn) -> list[Draft]:
        """What a link of the second ring became goes with the link, or with the source that it names no more."""
        left = {_row(said.link, number): self.index_of(source) for number, source, _ in _through(said)}
        drafts: list[Draft] = []
        for name, closer in self.closers.get(draft.stream, {}).items():
            source = closer.source and self.index_of(closer.source)
            if closer.standing and named_in_rows(name, said.link) and source != left.get(name):
                gone = ContactWithdrawn(closer_link(name), said.disease)
                drafts.append(Draft(draft.stream, gone, draft.occurred_at, draft.jurisdiction))
        for one in drafts:
            self._note_closer(draft.stream, cast("ContactWithdrawn", one.body), draft.occurred_at)
            if self.chains:
                self.chains.learn(one)
        return drafts

    def _determined(self, draft: Draft, said: ContactDetermined) -> Iterator[tuple[UUID, Secondary]]:
        words = said.setting and said.setting.value, said.relation and said.relation.value
        for number, source in enumerate(said.sources):
            exposed = (source,), said.last_exposure
            link = Link(_row(said.link, number), said.disease, 2, *exposed, *words, draft.occurred_at)
            each = Secondary(draft.stream, link, draft.jurisdiction)
            self.add(source, each)
            yield source, each

    def _forget(self, contact: UUID, name: str) -> None:
        for source in self._sources.get(contact, ()):
            links = self.links[source]
            for key in [key for key in links if key[0] == contact and named_in_rows(key[1], name)]:
                del links[key]

    def through(self, index: UUID) -> list[tuple[UUID, Secondary]]:
        """The secondary contacts of a person, with the registration each is linked to, where they stay now.

        In order of person and link, whether they were read from rows or learned in this act.
        """
        found = [(source, each) for source in self.group(index) for each in self.links.get(source, {}).values()]
        return sorted(found, key=lambda one: (one[1].person, one[1].link.link))

    # --- what becomes of it -------------------------------------------------------------------------------------

    def _told(self, draft: Draft, ref: EventRef) -> list[Draft]:
        index, at = self.index_of(draft.stream), draft.occurred_at
        before = self._reasons(index)
        grounds, sure = (self.grounds(index), self.sure(index)) if self.near else ([], [])
        told = self._tell(draft, ref) if isinstance(draft.body, Result) else []
        if not isinstance(draft.body, Result):
            self.standings[draft.stream].take(draft.body, ref, at)
        turned = {name for name, reason in self._reasons(index).items() if reason and not before[name]}
        self.lost = _gone(grounds, self.grounds(index)) if grounds else []
        unsure = _gone(sure, self.sure(index)) if sure else []
        drafts = told + self._settle_all(index, ref, at, turned)
        if self.near and self.lost:
            drafts += self._release(self.near, index, ref, at)
        self._note_own(drafts)
        resumed = self._resumed(index, unsure, ref, draft) if self.near and unsure else []
        for one in resumed:
            self._note_rings(one)
        return drafts + resumed

    def _merged(self, draft: Draft, said: DeclaredSame | DeclaredSplit, ref: EventRef) -> list[Draft]:
        """Two registrations are one person, or are not: what one is told counts for the other's contacts, or not."""
        pair, at = (draft.stream, said.other), draft.occurred_at
        if isinstance(said, DeclaredSame) and not said.survives:
            return []
        if isinstance(said, DeclaredSplit) and self.same.get(said.other) != draft.stream:
            return []
        resting, before = self._resting(pair), self._reasons_of(pair)
        drafts: list[Draft] = []
        if isinstance(said, DeclaredSplit):
            del self.same[said.other]
            self._part(*pair)
            drafts += self._go_with(pair, resting, ref, at)
        else:
            self.same |= dict.fromkeys(self.group(said.other), draft.stream)
        now = self._reasons_of(pair)
        turned = {name for name, reason in now.items() if reason and not before.get(name)}
        for each in dict.fromkeys(map(self.index_of, pair)):
            drafts += self._settle_all(each, ref, at, turned)
        return drafts + self._dropped(pair, resting, ref, at)

    def _part(self, survivor: UUID, other: UUID) -> None:
        """What the stream of the one that goes on was told of what is the other's counts for it no more."""
        going = names(echoes(self.entries.get(survivor, ()), other, self.entries.get(other, ())))
        if survivor in self.standings:
            self.standings[survivor].leave(going)
        self._hand_over(survivor, other)
        if self.chains:
            self.chains.leave(survivor, {name for name in going if isinstance(name, str)})

    def _hand_over(self, survivor: UUID, other: UUID) -> None:
        """The links that rows had under the one that goes on are the other's again."""
        told = (one.body for one in self.entries.get(other, ()))
        theirs = {body.link for body in told if isinstance(body, ContactDetermined)}
        for source in list(self._sources.get(survivor, ())):
            links = self.links[source]
            for _, name in [key for key in links if key[0] == survivor]:
                if any(named_in_rows(name, link) for link in theirs):
                    self.add(source, replace(links.pop((survivor, name)), person=other))
        known = self.closers.get(survivor, {})
        going = {name: one for name, one in known.items() if any(named_in_rows(name, link) for link in theirs)}
        self.closers[survivor] = {name: one for name, one in known.items() if name not in going}
        self.closers[other] = going | self.closers.get(other, {})

    def _resting(self, pair: Sequence[UUID]) -> list[Secondary]:
        """The contacts through two registrations that rest on what is known of one here, the first ring first."""
        group = [each for one in pair for each in self.group(one)]
        rings = [around.through(group) for around in (self.near, self.chains) if around]
        found = {(each.person, each.link.link): each for ring in rings for each in ring}
        told = [each for each in found.values() if not each.link.link.endswith(CLOSER)]
        return [each for each in told if each.person not in pair and self.borne(each.link)]

    def _go_with(self, pair: Sequence[UUID], resting: Sequence[Secondary], ref: EventRef, at: datetime) -> list[Draft]:
        """Contacts of the one registration that rested on what is the other's are contacts of that other one."""
        drafts: list[Draft] = []
        for each in resting:
            other = {one: two for one, two in (pair, pair[::-1]) if self.bears(two, each.link)}
            sources = tuple(dict.fromkeys(other.get(one, one) for one in each.link.sources))
            if self.borne(each.link) or sources == each.link.sources:
                continue
            said = [one for one in self.read(each.person) if one.link == each.link.link]
            for moved in move_contact(each, said[-1:], sources, cause=ref, at=at):
                drafts.append(moved)
                if isinstance(moved.body, ContactDetermined):
                    for around in (self.near, self.chains):
                        around.learn(moved)  # type: ignore[union-attr]
                    drafts += self._linked(moved, moved.body, ref)
        return drafts

    def _dropped(self, pair: Sequence[UUID], resting: Sequence[Secondary], ref: EventRef, at: datetime) -> list[Draft]:
        """Contacts that rested on something and rest on nothing any more are released."""
        drafts: list[Draft] = []
        for each in resting:
            around = self.near if each.link.ring == 1 else self.chains and self.chains.far
            now = around and around.standing.get((each.person, each.link.link))
            index = next((one for one in map(self.index_of, each.link.sources) if one in pair), None)
            if around and now and index and not self.held(now.link):
                around.forget(each.person, each.link.link)
                self._forget(each.person, each.link.link)
                drafts += self._let_go(now, index, ref, at)
        return drafts

    def _tell(self, draft: Draft, ref: EventRef) -> list[Draft]:
        """A result that says something, told once as what it is; a correction is no further result."""
        result = draft.body
        assert isinstance(result, Result)
        own = self.standings[draft.stream]
        group = [self.standings[each] for each in self.group(draft.stream)]
        said = {each.outcomes.get(result.sample) for each in group}
        known = sum(len(each.turns) for each in group)
        nth = own.turns.get(result.sample) or known + 1
        own.take(result, ref, draft.occurred_at)
        if result.outcome.value not in SAYING or result.outcome.value in said:
            return []
        told = LinkedContactResult(draft.stream, result.outcome.value, nth, *ref)
        linked = [self._seen(each, draft.stream) for _, each in self.through(draft.stream)]
        return tell_result(linked, told, at=draft.occurred_at)

    def _reasons_of(self, pair: Sequence[UUID]) -> dict[Named, Reason | None]:
        people = dict.fromkeys(map(self.index_of, pair))
        return {name: why for one in people for name, why in self._reasons(one).items()}

    def _reasons(self, index: UUID) -> Mapping[Named, Reason | None]:
        return {(each.person, each.link.link): self._reason(index, each) for _, each in self.through(index)}

    def _reason(self, index: UUID, each: Secondary, *, reaching: bool = False) -> Reason | None:
        """Why a contact of the index is a close one; nobody is one of themselves, while registrations are merged."""
        if self.index_of(each.person) == index:
            return None
        link = each.link
        standings = [self.standings[one] for one in self.group(index) if one in self.standings]
        return reason_of(standings, link.disease, link.last_exposure if reaching else None)

    def _settle_all(self, index: UUID, ref: EventRef, at: datetime, turned: set[Named]) -> list[Draft]:
        drafts: list[Draft] = []
        for source, each in self.through(index):
            drafts += self._settle(source, each, at, ref, turned=(each.person, each.link.link) in turned)
        return drafts

    def _settle(
        self, source: UUID, each: Secondary, at: datetime | None, ref: EventRef, *, turned: bool = False
    ) -> list[Draft]:
        """Make the close contact link what it must be: there if the index is positive, gone if it is not.

        One that somebody withdrew comes back only when the index turns positive anew. `at`: of the cause `ref`; None:
        the link itself is new, so the cause is the reason why the index is positive.
        """
        index = self.index_of(source)
        closer = self.closers.get(each.person, {}).get(each.link.link)
        reason = self._reason(index, each)
        if reason is None:
            return self._back(index, each, closer, ref, at or each.link.since) if closer and closer.standing else []
        reason = self._reason(index, each, reaching=True)
        current = closer is not None and (self._is_of(closer, index, each.link) if closer.standing else not turned)
        if reason is None or current:
            return []
        since = max(at or reason.at, each.link.since)
        closer = Closer(index, each.link.last_exposure, since)
        self.closers.setdefault(each.person, {})[each.link.link] = closer
        cause = ref if at else reason.event
        drafts = secondary_to_close(self._seen(each, index), index=index, cause=cause, at=since)
        for draft in drafts if self.chains else ():
            self.chains.learn(draft)  # type: ignore[union-attr]
        return drafts

    def _is_of(self, closer: Closer, index: UUID, link: Link) -> bool:
        source = closer.source and self.index_of(closer.source)
        return (source, closer.exposed) == (index, link.last_exposure)

    def _release(self, near: Near, index: UUID, ref: EventRef, at: datetime) -> list[Draft]:
        """Close contacts of the index are so no more if what was taken back was the last ground of all their sources,
        and with them whoever hangs on them.

        A link that never had one here (told from elsewhere) is left alone.
        """
        drafts: list[Draft] = []
        for each in near.through(self.group(index)):
            rested = any(one.about(each.link.disease) for one in self.lost)
            if rested and not each.link.link.endswith(CLOSER) and not self.held(each.link):
                near.forget(each.person, each.link.link)
                drafts += self._let_go(each, index, ref, at)
        far = self.chains.through(self.group(index)) if self.chains else ()
        diseases = {each.link.disease for each in far if any(one.about(each.link.disease) for one in self.lost)}
        return drafts + [one for disease in sorted(diseases) for one in self._loosened(index, disease, ref, at)]

    def _resumed(self, index: UUID, gone: Sequence[Reason], ref: EventRef, draft: Draft) -> list[Draft]:
        """Who is no case after all, but was exposed, is a contact again; unless those they met are no cases either."""
        left, drafts = self.sure(index), list[Draft]()
        for said, since in list(self.own.get(index, {}).values()):
            counting = [one for one in left if one.about(said.disease) and one.reaches(said.last_exposure)]
            over = said.last_exposure and draft.occurred_at.date() - said.last_exposure > LONGEST_CONTROL
            if over or counting or not any(one.about(said.disease) for one in gone):
                continue
            link = Link(said.link, said.disease, said.ring, said.sources, said.last_exposure, None, None, since)
            if said.link.endswith(CLOSER) or self.held(link) or not self.cleared(link):
                drafts.append(Draft(index, openly(said), draft.occurred_at, draft.jurisdiction))
            elif link.sources:
                source = self.index_of(link.sources[0])
                drafts += self._let_go(Secondary(index, link, draft.jurisdiction), source, ref, draft.occurred_at)
        return drafts

    def _let_go(self, each: Secondary, index: UUID, ref: EventRef, at: datetime) -> list[Draft]:
        since = max(at, each.link.since)
        drafts = release_contact(self._seen(each, index), index=index, cause=ref, at=since)
        if self.chains:
            self.chains.fell(each.person, each.link.link)
        return drafts + (self._loosened(each.person, each.link.disease, ref, since) if each.link.ring == 1 else [])

    def _loosened(self, contact: UUID, disease: str, ref: EventRef, at: datetime) -> list[Draft]:
        """Something by which somebody was a contact is gone: who hangs on that person alone is no secondary contact."""
        index, drafts = self.index_of(contact), list[Draft]()
        for each in self.chains.through(self.group(index)) if self.chains else ():
            if each.link.disease == disease and not self.held(each.link):
                assert self.chains is not None
                self.chains.far.forget(each.person, each.link.link)
                self._forget(each.person, each.link.link)
                drafts += self._let_go(each, index, ref, at)
        return drafts

    def _whole(self, each: Secondary) -> Link:
        """A link of the second ring with all of its sources, as far as they are known here."""
        names = each.link.link, each.link.link.rpartition("#")[0]
        standing = self.chains.far.standing if self.chains else {}
        return next((standing[each.person, name].link for name in names if (each.person, name) in standing), each.link)

    def _back(self, index: UUID, each: Secondary, closer: Closer, ref: EventRef, at: datetime) -> list[Draft]:
        since = max(at, closer.since)
        self.closers[each.person][each.link.link] = replace(closer, standing=False)
        # What is let go in this act is not said again before.
        again = self._said_of(each) if self.held(self._whole(each)) else None
        if again:
            self._say_again(each.person, again.link, since)
        drafts = close_to_secondary(self._seen(each, index), again, index=index, cause=ref, at=since)
        if self.chains:
            self.chains.fell(each.person, closer_link(each.link.link))
        return drafts + self._loosened(each.person, each.link.disease, ref, since)

    def _say_again(self, contact: UUID, name: str, since: datetime) -> None:
        """The link is determined anew from that instant on, as rows will say it: what follows in this act sees that."""
        for source in self._sources.get(contact, ()):
            links = self.links[source]
            for key, each in links.items():
                if key[0] == contact and named_in_rows(key[1], name):
                    links[key] = replace(each, link=replace(each.link, since=since))

    def _said_of(self, each: Secondary) -> ContactDetermined | None:
        """The determination that a link rests on."""
        names = each.link.link, each.link.link.rpartition("#")[0]
        said = {name: self.said[each.person, name] for name in names if (each.person, name) in self.said}
        before = {} if said else {one.link: one for one in self.read(each.person) if one.link in names}
        return next(iter((said or before).values()), None)

    def _seen(self, each: Secondary, index: UUID) -> Secondary:
        """The link as one of the index, with the contact where they stay now."""
        link = replace(each.link, sources=(index,))
        return Secondary(each.person, link, self.stays.get(each.person, each.jurisdiction))


def note_link(links: Own, said: ContactDetermined | ContactWithdrawn, at: datetime) -> None:
    """Among the links by which somebody is a contact: one more, another word on one, or one less."""
    links.pop(said.link, None)
    if isinstance(said, ContactDetermined):
        links[said.link] = said, at


def _gone(before: Iterable[Reason], now: Iterable[Reason]) -> list[Reason]:
    """What counted before and does so no more."""
    left = {one.event for one in now}
    return [one for one in before if one.event not in left]


def _through(said: ContactDetermined | ContactWithdrawn | None) -> set[tuple[int, UUID, date | None]]:
    """By which numbers and sources, exposed until when, somebody is a secondary contact by a link."""
    if not isinstance(said, ContactDetermined) or said.ring != 2:
        return set()
    return {(number, source, said.last_exposure) for number, source in enumerate(said.sources)}


def _row(link: str, number: int) -> str:
    """As rows name the sources of a link."""
    return f"{link}#{number}" if number else link
