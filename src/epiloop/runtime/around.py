"""Whom an act concerns besides those of whom it tells something: about whom is read before it is worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation.events import (
    CaseDetermined,
    CaseReclassified,
    ContactDetermined,
    ContactWithdrawn,
)
from epiloop.operations.screening.events import ResultCorrected, ResultOutcome, ResultReceived
from epiloop.registers.people.events import DeclaredSame, DeclaredSplit
from epiloop.runtime.histories import History
from epiloop.runtime.near import Named, takes_back
from epiloop.runtime.standing import Telling, is_sure

SAMENESS = DeclaredSame | DeclaredSplit
ILLNESS = CaseDetermined | CaseReclassified | ResultReceived | ResultCorrected


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
    linked: frozenset[UUID]
    """Who is told to be a contact."""

    @classmethod
    def of(cls, drafts: Sequence[Draft], histories: Mapping[UUID, History]) -> "Around":
        """What some drafts are about."""
        linked = [(d, d.body) for d in drafts if isinstance(d.body, ContactDetermined) and d.body.ring == 2]
        merging = frozenset(draft.stream for draft in drafts if isinstance(draft.body, SAMENESS))
        clearing = merging | {draft.stream for draft in drafts if takes_back(draft.body)} | _doubted(drafts, histories)
        before = _before(drafts, histories)
        return cls(
            telling=frozenset(draft.stream for draft in drafts if isinstance(draft.body, Telling | SAMENESS)),
            merging=merging,
            sources=frozenset(source for _, said in linked for source in said.sources),
            contacts=frozenset(draft.stream for draft, _ in linked) | before,
            clearing=clearing,
            nearer=_nearer(drafts) if clearing else frozenset(),
            loosening=before,
            linked=frozenset(draft.stream for draft in drafts if isinstance(draft.body, ContactDetermined)),
        )


def _nearer(drafts: Sequence[Draft]) -> frozenset[UUID]:
    """Through whom somebody is linked as a close contact."""
    close = (draft.body for draft in drafts if isinstance(draft.body, ContactDetermined) and draft.body.ring == 1)
    return frozenset(source for said in close for source in said.sources)


def _doubted(drafts: Sequence[Draft], histories: Mapping[UUID, History]) -> set[UUID]:
    """Of whom something that said that they are ill, before or in this act, is told as saying so no more."""
    told = [(draft.stream, draft.body) for draft in drafts]
    unsure = [(stream, name) for stream, body in told if (name := _of(body)) and not _sure(body)]
    if not unsure:
        return set()
    before = (entry.body for history in histories.values() for entry in history.entries)
    sure = {_of(body) for body in (*before, *(body for _, body in told)) if isinstance(body, ILLNESS) and _sure(body)}
    return {stream for stream, name in unsure if name in sure}


def _of(body: Body) -> str | UUID | None:
    """Of which case or sample it tells something."""
    if isinstance(body, CaseDetermined | CaseReclassified):
        return body.case
    return body.sample if isinstance(body, ResultReceived | ResultCorrected) else None


def _sure(body: Body) -> bool:
    if isinstance(body, CaseDetermined | CaseReclassified):
        return is_sure(body)
    return isinstance(body, ResultReceived | ResultCorrected) and body.outcome is ResultOutcome.POSITIVE


def _before(drafts: Sequence[Draft], histories: Mapping[UUID, History]) -> frozenset[UUID]:
    """Of whom a link is withdrawn, or said anew, in this act; but one that was of the first ring and still is."""
    links = [draft for draft in drafts if isinstance(draft.body, ContactDetermined | ContactWithdrawn)]
    rings = _rings(histories) if links else {}
    found: set[UUID] = set()
    for draft in links:
        said, ring = draft.body, getattr(draft.body, "ring", 0)
        before = rings.get((draft.stream, said.link))  # type: ignore[attr-defined]
        if ring == 0 or before not in (None, 1) or (before, ring) == (1, 2):
            found.add(draft.stream)
        rings[draft.stream, said.link] = ring  # type: ignore[attr-defined]
    return frozenset(found)


def _rings(histories: Mapping[UUID, History]) -> dict[Named, int]:
    """Of which ring each link was told; those of a registration that was merged under the one that goes on too."""
    rings: dict[Named, int] = {}
    for stream, history in histories.items():
        for body in (entry.body for entry in history.entries):
            if isinstance(body, ContactDetermined):
                rings[stream, body.link] = body.ring
            elif isinstance(body, DeclaredSame) and not body.survives:
                rings |= {(body.other, link): ring for (one, link), ring in list(rings.items()) if one == stream}
    return rings
