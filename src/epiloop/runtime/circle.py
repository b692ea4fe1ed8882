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
from epiloop.runtime.chains import Chains
from epiloop.runtime.near import Named, Near, named_in_rows, takes_back
from epiloop.runtime.parting import echoes, openly, things
from epiloop.runtime.standing import SAYING, Reason, Result, Standing, Telling, grounds_of, reason_of, reasons_of

LONGEST_CONTROL = timedelta(days=28)
"""No measure keeps a contact for so long after the exposure."""


@dataclass(frozen=True, slots=True)
class Closer:
    """The close contact link that a link of the second ring became: whether it stands, exposed until, since when."""

    standing: bool
    exposed: date | None
    since: datetime


@dataclass(slots=True)
class Circle:
    """Who is a secondary contact through whom, and what samples and cases say, as it changes from draft to draft.

    Links and standings by registration; `same` are merged registrations -> the one that goes on.
    """

    same: dict[UUID, UUID]
    read: Callable[[UUID], Iterable[ContactDetermined]]
    """As what a contact was determined before this act."""
    links: dict[UUID, dict[Named, Secondary]] = field(default_factory=dict)
    closers: dict[Named, Closer] = field(default_factory=dict)
    standings: dict[UUID, Standing] = field(default_factory=dict)
    stays: dict[UUID, int] = field(default_factory=dict)
    said: dict[Named, ContactDetermined] = field(default_factory=dict)
    """What was said in this act of a contact's link, by its own name."""
    near: Near | None = None
    """The close contacts of those of whom something is taken back; None where nothing is."""
    entries: Mapping[UUID, Sequence[Entry]] = field(default_factory=dict)
    """What was told of those who are merged or split in this act."""
    chains: Chains | None = None
    """The second ring around those who may be close contacts no more; None where nobody is let go."""
    own: dict[UUID, dict[str, ContactDetermined]] = field(default_factory=dict)
    """By which links those of whom something is taken back are contacts themselves, also while they were cases."""
    lost: dict[UUID, list[Reason]] = field(default_factory=dict)
    """What was taken back in this act of somebody that made others contacts."""

    def add(self, source: UUID, each: Secondary) -> None:
        """One more link through a source."""
        self.links.setdefault(source, {})[each.person, each.link.link] = each

    def index_of(self, registration: UUID) -> UUID:
        """The registration that goes on for one."""
        return self.same.get(registration, registration)

    def group(self, registration: UUID) -> list[UUID]:
        """All registrations of the same person."""
        index = self.index_of(registration)
        return [index, *sorted(other for other, one in self.same.items() if one == index)]

    def learn(self, draft: Draft, ref: EventRef) -> list[Draft]:
        """Take in what a draft says, which will stand at `ref`; what it brings about."""
        body = draft.body
        self.stays[draft.stream] = draft.jurisdiction
        for around in (self.near, self.chains):
            if around:
                around.learn(draft)
        if isinstance(body, SampleTaken) and draft.stream in self.standings:
            self.standings[draft.stream].take(body, ref, draft.occurred_at)
        if isinstance(body, ContactDetermined | ContactWithdrawn):
            note_link(self.own.get(self.index_of(draft.stream), {}), body)
            return self._linked(draft, body, ref)
        if isinstance(body, DeclaredSame | DeclaredSplit):
            return self._merged(draft, body, ref)
        if isinstance(body, Telling) and draft.stream in self.standings:
            return self._told(draft, ref)
        return []

    # --- who is linked ------------------------------------------------------------------------------------------

    def _linked(self, draft: Draft, said: ContactDetermined | ContactWithdrawn, ref: EventRef) -> list[Draft]:
        if said.link.endswith(CLOSER):
            name = draft.stream, said.link.removesuffix(CLOSER)
            standing = isinstance(said, ContactDetermined)
            self.closers[name] = Closer(standing, getattr(said, "last_exposure", None), draft.occurred_at)
            return [] if standing else self._loosened(draft.stream, said.disease, ref, draft.occurred_at)
        self._forget(draft.stream, said.link)
        if isinstance(said, ContactWithdrawn):
            return self._loosened(draft.stream, said.disease, ref, draft.occurred_at)
        if said.ring != 2:
            return []
        self.said[draft.stream, said.link] = cast("ContactDetermined", openly(said))
        drafts = [one for name in list(self._determined(draft, said)) for one in self._settle(*name, None, ref)]
        return drafts + self._loosened(draft.stream, said.disease, ref, draft.occurred_at)

    def _determined(self, draft: Draft, said: ContactDetermined) -> Iterator[tuple[UUID, Secondary]]:
        words = said.setting and said.setting.value, said.relation and said.relation.value
        for number, source in enumerate(said.sources):
            name = f"{said.link}#{number}" if number else said.link  # as rows name them
            link = Link(name, said.disease, 2, (source,), said.last_exposure, *words, draft.occurred_at)
            each = Secondary(draft.stream, link, draft.jurisdiction)
            self.add(source, each)
            yield source, each

    def _forget(self, contact: UUID, name: str) -> None:
        for links in self.links.values():
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
        index = self.index_of(draft.stream)
        near = self.near if takes_back(draft.body) else None
        before, grounds = self._reasons(index), self._grounds(index) if near else []
        sure = self._sure(index)
        told = self._tell(draft, ref) if isinstance(draft.body, Result) else []
        if not isinstance(draft.body, Result):
            self.standings[draft.stream].take(draft.body, ref, draft.occurred_at)
        turned = {name for name, reason in self._reasons(index).items() if reason and not before[name]}
        if near:
            left = {one.event for one in self._grounds(index)}
            self.lost.setdefault(index, []).extend(one for one in grounds if one.event not in left)
        drafts = told + self._settle_all(index, ref, draft.occurred_at, turned)
        drafts += self._release(near, index, ref, draft.occurred_at) if near else []
        return drafts + self._resumed(index, sure, ref, draft) if near else drafts

    def _merged(self, draft: Draft, said: DeclaredSame | DeclaredSplit, ref: EventRef) -> list[Draft]:
        """Two registrations are one person, or are not: what one is told counts for the other's contacts, or not."""
        pair, at = (draft.stream, said.other), draft.occurred_at
        if isinstance(said, DeclaredSame) and not said.survives:
            return []
        if isinstance(said, DeclaredSplit) and self.same.get(said.other) != draft.stream:
            return []
        resting = self._resting(pair)
        drafts: list[Draft] = []
        if isinstance(said, DeclaredSplit):
            del self.same[said.other]
            self._part(*pair)
            drafts += self._go_with(pair, resting, ref, at)
        else:
            self.same |= dict.fromkeys(self.group(said.other), draft.stream)
        for each in dict.fromkeys(map(self.index_of, pair)):
            drafts += self._settle_all(each, ref, at, set())
        return drafts + self._dropped(pair, resting, ref, at)

    def _part(self, survivor: UUID, other: UUID) -> None:
        """What the stream of the one that goes on was told of what is the other's counts for it no more."""
        going = things(echoes(self.entries.get(survivor, ()), other, self.entries.get(other, ())))
        if survivor in self.standings:
            self.standings[survivor].leave({name for _, name in going})
        if self.chains:
            self.chains.leave(survivor, {str(name) for kind, name in going if kind == "link"})

    def _resting(self, pair: Sequence[UUID]) -> list[Secondary]:
        """The contacts through two registrations that rest on what is known of one here, the first ring first."""
        group = [each for one in pair for each in self.group(one)]
        rings = [around.through(group) for around in (self.near, self.chains) if around]
        found = {(each.person, each.link.link): each for ring in rings for each in ring}
        return [each for each in found.values() if each.person not in pair and self._borne(each.link)]

    def _go_with(self, pair: Sequence[UUID], resting: Sequence[Secondary], ref: EventRef, at: datetime) -> list[Draft]:
        """Contacts of the one registration that rested on what is the other's are contacts of that other one."""
        drafts: list[Draft] = []
        for each in resting:
            other = {one: two for one, two in (pair, pair[::-1]) if self._bears(two, each.link)}
            sources = tuple(dict.fromkeys(other.get(one, one) for one in each.link.sources))
            if self._borne(each.link) or sources == each.link.sources:
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
            if around and now and index and not self._borne(now.link) and not self._settled(index, now):
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

    def _reasons(self, index: UUID) -> Mapping[Named, Reason | None]:
        return {(each.person, each.link.link): self._reason(index, each.link) for _, each in self.through(index)}

    def _reason(self, index: UUID, link: Link, *, reaching: bool = False) -> Reason | None:
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
        index, name = self.index_of(source), (each.person, each.link.link)
        closer = self.closers.get(name)
        reason = self._reason(index, each.link)
        if reason is None:
            return self._back(index, each, closer, ref, at or each.link.since) if closer and closer.standing else []
        reason = self._reason(index, each.link, reaching=True)
        current = closer is not None and (closer.exposed == each.link.last_exposure if closer.standing else not turned)
        if reason is None or current:
            return []
        since = max(at or reason.at, each.link.since)
        self.closers[name] = Closer(standing=True, exposed=each.link.last_exposure, since=since)
        cause = ref if at else reason.event
        drafts = secondary_to_close(self._seen(each, index), index=index, cause=cause, at=since)
        for draft in drafts if self.chains else ():
            self.chains.learn(draft)  # type: ignore[union-attr]
        return drafts

    def _grounds(self, index: UUID) -> list[Reason]:
        return grounds_of(self.standings[one] for one in self.group(index) if one in self.standings)

    def _release(self, near: Near, index: UUID, ref: EventRef, at: datetime) -> list[Draft]:
        """Close contacts of the index are so no more if what was taken back was the last ground of all their sources,
        and with them whoever hangs on them.

        A link that never had one here (told from elsewhere) is left alone.
        """
        drafts: list[Draft] = []
        for each in near.through(self.group(index)):
            rested = any(one.about(each.link.disease) for one in self.lost.get(index, ()))
            if rested and not self._settled(index, each) and not self._borne(each.link):
                near.forget(each.person, each.link.link)
                drafts += self._let_go(each, index, ref, at)
        diseases = {each.link.disease for each in self.chains.through(self.group(index))} if self.chains else ()
        return drafts + [one for disease in sorted(diseases) for one in self._loosened(index, disease, ref, at)]

    def _resumed(self, index: UUID, before: Sequence[Reason], ref: EventRef, draft: Draft) -> list[Draft]:
        """Who is no case after all, but was exposed, is a contact again; unless those they met are no cases either."""
        left, drafts = self._sure(index), list[Draft]()
        gone = [one for one in before if one.event not in {each.event for each in left}]
        for said in list(self.own.get(index, {}).values()):
            counting = [one for one in left if one.about(said.disease) and one.reaches(said.last_exposure)]
            over = said.last_exposure and draft.occurred_at.date() - said.last_exposure > LONGEST_CONTROL
            if over or counting or not any(one.about(said.disease) for one in gone):
                continue
            exposed = said.sources, said.last_exposure
            link = Link(said.link, said.disease, said.ring, *exposed, None, None, draft.occurred_at)
            if self._held(link) if link.ring == 2 else self._borne(link) or not self._cleared(link):
                drafts.append(Draft(index, openly(said), draft.occurred_at, draft.jurisdiction))
            elif link.sources:
                source = self.index_of(link.sources[0])
                drafts += self._let_go(Secondary(index, link, draft.jurisdiction), source, ref, draft.occurred_at)
        return drafts

    def _cleared(self, link: Link) -> bool:
        """Whether something was taken back of a source of a link."""
        sources = (one for source in link.sources for one in self.group(self.index_of(source)))
        return any(self.standings[one].taken_back for one in sources if one in self.standings)

    def _sure(self, index: UUID) -> list[Reason]:
        return reasons_of(self.standings[one] for one in self.group(index) if one in self.standings)

    def _let_go(self, each: Secondary, index: UUID, ref: EventRef, at: datetime) -> list[Draft]:
        since = max(at, each.link.since)
        drafts = release_contact(self._seen(each, index), index=index, cause=ref, at=since)
        if self.chains:
            self.chains.fell(each.person, each.link.link)
        return drafts + self._loosened(each.person, each.link.disease, ref, since)

    def _loosened(self, contact: UUID, disease: str, ref: EventRef, at: datetime) -> list[Draft]:
        """Something by which somebody was a contact is gone: who hangs on that person alone is no secondary contact."""
        index, drafts = self.index_of(contact), list[Draft]()
        for each in self.chains.through(self.group(index)) if self.chains else ():
            if each.link.disease == disease and not self._held(each.link):
                assert self.chains is not None
                self.chains.far.forget(each.person, each.link.link)
                self._forget(each.person, each.link.link)
                drafts += self._let_go(each, index, ref, at)
        return drafts

    def _held(self, link: Link) -> bool:
        """Whether any source of a link of the second ring is a close contact or a case, or was never known as one here
        before the link was told.
        """
        return self.chains is None or any(self._holds(self.index_of(source), link) for source in link.sources)

    def _whole(self, each: Secondary) -> Link:
        """A link of the second ring with all of its sources, as far as they are known here."""
        names = each.link.link, each.link.link.rpartition("#")[0]
        standing = self.chains.far.standing if self.chains else {}
        return next((standing[each.person, name].link for name in names if (each.person, name) in standing), each.link)

    def _holds(self, source: UUID, link: Link) -> bool:
        assert self.chains is not None
        if self._bears(source, link):
            return True
        lost = (one for one in self.lost.get(source, ()) if one.about(link.disease) and one.at <= link.since)
        return not self.chains.known(self.group(source), link.disease) and not any(lost)

    def _borne(self, link: Link) -> bool:
        """Whether a link rests on what is known of a source here."""
        return any(self._bears(self.index_of(source), link) for source in link.sources)

    def _bears(self, source: UUID, link: Link) -> bool:
        """Whether the source is, or may be, a case to whom somebody exposed on that day was exposed; for the second
        ring also whether it is a close contact.
        """
        grounds = (one for one in self._grounds(source) if one.about(link.disease))
        if any(one.reaches(link.last_exposure) for one in grounds):
            return True
        return link.ring == 2 and self.chains is not None and self.chains.held(self.group(source), link.disease)

    def _settled(self, index: UUID, each: Secondary) -> bool:
        """Whether it is what a link of the second ring became, which is taken back with what that link says."""
        name = each.person, each.link.link.removesuffix(CLOSER)
        return each.link.link.endswith(CLOSER) and any(name in self.links.get(one, ()) for one in self.group(index))

    def _back(self, index: UUID, each: Secondary, closer: Closer, ref: EventRef, at: datetime) -> list[Draft]:
        name = each.person, each.link.link
        since = max(at, closer.since)
        self.closers[name] = replace(closer, standing=False)
        # What is let go in this act is not said again before.
        again = self._said_of(each) if self._held(self._whole(each)) else None
        if again:
            self._say_again(each.person, again.link, since)
        drafts = close_to_secondary(self._seen(each, index), again, index=index, cause=ref, at=since)
        if self.chains:
            self.chains.fell(each.person, closer_link(each.link.link))
        return drafts + self._loosened(each.person, each.link.disease, ref, since)

    def _say_again(self, contact: UUID, name: str, since: datetime) -> None:
        """The link is determined anew from that instant on, as rows will say it: what follows in this act sees that."""
        for links in self.links.values():
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


def note_link(links: dict[str, ContactDetermined], said: ContactDetermined | ContactWithdrawn) -> None:
    """Among the links by which somebody is a contact: one more, another word on one, or one less."""
    links.pop(said.link, None)
    if isinstance(said, ContactDetermined):
        links[said.link] = said
