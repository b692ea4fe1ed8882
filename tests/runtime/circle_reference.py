"""Who is a contact, and when no more: the rules of docs/explanation/contacts.md, slow and obvious.

Everything is kept as it was said and everything is worked out anew after each event; nothing is remembered beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from epiloop.ledger.events import Body
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s

SURE = ("confirmed", "asymptomatic")
Name = tuple[str, str]
"""What something said is about: a case, a sample or a link, and its name."""
Standing = tuple[UUID, str, str, int, frozenset[UUID], date | None]
"""A link that stands: contact, name, disease, ring, sources, exposed last on. People are named by who goes on."""


@dataclass(frozen=True)
class Said:
    """One thing said of a registration: the how-many-eth of all, when it happened, what."""

    number: int
    at: datetime
    body: Body
    steps: bool = False
    """Whether the rules said it, not somebody."""


@dataclass(frozen=True)
class Illness:
    """Why somebody is, or may be, ill: from when, until when that counted, and the day on which the illness ended."""

    registration: UUID
    name: Name
    disease: str | None
    sure: bool
    since: datetime
    until: datetime | None = None
    ended: date | None = None

    def about(self, disease: str) -> bool:
        return self.disease in (None, disease)

    def reaches(self, link: e.ContactDetermined) -> bool:
        """Whether who was exposed by this link was exposed to this illness."""
        exposed = link.last_exposure
        return self.about(link.disease) and (self.ended is None or exposed is None or exposed <= self.ended)


@dataclass(frozen=True)
class Link:
    """A link that stands, of a person."""

    contact: UUID
    said: e.ContactDetermined
    since: datetime
    number: int

    @property
    def name(self) -> str:
        return self.said.link


@dataclass
class Reference:
    """What was said of whom, who is one person, and what follows."""

    logs: dict[UUID, list[Said]] = field(default_factory=dict)
    same: dict[UUID, UUID] = field(default_factory=dict)
    merged_at: dict[UUID, int] = field(default_factory=dict)
    count: int = 0

    # --- what happens --------------------------------------------------------------------------------------------

    def tell(self, whom: UUID, body: Body, at: datetime) -> None:
        before = self._before()
        self._say(whom, body, at, steps=False)
        self._follow(before, at)

    def declare_same(self, survivor: UUID, other: UUID, at: datetime) -> None:
        before = self._before()
        self.count += 1
        self.same[other], self.merged_at[other] = survivor, self.count
        self._follow(before, at)

    def split(self, survivor: UUID, other: UUID, at: datetime) -> None:
        """What was said since of what the other one had before goes with it; contacts go with whom they rest on."""
        before = self._before()
        del self.same[other]
        since = self.merged_at.pop(other)
        own = {about(one.body) for one in self.logs.get(survivor, ()) if one.number < since}
        theirs = {about(one.body) for one in self.logs.get(other, ())} - own - {None}
        going = [one for one in self.logs.get(survivor, ()) if one.number > since and about(one.body) in theirs]
        self.logs[survivor] = [one for one in self.logs.get(survivor, ()) if one not in going]
        self.logs.setdefault(other, []).extend(going)
        for link, resting in before.resting.items():
            self._go_with(link, resting, survivor, other, at)
        self._follow(before, at)

    def _go_with(self, link: Link, resting: bool, survivor: UUID, other: UUID, at: datetime) -> None:
        pair = {survivor, other}
        now = self._link(link)
        if not resting or link.contact in pair or now is None or self._rests(now) or link.name.endswith(":closer"):
            return
        turned = {one: two for one, two in ((survivor, other), (other, survivor)) if self._bears(two, now)}
        sources = tuple(dict.fromkeys(turned.get(one, one) for one in now.said.sources))
        if sources != now.said.sources:
            self._say(now.contact, replace(now.said, sources=sources), now.since)

    # --- what follows --------------------------------------------------------------------------------------------

    def _follow(self, before: "Before", at: datetime) -> None:
        """What somebody became through somebody else, and what rests on nothing any more."""
        self.back: list[Link] = []
        while self._settle(before, at) or self._drop(before, at):
            pass
        for closer in self.back:
            self._again(closer, at)

    def _settle(self, before: "Before", at: datetime) -> bool:
        """A contact's contact is a close contact while that contact is surely ill; unless somebody withdrew that."""
        wanted: dict[tuple[UUID, str], e.ContactDetermined | None] = {}
        for link in self.links():
            if link.said.ring == 2:
                wanted |= dict(self._closers(link, before))
        changed = False
        for link in [link for link in self.links() if link.name.endswith(":closer")]:
            if (link.contact, link.name) not in wanted:
                self._withdraw(link, at)
                self.back.append(link)
                changed = True
        for (contact, name), said in wanted.items():
            now = next((one for one in self.links() if (one.contact, one.name) == (contact, name)), None)
            if said and (now is None or self._differ(now.said, said)):
                self._say(contact, said, at)
                changed = True
        return changed

    def _closers(self, link: Link, before: "Before") -> Iterator[tuple[tuple[UUID, str], e.ContactDetermined | None]]:
        for number, source in enumerate(link.said.sources):
            if self.person(source) == link.contact:
                continue
            name = f"{link.name}#{number}:closer" if number else f"{link.name}:closer"
            sure = [one for one in self.ill(source) if one.sure and one.about(link.said.disease)]
            stands = any(
                (one.contact, one.name) == (link.contact, name) and one.said.sources == (self.person(source),)
                for one in self.links()
            )
            if not sure or not (stands or any(one.reaches(link.said) for one in sure)):
                continue
            turned = not any(one.sure and one.about(link.said.disease) for one in before.ill.get(source, ()))
            new = not any(
                (one.contact, one.name, one.said.ring) == (link.contact, link.name, 2)
                and one.said.sources[number : number + 1] == (source,)
                and one.said.last_exposure == link.said.last_exposure
                for one in before.resting
            )
            if self._by_hand(link.contact, name) and not turned and not new:
                continue
            reaching = any(one.reaches(link.said) for one in sure)
            said = replace(link.said, link=name, ring=1, sources=(self.person(source),)) if reaching else None
            yield (link.contact, name), said

    def _differ(self, now: e.ContactDetermined, said: e.ContactDetermined) -> bool:
        people = [{self.person(source) for source in one.sources} for one in (now, said)]
        return people[0] != people[1] or now.last_exposure != said.last_exposure

    def _by_hand(self, contact: UUID, name: str) -> bool:
        """Whether somebody withdrew it."""
        said = [one for one in self._of(contact) if about_link(one.body) == name]
        return bool(said) and isinstance(said[-1].body, e.ContactWithdrawn) and not said[-1].steps

    def _again(self, closer: Link, at: datetime) -> None:
        """Who is a close contact no more is what they were before, from now on."""
        name = closer.name.removesuffix(":closer").partition("#")[0]
        link = next((one for one in self.links() if (one.contact, one.name) == (closer.contact, name)), None)
        if link and link.said.ring == 2:
            self._say(link.contact, link.said, max(at, link.since))

    def _drop(self, before: "Before", at: datetime) -> bool:
        """A link falls when something it rested on is taken back and it rests on nothing else."""
        changed = False
        for link in self.links():
            if link.name.endswith(":closer") or self._holding(link):
                continue
            if self._lost(link, before) and not self._sure_case(link.contact, link.said.disease):
                self._withdraw(link, at)
                changed = True
        return changed

    def _lost(self, link: Link, before: "Before") -> bool:
        """Whether something that said that a source was ill, or a close contact, does so no more: by this event; or
        since the link was said, if the contact was a sure case meanwhile and kept it for that.
        """
        for source in link.said.sources:
            now = {(one.registration, one.name) for one in self.ill(source)}
            was = {(one.registration, one.name) for one in before.ill.get(source, ()) if one.about(link.said.disease)}
            if was - now:
                return True
            close = (self.person(source), link.said.disease)
            if link.said.ring == 2 and (source, link.said.disease) in before.close and close not in self._close():
                return True
        return self._was_sure(link, before) and any(
            one.until is not None and one.until >= link.since and one.about(link.said.disease)
            for source in link.said.sources
            for one in self.once(source)
        )

    def _was_sure(self, link: Link, before: "Before") -> bool:
        """Whether the contact was surely ill before this event, and is so no more."""
        was = [one for one in before.ill.get(link.contact, ()) if one.sure and one.about(link.said.disease)]
        now = [one for one in self.ill(link.contact) if one.sure and one.reaches(link.said)]
        left = {(one.registration, one.name) for one in self.ill(link.contact) if one.sure}
        return not now and any((one.registration, one.name) not in left for one in was)

    # --- what a link rests on ------------------------------------------------------------------------------------

    def _rests(self, link: Link) -> bool:
        """Whether a source is, or may be, ill; for the second ring: or is a close contact."""
        return any(self._bears(self.person(source), link) for source in link.said.sources)

    def _bears(self, source: UUID, link: Link) -> bool:
        if any(one.reaches(link.said) for one in self.ill(source)):
            return True
        return link.said.ring == 2 and (self.person(source), link.said.disease) in self._close()

    def _holding(self, link: Link) -> bool:
        """The same, or a source was never known here: somebody named them, and nobody took that back."""
        return self._rests(link) or any(self._elsewhere(source, link) for source in link.said.sources)

    def _elsewhere(self, source: UUID, link: Link) -> bool:
        once = [one for one in self.once(source) if one.about(link.said.disease)]
        if link.said.ring == 1:
            return not once
        close = any(
            isinstance(one.body, e.ContactDetermined) and (one.body.ring, one.body.disease) == (1, link.said.disease)
            for one in self._of(self.person(source))
        )
        return not close and not any(
            one.since <= link.since and (one.until is None or link.since < one.until) for one in once
        )

    # --- what stands ---------------------------------------------------------------------------------------------

    def person(self, registration: UUID) -> UUID:
        """Who goes on."""
        return self.same.get(registration, registration)

    def group(self, registration: UUID) -> list[UUID]:
        """All registrations of the same person."""
        return [
            one
            for one in {*self.logs, *self.same, *self.same.values(), registration}
            if self.person(one) == self.person(registration)
        ]

    def links(self) -> list[Link]:
        """What was said last of each link of each person, if that was not its end."""
        found: list[Link] = []
        for person in {self.person(one) for one in self.logs}:
            last = {name: one for one in self._of(person) if (name := about_link(one.body))}
            for one in last.values():
                if isinstance(one.body, e.ContactDetermined):
                    found.append(Link(person, one.body, one.at, one.number))
        return sorted(found, key=lambda one: (one.contact, one.name))

    def standing(self) -> set[Standing]:
        """The links that stand."""
        return {
            (
                one.contact,
                one.name,
                one.said.disease,
                one.said.ring,
                frozenset(map(self.person, one.said.sources)),
                one.said.last_exposure,
            )
            for one in self.links()
        }

    def ill(self, registration: UUID) -> list[Illness]:
        """Why a person is, or may be, ill. What any registration took back later counts for none."""
        return [one for one in self.once(registration) if one.until is None]

    def once(self, registration: UUID) -> list[Illness]:
        """The same, with what counts no more."""
        back = self._taken_back(registration)
        found: list[Illness] = []
        for one in [one for each in self.group(registration) for one in illnesses(each, self.logs.get(each, ()))]:
            ends = [at for name, at in back if name == one.name and at > one.since]
            found.append(replace(one, until=min(ends)) if ends and one.until is None else one)
        return found

    def _taken_back(self, registration: UUID) -> list[tuple[Name, datetime]]:
        last = {
            (each, name): one
            for each in self.group(registration)
            for one in self.logs.get(each, ())
            if (name := about(one.body)) and name[0] != "link" and not isinstance(one.body, s.SampleTaken)
        }
        return [(name, one.at) for (_, name), one in last.items() if takes_back(one.body)]

    def _close(self) -> set[tuple[UUID, str]]:
        """Who is a close contact, of what."""
        return {(one.contact, one.said.disease) for one in self.links() if one.said.ring == 1}

    def _sure_case(self, person: UUID, disease: str) -> bool:
        cases = (one for one in self.ill(person) if one.name[0] == "case" and one.sure)
        return any(one.disease == disease for one in cases)

    def _of(self, person: UUID) -> list[Said]:
        return sorted((one for each in self.group(person) for one in self.logs.get(each, ())), key=lambda x: x.number)

    def _link(self, link: Link) -> Link | None:
        return next((one for one in self.links() if (one.contact, one.name) == (link.contact, link.name)), None)

    def _before(self) -> "Before":
        everybody = {*self.logs, *self.same, *self.same.values()}
        everybody |= {one for link in self.links() for one in link.said.sources}
        return Before(
            {one: self.ill(one) for one in everybody},
            {(one, disease) for one in everybody for who, disease in self._close() if self.person(one) == who},
            {link: self._rests(link) for link in self.links()},
        )

    def _say(self, whom: UUID, body: Body, at: datetime, *, steps: bool = True) -> None:
        self.count += 1
        self.logs.setdefault(self.person(whom), []).append(Said(self.count, at, body, steps))

    def _withdraw(self, link: Link, at: datetime) -> None:
        self._say(link.contact, e.ContactWithdrawn(link.name, link.said.disease), at)


