"""Breaking the glass: one person's visits without an approval, for an hour; another person reviews it within a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotAllowed, Refused
from epiloop.ledger.events import Draft, Json
from epiloop.operations.tracing import actions
from epiloop.operations.tracing.events import GlassBroken, GlassReviewed
from epiloop.operations.tracing.state import Request, fold
from epiloop.runtime.acts import Asked, Decision, Done, Histories, perform
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.tracing import APPROVE, ASK, PURPOSE
from epiloop.runtime.requests.tracing.asking import kinds_of_places
from epiloop.runtime.requests.tracing.deciding import standing, tell
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.store.reading import tracing as stored
from epiloop.vault import grants
from epiloop.vault.grants import Authorisation, GrantKind
from epiloop.vault.signatures import Signature

OPEN_FOR = timedelta(minutes=60)
LOOKING_BACK = timedelta(days=14)
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Emergency:
    """What is opened: whose visits, why, and for which unit the maker signs."""

    person: UUID
    reason: str
    unit: str


def text_of(parts: Parts, by: By, emergency: Emergency, *, at: datetime, id_: UUID) -> bytes:
    """The text to be signed. Raises InvalidInput without a reason."""
    if not emergency.reason.strip():
        raise InvalidInput(N_("Breaking the glass needs a reason."), remedy=N_("Say in a sentence why it cannot wait."))
    asked = Authorisation(
        id=id_,
        kind=GrantKind.BREAK_GLASS,
        subject=emergency.person,
        since=at - LOOKING_BACK,
        until=at,
        staff=(by.actor,),
        creator=by.actor,
        unit=emergency.unit,
        purpose=PURPOSE,
        made_at=at,
        expires=at + OPEN_FOR,
        reason=emergency.reason.strip(),
        kinds=kinds_of_places(parts),
    )
    return grants.write(asked)


def break_glass(parts: Parts, by: By, text: bytes, signature: Signature) -> Done:
    """Open one person's visits for an hour; everybody who reviews is told at once. The result names the request.

    Raises Refused while another emergency of the same account waits for its review, NotAllowed, NotFound.
    """
    asked = grants.read(text)
    where = known(parts, by, asked.subject, parts.now()).jurisdiction
    by.check_person(ASK, where)
    if asked.creator != by.actor or asked.kind is not GrantKind.BREAK_GLASS:
        raise NotAllowed(N_("Whoever signs a request is the one who made it."))
    _check_none_waits(parts, by, asked.id)
    desk_of(parts).propose(text, signature)

    def decide(histories: Histories, at: datetime, _laws: Laws) -> Decision:
        state = fold(asked.id, histories[asked.id].entries)
        result: dict[str, Json] = {"trace": str(asked.id), "person": str(asked.subject)}
        if state.digest == grants.digest(text).hex():
            return Decision((), result)
        told = told_of(asked, due=at + grants.REVIEW_WITHIN)
        return Decision(actions.break_glass(state, told, at=at, jurisdiction=where), result)

    return carry_out(parts, by, {asked.id: "trace"}, decide)


def told_of(asked: Authorisation, *, due: datetime) -> GlassBroken:
    """What is noted of an emergency; another person reviews it until `due`."""
    return GlassBroken(
        person=asked.subject,
        by=asked.creator,
        unit=asked.unit,
        until=asked.expires,
        due=due,
        digest=grants.digest(grants.write(asked)).hex(),
        reason=asked.reason,
    )


def review(parts: Parts, by: By, request: UUID, told: GlassReviewed, signature: Signature) -> Done:
    """Another person's review. Raises NotAllowed for whoever did it."""

    def decide(now: Request, at: datetime, where: int) -> Sequence[Draft]:
        kept = replace(told, key=signature.key.hex(), signature=signature.value.hex())
        drafts = actions.review(now, kept, at=at, jurisdiction=where)
        desk_of(parts).review(request, signature, justified=told.justified)
        return drafts

    return tell(parts, by, request, APPROVE, decide)


def lapse_overdue(parts: Parts, suspend: Callable[[str], bool]) -> int:
    """What the clock does about emergencies that nobody reviewed in time; how many accounts were suspended.

    The account first, then the event that says so: killed in between, the next minute does it again.
    """
    with parts.pool.connection() as connection:
        due = stored.overdue(connection, parts.now())
    suspended = 0
    for request, where in due:
        state, _ = standing(parts, request)
        suspended += suspend(state.by)
        asked = Asked(CLOCK, "supervision", f"{CLOCK}:glass:{request}")
        perform(parts, asked, {request: "trace"}, _lapsing(request, where))
    return suspended


def _lapsing(request: UUID, where: int) -> Callable[[Histories, datetime], Decision]:
    def decide(histories: Histories, now: datetime) -> Decision:
        return Decision(actions.lapse(fold(request, histories[request].entries), at=now, jurisdiction=where))

    return decide


def _check_none_waits(parts: Parts, by: By, this: UUID) -> None:
    with parts.pool.connection() as connection:
        waiting = stored.unreviewed(connection, by.actor)
    if any(one != this for one in waiting):
        raise Refused(
            N_("Another emergency of yours has not been reviewed yet."),
            remedy=N_("Ask somebody who may review it to do so first."),
        )
