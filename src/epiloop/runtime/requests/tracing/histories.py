"""Opening where one person was: a case's own visits for its investigation, or by legal order, approved first; and the
look, which is the same in an emergency.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, NotAllowed, Refused
from epiloop.ledger.events import Json
from epiloop.operations.tracing import actions, checks
from epiloop.operations.tracing.events import VisitsAsked
from epiloop.operations.tracing.state import fold
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.tracing import ASK, PURPOSE
from epiloop.runtime.requests.tracing.asking import DECIDE_WITHIN, HOLDS, OLDEST_TEXT, kinds_of_places, window
from epiloop.runtime.requests.tracing.deciding import standing
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.runtime.requests.tracing.windows import check_stands
from epiloop.vault import grants
from epiloop.vault.answers import SeenAt, Visits
from epiloop.vault.grants import Authorisation, GrantKind
from epiloop.vault.signatures import Signature

ORDER_WITHIN = timedelta(hours=24)
"""In this time two others decide about a legal order; then it is late."""
ORDER_PURPOSE = "data-export"
ORDER_DAYS = (1, 3, 7)
"""For how many days a legal order may be asked to hold; the key service takes none that holds for longer."""
AHEAD = timedelta(minutes=1)
NO_ZONE = b""


@dataclass(frozen=True, slots=True)
class Order:
    """A legal order: by which statute (a word of `core.statutes`), for which authority, under which reference of its,
    for which window, and for how many days it holds.
    """

    statute: str
    authority: str
    reference: str
    since: datetime
    until: datetime
    days: int = 3


@dataclass(frozen=True, slots=True)
class Opening:
    """What is opened: whose visits, for which unit the maker signs, who may look besides (account ids); by which legal
    order. Without one, the window is that of a search for the person's case.
    """

    person: UUID
    unit: str
    staff: tuple[str, ...] = ()
    order: Order | None = None


def text_of(parts: Parts, by: By, opening: Opening, *, at: datetime, id_: UUID) -> bytes:
    """The text to be signed. Raises NotFound for somebody who is no case, Refused for a window that is too long, and
    InvalidInput for an order without all of its parts.
    """
    order, (since, until) = opening.order, _window(parts, by, opening, at)
    asked = Authorisation(
        id=id_,
        kind=GrantKind.LEGAL_ORDER if order else GrantKind.HISTORY,
        subject=opening.person,
        since=since,
        until=until,
        staff=(by.actor, *opening.staff),
        creator=by.actor,
        unit=opening.unit,
        purpose=ORDER_PURPOSE if order else PURPOSE,
        made_at=at,
        expires=at + (timedelta(days=order.days) if order else HOLDS),
        kinds=kinds_of_places(parts),
        statute=order.statute if order else "",
        authority=order.authority.strip() if order else "",
        reference=order.reference.strip() if order else "",
    )
    return grants.write(asked)


def propose(parts: Parts, by: By, text: bytes, signature: Signature) -> Done:
    """Hand a signed text in, and note that it was, for the purpose that stands in it; the result names the request. The
    same text twice is one.

    Raises Refused for a text that is not the present one, NotAllowed, and what the key service says.
    """
    asked, now = grants.read(text), parts.now()
    by = replace(by, purpose=asked.purpose)
    where = known(parts, by, asked.subject, now).jurisdiction
    by.check_person(ASK, where)
    _check_present(parts, by, asked, now)
    desk_of(parts).propose(text, signature)

    def decide(histories: Histories, at: datetime, _laws: Laws) -> Decision:
        by.check_person(ASK, where)
        state = fold(asked.id, histories[asked.id].entries)
        result: dict[str, Json] = {"trace": str(asked.id), "person": str(asked.subject)}
        if state.digest == grants.digest(text).hex():  # handed in before; what was told about it stands
            return Decision((), result)
        return Decision(actions.ask_visits(state, _told(asked, text, at), at=at, jurisdiction=where), result)

    return carry_out(parts, by, {asked.id: "trace"}, decide)


def visits(parts: Parts, by: By, request: UUID) -> Visits:
    """When and at what kinds of places the person was, by what was approved, or while an emergency is open. The key
    service writes the look down first, and may refuse it. The zones it answers with are dropped here: nothing above
    shows or keeps them.
    """
    state, where = standing(parts, request)
    by.check(ASK, where)
    checks.check_look(state, by.actor, parts.now())
    check_stands(parts, state)
    found = desk_of(parts).history(request, by.actor)
    return Visits((replace(one, zone=NO_ZONE) for one in found), found.gaps)


def _window(parts: Parts, by: By, opening: Opening, at: datetime) -> tuple[datetime, datetime]:
    if opening.order is None:
        of = window(parts, by, opening.person, at)
        return of.since, of.until
    by.check_person(ASK, known(parts, by, opening.person, at).jurisdiction)
    return opening.order.since, min(opening.order.until, at)


def _told(asked: Authorisation, text: bytes, at: datetime) -> VisitsAsked:
    order = asked.kind is GrantKind.LEGAL_ORDER
    return VisitsAsked(
        person=asked.subject,
        order=order,
        since=asked.since,
        until=asked.until,
        by=asked.creator,
        unit=asked.unit,
        due=at + (ORDER_WITHIN if order else DECIDE_WITHIN),
        digest=grants.digest(text).hex(),
        statute=asked.statute or None,
        authority=asked.authority or None,
        reference=asked.reference or None,
    )


def _check_present(parts: Parts, by: By, asked: Authorisation, now: datetime) -> None:
    """The text must be one that `text_of` made, lately: a history by the rules and the case as they are now."""
    if asked.creator != by.actor:
        raise NotAllowed(N_("Whoever signs a request is the one who made it."))
    same = asked.kind is GrantKind.LEGAL_ORDER and asked.until <= now + AHEAD
    if asked.kind is GrantKind.HISTORY:
        of = window(parts, by, asked.subject, now)
        same = asked.since == of.since and asked.until <= of.until + AHEAD and asked.expires == asked.made_at + HOLDS
    if not same or not now - OLDEST_TEXT <= asked.made_at <= now + AHEAD:
        raise Refused(
            N_("What was signed is not what the rules and the case say now."),
            remedy=N_("Load the page again and sign."),
        )


def plain(found: Sequence[SeenAt]) -> list[dict[str, Any]]:
    """Visits as programs take them, in order of time."""
    return [
        {
            "entered": one.entered.isoformat(),
            "left": one.left.isoformat(),
            "kind": one.kind,
            "presumed": one.presumed,
            "doubtful": one.doubtful,
        }
        for one in sorted(found, key=lambda one: one.entered)
    ]
