"""The rows of a request between jurisdictions, with the plan the rules make of it, and of a peer."""

from collections.abc import Iterator
from typing import Any

from epiloop.core.jurisdictions import Code, short
from epiloop.operations import duties
from epiloop.operations.assistance import peers
from epiloop.operations.assistance.queries import waiting
from epiloop.operations.assistance.state import Request, fold
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.histories import History
from epiloop.runtime.laws import Laws
from epiloop.runtime.rows.plans import Whose, plan_rows, step_rows
from epiloop.store.tables import AssistancePersonRow, AssistanceRow, PeerRow

Rows = Iterator[tuple[Any, ...]]


def request_rows(history: History, laws: Laws) -> Rows:
    """A request, who it concerns, and what is due for it."""
    request = fold(history.stream, history.entries)
    told = request.told
    if told is None or request.made_at is None:
        return
    yield AssistanceRow(
        id=request.stream,
        outgoing=request.outgoing,
        kind=told.asked.value,
        step=request.step,
        jurisdiction=request.jurisdiction,
        other=request.other,
        peer=told.peer,
        made_at=request.made_at,
        arrived_at=request.arrived_at,
        received_at=request.received_at,
        deadline=told.deadline,
        answered_at=request.answered_at,
        closed_at=request.closed_at,
        withdrawn=request.withdrawn,
        people=request.people,
        answered=len(request.answers),
        clause=told.clause,
        post=told.post,
        phone=told.phone,
        waiting=list(waiting(request)),
    )
    yield from _people(request)
    whose = Whose(request.stream, "instruction", request.jurisdiction)
    steps = duties.fold(history.entries)
    # Requests are few and each is unlike the others: the patterns of people would not pay.
    yield from plan_rows(whose, laws.plan(facts_of(history.entries), request.jurisdiction), steps)
    yield from step_rows(whose, steps)


def _people(request: Request) -> Iterator[AssistancePersonRow]:
    for number, person in enumerate(request.told.people if request.told else (), 1):
        answer = request.answers.get(number)
        yield AssistancePersonRow(
            request=request.stream,
            number=number,
            jurisdiction=request.jurisdiction,
            person=person,
            matched=request.matched.get(number),
            result=answer.result.value if answer else "",
            at=answer.at if answer else None,
            elsewhere=answer.where if answer else None,
        )


def peer_rows(history: History) -> Rows:
    """Another installation."""
    peer = peers.fold(history.stream, history.entries)
    card = peer.card
    if card is not None:
        codes = [short(Code(code)) for code in card.jurisdictions]
        keys = card.signing, card.opening
        yield PeerRow(peer.peer, card.name, codes, *keys, card.address, card.fingerprint, peer.dropped)
