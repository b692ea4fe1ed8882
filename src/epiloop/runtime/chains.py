"""Who hangs on whom in the second ring: a contact of a contact is one for as long as that contact is one, or is a case.

Beside `near`, where somebody is a contact of a case. What both hold changes from draft to draft.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from uuid import UUID

from epiloop.ledger.events import Draft
from epiloop.operations.investigation.actions import Secondary
from epiloop.operations.investigation.events import ContactDetermined, ContactWithdrawn
from epiloop.runtime.near import Near, named_in_rows


@dataclass(frozen=True, slots=True)
class Hold:
    """A link of the first ring, which may hold others: of which disease, and whether it stands."""

    disease: str
    standing: bool


@dataclass(slots=True)
class Chains:
    """The second ring around those who may be close contacts no more, and by which links anybody in it is held."""

    far: Near = field(default_factory=lambda: Near(ring=2))
    holds: dict[UUID, dict[str, Hold]] = field(default_factory=dict)
    """Registration -> its links of the first ring, also those that were withdrawn."""

    def learn(self, draft: Draft, *, ill: bool = False) -> None:
        """Take in what a draft says of links; `ill`: whom it links is a sure case of the disease."""
        self.far.learn(draft, ill=ill)
        said = draft.body
        if isinstance(said, ContactDetermined | ContactWithdrawn):
            self.fell(draft.stream, said.link)
        if isinstance(said, ContactDetermined) and said.ring == 1:
            self.holds.setdefault(draft.stream, {})[said.link] = Hold(said.disease, standing=True)

    def fell(self, contact: UUID, link: str) -> None:
        """The link makes nobody a close contact any more."""
        links = self.holds.get(contact, {})
        for name in [name for name in links if named_in_rows(name, link)]:
            links[name] = replace(links[name], standing=False)

    def leave(self, registration: UUID, links: Collection[str]) -> None:
        """These links were never the registration's own."""
        for name in links:
            self.holds.get(registration, {}).pop(name, None)

    def known(self, registrations: Collection[UUID], disease: str) -> bool:
        """Whether a person was ever a close contact here."""
        return any(hold.disease == disease for hold in self._of(registrations))

    def held(self, registrations: Collection[UUID], disease: str) -> bool:
        """Whether a person is a close contact now."""
        return any(hold.disease == disease and hold.standing for hold in self._of(registrations))

    def through(self, registrations: Collection[UUID]) -> list[Secondary]:
        """The links of the second ring that stand through a person, in order of contact and link."""
        return self.far.through(registrations)

    def _of(self, registrations: Collection[UUID]) -> list[Hold]:
        return [hold for one in registrations for hold in self.holds.get(one, {}).values()]
