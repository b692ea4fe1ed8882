"""What the link of a contact rests on: what results and cases say of those they met, and who is a close contact."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from epiloop.operations.investigation.state import Link
from epiloop.runtime.chains import Chains
from epiloop.runtime.standing import Reason, Standing, grounds_of, reasons_of
from epiloop.runtime.standing import ever as told_ever


@dataclass(slots=True, kw_only=True)
class Resting:
    """What is known of people, by registration, while an act is worked out."""

    same: dict[UUID, UUID]
    """Merged registrations -> the one that goes on."""
    standings: dict[UUID, Standing] = field(default_factory=dict)
    chains: Chains | None = None
    """The second ring around those who may be close contacts no more; None where nobody is let go."""
    lost: list[Reason] = field(default_factory=list)
    """What the event that is taken in takes back."""

    def index_of(self, registration: UUID) -> UUID:
        """The registration that goes on for one."""
        return self.same.get(registration, registration)

    def group(self, registration: UUID) -> list[UUID]:
        """All registrations of the same person."""
        index = self.index_of(registration)
        return [index, *sorted(other for other, one in self.same.items() if one == index)]

    def grounds(self, index: UUID) -> list[Reason]:
        """Why a person is, or may be, ill."""
        return grounds_of(self.standings[one] for one in self.group(index) if one in self.standings)

    def cleared(self, link: Link) -> bool:
        """Whether something that said that a source was ill was taken back since the link was told."""
        once = (one for source in link.sources for one in self.ever(self.index_of(source), link.disease))
        return any(one.until is not None and one.until >= link.since for one in once)

    def ever(self, index: UUID, disease: str) -> Iterator[Reason]:
        """Whatever said at some time that a person is, or may be, ill."""
        known = told_ever(self.standings[one] for one in self.group(index) if one in self.standings)
        return (one for one in known if one.about(disease))

    def sure(self, index: UUID) -> list[Reason]:
        """Why a person surely is."""
        return reasons_of(self.standings[one] for one in self.group(index) if one in self.standings)

    def held(self, link: Link) -> bool:
        """Whether a link rests on a source, or one of them was never known here: somebody named them, and nobody took
        that back.
        """
        sources = list(map(self.index_of, link.sources))
        return any(self.bears(source, link) or self.elsewhere(source, link) for source in sources)

    def elsewhere(self, source: UUID, link: Link) -> bool:
        """Whether nothing was ever told of the source here that the link could rest on; for the second ring: nothing
        that stood when the link was told, for a false positive later on is not why somebody was named.
        """
        once = list(self.ever(source, link.disease))
        if link.ring == 1:
            return not once
        group = self.group(source)
        if any(link.disease in self.standings[one].close.values() for one in group if one in self.standings):
            return False
        if self.chains and self.chains.known(group, link.disease):
            return False
        lost = {one.event for one in self.lost}
        then = (one for one in once if one.at <= link.since)
        return not any(one.until is None or link.since < one.until or one.event in lost for one in then)

    def borne(self, link: Link) -> bool:
        """Whether a link rests on what is known of a source here."""
        return any(self.bears(self.index_of(source), link) for source in link.sources)

    def bears(self, source: UUID, link: Link) -> bool:
        """Whether the source is, or may be, a case to whom somebody exposed on that day was exposed; for the second
        ring also whether it is a close contact.
        """
        grounds = (one for one in self.grounds(source) if one.about(link.disease))
        if any(one.reaches(link.last_exposure) for one in grounds):
            return True
        return link.ring == 2 and self.chains is not None and self.chains.held(self.group(source), link.disease)
