"""Whom an act concerns besides those of whom it tells something: about whom is read before it is worked out."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from epiloop.ledger.events import Draft
from epiloop.operations.investigation.events import ContactDetermined, ContactWithdrawn
from epiloop.registers.people.events import DeclaredSame, DeclaredSplit
from epiloop.runtime.histories import History
from epiloop.runtime.near import Named, takes_back
from epiloop.runtime.standing import Telling

SAMENESS = DeclaredSame | DeclaredSplit


@dataclass(frozen=True, slots=True)
class Around:
    """Whose streams tell something of results, cases and registrations; who is linked (anew) through whom."""

    telling: frozenset[UUID]
    merging: frozenset[UUID]
    sources: frozenset[UUID]
    contacts: frozenset[UUID]
    clearing: frozenset[UUID]
    """Of whom something is taken back, and who is merged or split: others may rest on them no more."""
    nearer: frozenset[UUID]
    """Through whom somebody is linked as a close contact in such an act."""
    loosening: frozenset[UUID]
    """Who may be close contacts no more by what is told of them."""

    @classmethod
    def of(cls, drafts: Sequence[Draft], histories: Mapping[UUID, History]) -> "Around":
        """What some drafts are about."""
        linked = [(d, d.body) for d in drafts if isinstance(d.body, ContactDetermined) and d.body.ring == 2]
        merging = frozenset(draft.stream for draft in drafts if isinstance(draft.body, SAMENESS))
        clearing = merging | {draft.stream for draft in drafts if takes_back(draft.body)}
        close = set(_close(drafts, {draft.stream for draft, _ in linked}, histories))
        return cls(
            telling=frozenset(draft.stream for draft in drafts if isinstance(draft.body, Telling | SAMENESS)),
            merging=merging,
            sources=frozenset(source for _, said in linked for source in said.sources),
            contacts=frozenset(draft.stream for draft, _ in linked),
            clearing=clearing,
            nearer=_nearer(drafts) if clearing else frozenset(),
            loosening=frozenset(draft.stream for draft in drafts if isinstance(draft.body, ContactWithdrawn))
            | {draft.stream for draft, said in linked if (draft.stream, said.link) in close},
        )


def _nearer(drafts: Sequence[Draft]) -> frozenset[UUID]:
    """Through whom somebody is linked as a close contact."""
    close = (draft.body for draft in drafts if isinstance(draft.body, ContactDetermined) and draft.body.ring == 1)
    return frozenset(source for said in close for source in said.sources)


def _close(drafts: Sequence[Draft], people: Set[UUID], histories: Mapping[UUID, History]) -> Iterator[Named]:
    """The links of these people that were told as ones of the first ring, before or in this act."""
    before = ((one, entry.body) for one in people & histories.keys() for entry in histories[one].entries)
    for stream, body in [*before, *((draft.stream, draft.body) for draft in drafts)]:
        if isinstance(body, ContactDetermined) and body.ring == 1:
            yield stream, body.link
