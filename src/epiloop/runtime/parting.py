"""What goes with whom when two registrations turn out to be two people: what was told of the one while they counted as
one stands in the stream of the other, since only the one that goes on is told anything.

A case, a link or a sample that the absorbed registration had before is its own, and so is what was told of it since.
What was new since nobody can tell apart: it stays with the one that went on, and somebody decides.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from epiloop.ledger.events import Body, Draft, Entry, decode
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.actions import CLOSER
from epiloop.operations.screening import events as s
from epiloop.registers.people.events import DeclaredSame

Thing = tuple[str, UUID | str]
"""What an event is about: a case, a link or a sample, and its name. What a link became goes with the link."""


def echoes(survivor: Sequence[Entry], other: UUID, others: Sequence[Entry]) -> list[Entry]:
    """What the stream of the one that goes on was told, since the other was merged into it, of what is the other's."""
    merged = [n for n, one in enumerate(survivor) if one.body == DeclaredSame(other, survives=True)]
    if not merged:
        return []
    own = {_thing(one.body) for one in survivor[: merged[-1]]}
    theirs = {_thing(one.body) for one in others} - own - {None}
    return [one for one in survivor[merged[-1] :] if _thing(one.body) in theirs]


def names(told: Sequence[Entry]) -> set[str | UUID]:
    """How the cases, samples and links are named that some events are about."""
    return {name for one in told if (name := _name(one.body))}


def handed(told: Sequence[Entry], other: UUID, jurisdiction: int) -> list[Draft]:
    """The same, told in the stream of the other. What is sealed stays sealed where it is."""
    return [Draft(other, openly(one.body), one.occurred_at, jurisdiction) for one in told]


def left(told: Sequence[Entry], survivor: UUID, at: datetime, jurisdiction: int) -> list[Draft]:
    """What the stream of the one that goes on is told, so that nothing of it counts there any more."""
    last = {_name(one.body): one.body for one in told}
    back = [body for said in last.values() for body in _taken_back(said)]
    return [Draft(survivor, body, at, jurisdiction) for body in sorted(back, key=_is_plain)]


def _is_plain(body: Body) -> bool:
    """What a link became is taken back before the link is, which would take it with it."""
    return not (isinstance(body, e.ContactWithdrawn) and body.link.endswith(CLOSER))


def _taken_back(said: Body) -> Iterator[Body]:
    if isinstance(said, e.CaseDetermined | e.CaseReclassified):
        yield e.CaseDiscarded(said.case, said.disease)
    elif isinstance(said, e.ContactDetermined):
        yield e.ContactWithdrawn(said.link, said.disease)
    elif isinstance(said, s.ResultReceived | s.ResultCorrected) and said.outcome is not s.ResultOutcome.INVALID:
        yield s.ResultCorrected(said.sample, s.ResultOutcome.INVALID)


def _thing(body: Body) -> Thing | None:
    if isinstance(body, e.CaseDetermined | e.CaseReclassified | e.CaseDiscarded):
        return "case", body.case
    if isinstance(body, e.ContactDetermined | e.ContactWithdrawn):
        return "link", _base(body.link)
    if isinstance(body, s.SampleTaken | s.ResultReceived | s.ResultCorrected):
        return "sample", body.sample
    return None


def _base(link: str) -> str:
    """The link that one of its rows, or what it became, belongs to."""
    base, _, number = link.removesuffix(CLOSER).rpartition("#")
    return base if link.endswith(CLOSER) and base and number.isdigit() else link.removesuffix(CLOSER)


def _name(body: Body) -> str | UUID | None:
    thing = _thing(body)
    return body.link if isinstance(body, e.ContactDetermined | e.ContactWithdrawn) else thing and thing[1]


def openly(said: Body) -> Body:
    """The same without what is sealed: to be said again by whoever cannot read it; what was sealed before stays."""
    return decode(said.kind, said.kind_version, said.parts()[0])