@dataclass(frozen=True)
class Before:
    """As it stood before an event: who was ill why, who was a close contact, which links rested on something."""

    ill: dict[UUID, list[Illness]]
    close: set[tuple[UUID, str]]
    resting: dict[Link, bool]


def about(body: Body) -> Name | None:
    """What something said is about. What a link became goes with the link."""
    if isinstance(body, e.CaseDetermined | e.CaseReclassified | e.CaseDiscarded):
        return "case", str(body.case)
    if isinstance(body, e.ContactDetermined | e.ContactWithdrawn):
        return "link", body.link.removesuffix(":closer").partition("#")[0]
    if isinstance(body, s.SampleTaken | s.ResultReceived | s.ResultCorrected):
        return "sample", body.sample
    return None


def about_link(body: Body) -> str | None:
    return body.link if isinstance(body, e.ContactDetermined | e.ContactWithdrawn) else None


def takes_back(body: Body) -> bool:
    corrected = isinstance(body, s.ResultCorrected) and body.outcome.value != "positive"
    return corrected or isinstance(body, e.CaseDiscarded)


def illnesses(registration: UUID, log: Iterable[Said]) -> list[Illness]:
    """What was said of one registration, thing by thing: since when it says that the person is ill, until when."""
    found: list[Illness] = []
    now: dict[Name, Illness] = {}
    pooled: set[str] = set()
    for said in log:
        body, name = said.body, about(said.body)
        if isinstance(body, s.SampleTaken) and body.sampled is s.SampleKind.POOL:
            pooled.add(body.sample)
        elif isinstance(body, e.OutcomeRecorded):
            on = body.on or said.at.date()
            now |= {key: replace(one, ended=one.ended or on) for key, one in now.items() if one.about(body.disease)}
        elif name and isinstance(body, e.CaseDetermined | e.CaseReclassified):
            known = now.get(name) or Illness(registration, name, body.disease, False, said.at)
            now[name] = replace(known, sure=body.classification.value in SURE)
        elif name and isinstance(body, s.ResultReceived | s.ResultCorrected) and body.outcome.value == "positive":
            now.setdefault(name, Illness(registration, name, None, body.sample not in pooled, said.at))
        elif name and isinstance(body, e.CaseDiscarded | s.ResultReceived | s.ResultCorrected) and name in now:
            found.append(replace(now.pop(name), until=said.at))
    return [*found, *now.values()]
