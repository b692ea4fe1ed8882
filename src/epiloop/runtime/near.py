"""The contacts around those of whom something is taken back in an act, as it changes from draft to draft."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation.actions import Secondary
from epiloop.operations.investigation.events import (
    CaseDetermined,
    CaseDiscarded,
    CaseReclassified,
    ContactDetermined,
    ContactWithdrawn,
)
from epiloop.operations.investigation.state import Link
from epiloop.operations.screening.events import ResultCorrected
from epiloop.runtime.standing import is_sure

Named = tuple[UUID, str]
"""A contact and the name of a link."""


def named_in_rows(stored: str, name: str) -> bool:
    """Whether a row is of the link with a name: rows of its second and further sources carry a number behind it."""
    base, _, number = stored.rpartition("#")
    return stored == name or (base == name and number.isdigit())


def takes_back(told: Body) -> bool:
    """Whether it says that somebody is no case, or that a positive was none."""
    corrected = isinstance(told, ResultCorrected) and told.outcome.value != "positive"
    return corrected or isinstance(told, CaseDiscarded)


@dataclass(slots=True)
class Near:
    """By which links people are contacts in a ring, each with all of its sources; but who is a sure case meanwhile."""

    ring: int = 1
    standing: dict[Named, Secondary] = field(default_factory=dict)
    exposed: dict[UUID, set[Named]] = field(default_factory=dict)
    """Source -> links, also such as stand no more."""

    @property
    def sources(self) -> set[UUID]:
        """Everybody through whom somebody is such a contact."""
        return {source for each in self.standing.values() for source in each.link.sources}

    def add(self, each: Secondary) -> None:
        """One more link, or another word on one."""
        name = each.person, each.link.link
        self.standing[name] = each
        for source in each.link.sources:
            self.exposed.setdefault(source, set()).add(name)

    def forget(self, contact: UUID, link: str) -> None:
        """The link makes nobody such a contact any more."""
        self.standing.pop((contact, link), None)

    def learn(self, draft: Draft, *, ill: bool = False) -> None:
        """Take in what a draft says of links; `ill`: whom it links is a sure case of the disease."""
        said = draft.body
        if isinstance(said, CaseDetermined | CaseReclassified) and is_sure(said):
            for contact, name in [name for name in self.standing if name[0] == draft.stream]:
                if self.standing[contact, name].link.disease == said.disease:
                    self.forget(contact, name)
        elif isinstance(said, ContactDetermined | ContactWithdrawn):
            self.forget(draft.stream, said.link)
        if isinstance(said, ContactDetermined) and said.ring == self.ring and not ill:
            words = said.setting and said.setting.value, said.relation and said.relation.value
            link = Link(said.link, said.disease, self.ring, said.sources, said.last_exposure, *words, draft.occurred_at)
            self.add(Secondary(draft.stream, link, draft.jurisdiction))

    def through(self, registrations: Collection[UUID]) -> list[Secondary]:
        """The links that stand through a person, given all registrations, in order of contact and link."""
        names = {name for one in registrations for name in self.exposed.get(one, ())}
        found = [self.standing[name] for name in sorted(names & self.standing.keys())]
        return [
            each for each in found if not set(registrations).isdisjoint(each.link.sources)
        ]  # said anew without this source
