"""What the key service and the ledger say differently, because whoever told both was cut off in between, or because
the key service's database was restored from a backup.

An emergency that only the key service knows: without its note nobody would be told and nobody could review it. A
request that ended in one of the two: it opens nothing, and has to say so in both. A review that the key service does
not know of: whoever broke the glass would be answered nothing for good. So the clock compares, and writes what is
missing.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import NotAllowed, NotFound, Refused
from epiloop.core.rights import EVERYWHERE
from epiloop.operations.tracing import actions, checks
from epiloop.operations.tracing.events import GlassReviewed, TraceWithdrawn
from epiloop.operations.tracing.state import fold
from epiloop.runtime.acts import Asked, Decision, Histories, perform
from epiloop.runtime.histories import load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.tracing import PURPOSE
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.runtime.requests.tracing.emergencies import CLOCK, told_of
from epiloop.store.ledger import PgLedger
from epiloop.store.reading import tracing as stored
from epiloop.vault import grants
from epiloop.vault.answers import Grant
from epiloop.vault.grants import Authorisation, GrantKind
from epiloop.vault.signatures import Signature

LATEST = 1000
"""So many authorisations are compared, the latest."""
ENDED = ("refused", "withdrawn")
"""Steps of a request that opens nothing any more."""


def take_up_lost(parts: Parts) -> int:
    """Note the emergencies that are missing here; how many. Raises Unavailable while the key service is away."""
    waiting = {
        one.id: one
        for one in desk_of(parts).grants(limit=LATEST)
        if one.kind is GrantKind.BREAK_GLASS and one.review_due is not None and one.state != "withdrawn"
    }
    with parts.pool.connection() as connection:
        missing = waiting.keys() - stored.noted(connection, list(waiting))
    return sum(_take_up(parts, waiting[id_]) for id_ in sorted(missing))


def agree_on_ends(parts: Parts) -> int:
    """What ended with the key service ends here, and the other way round; how many. Raises Unavailable while the key
    service is away.
    """
    told = {one.id: one for one in desk_of(parts).grants(limit=LATEST) if one.kind is not GrantKind.BREAK_GLASS}
    with parts.pool.connection() as connection:
        steps = stored.steps(connection, list(told))
    ended = [id_ for id_, step in steps.items() if told[id_].state == "withdrawn" and step not in ENDED]
    open_there = [id_ for id_, step in steps.items() if told[id_].state in ("proposed", "open") and step in ENDED]
    for id_ in open_there:
        desk_of(parts).withdraw(id_, CLOCK)
    return sum(_end(parts, id_) for id_ in ended) + len(open_there)


def agree_on_reviews(parts: Parts) -> int:
    """Reviews of emergencies that the key service does not know any more are handed in again, as they were signed; how
    many. Raises Unavailable while the key service is away.
    """
    waiting = [
        one.id
        for one in desk_of(parts).grants(limit=LATEST)
        if one.kind is GrantKind.BREAK_GLASS and one.review_due is not None
    ]
    with parts.pool.connection() as connection:
        reviewed = [id_ for id_, step in stored.steps(connection, waiting).items() if step == "reviewed"]
    return sum(_review_again(parts, id_) for id_ in sorted(reviewed))


def _review_again(parts: Parts, request: UUID) -> bool:
    with parts.pool.connection() as connection:
        entries = load(PgLedger(connection), {request: "trace"}, lock=False)[request].entries
    told = next(one.body for one in reversed(entries) if isinstance(one.body, GlassReviewed))
    signature = Signature(bytes.fromhex(told.key), bytes.fromhex(told.signature))
    try:
        desk_of(parts).review(request, signature, justified=told.justified)
    except (NotAllowed, NotFound, Refused):  # the person was erased, or the reviewer's key has ended since
        return False
    return True


def _end(parts: Parts, request: UUID) -> bool:
    """Note that a request is over; nothing if whoever ended it was only slower."""

    def decide(histories: Histories, now: datetime) -> Decision:
        history = histories[request]
        state = fold(request, history.entries)
        if not checks.can_withdraw(state):
            return Decision()
        told, where = TraceWithdrawn(CLOCK), history.entries[0].jurisdiction
        return Decision(actions.withdraw(state, told, at=now, jurisdiction=where))

    return bool(perform(parts, Asked(CLOCK, PURPOSE, f"{CLOCK}:ended:{request}"), {request: "trace"}, decide).events)


def _take_up(parts: Parts, one: Grant) -> bool:
    try:
        asked = grants.read(desk_of(parts).text(one.id, CLOCK))  # a look, in the log of the person as the clock's
    except (NotFound, Refused):  # the person was erased, or it was withdrawn: nothing can be opened or said of it
        return False
    by = By(CLOCK, PURPOSE, f"glass:{one.id}")
    where = _where(parts, by, asked.subject)
    done = perform(parts, by.asked(), {one.id: "trace"}, _noting(asked, one.review_due or one.expires, where))
    return not done.repeated


def _where(parts: Parts, by: By, person: UUID) -> int:
    """The jurisdiction whose reviewers are told; for somebody the register does not know, those of everywhere."""
    try:
        return known(parts, by, person, parts.now()).jurisdiction
    except (NotFound, Refused):
        return EVERYWHERE


def _noting(asked: Authorisation, due: datetime, where: int) -> Callable[[Histories, datetime], Decision]:
    def decide(histories: Histories, now: datetime) -> Decision:
        state = fold(asked.id, histories[asked.id].entries)
        if state.step:  # whoever handed it in was only slower
            return Decision()
        return Decision(actions.break_glass(state, told_of(asked, due=due), at=now, jurisdiction=where))

    return decide
