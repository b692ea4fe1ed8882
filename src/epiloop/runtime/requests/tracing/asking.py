"""Asking for a search: the text that its maker signs, and handing it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from epiloop.core.errors import N_, NotAllowed, Refused
from epiloop.ledger.events import Json
from epiloop.operations.itineraries import visits
from epiloop.operations.tracing import actions
from epiloop.operations.tracing.events import TraceAsked
from epiloop.operations.tracing.state import fold
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.tracing import ASK, PURPOSE
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.runtime.requests.tracing.windows import Window, window_of
from epiloop.store.reading import tracing as stored
from epiloop.vault import grants
from epiloop.vault.grants import Authorisation, GrantKind
from epiloop.vault.signatures import Signature

HOLDS = timedelta(hours=72)
"""How long a search may be carried out once it was asked for."""
DECIDE_WITHIN = timedelta(minutes=30)
"""In this time another person decides; then it is late, and shows with whom it lies."""
OLDEST_TEXT = timedelta(minutes=30)
"""A text that was signed longer ago is made anew: the window it names is not the present one."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked: the rings, who may look besides who asks (account ids), for which unit the maker signs."""

    unit: str
    ring: int = 1
    staff: tuple[str, ...] = ()
    disease: str = ""


def window(parts: Parts, by: By, person: UUID, at: datetime, disease: str = "") -> Window:
    """The window of a person's case as known now. Raises NotFound, NotAllowed, Refused."""
    found = known(parts, by, person, at)
    by.check_person(ASK, found.jurisdiction)
    return window_of(found, disease)


def text_of(parts: Parts, by: By, of: Window, asking: Asking, *, at: datetime, id_: UUID) -> bytes:
    """The text to be signed. Raises Refused for a ring that the clause does not know, InvalidInput."""
    terms = of.terms
    terms.terms.threshold(asking.ring)
    asked = Authorisation(
        id=id_,
        kind=GrantKind.TRACE,
        subject=of.person,
        since=of.since,
        until=of.until,
        staff=(by.actor, *asking.staff),
        creator=by.actor,
        unit=asking.unit,
        purpose=PURPOSE,
        made_at=at,
        expires=at + HOLDS,
        second_until=at if asking.ring == 2 else None,
        terms=terms.plain,
        version=terms.version,
        digest=bytes.fromhex(terms.digest),
        kinds=kinds_of_places(parts),
    )
    return grants.write(asked)


def propose(parts: Parts, by: By, text: bytes, signature: Signature) -> Done:
    """Hand a signed text in, and note that it was; the result names the request. The same text twice is one.

    Raises Refused for a text that is not the present one, NotAllowed, and what the key service says.
    """
    asked = grants.read(text)
    now = parts.now()
    of = window(parts, by, asked.subject, now)
    _check_present(parts, asked, of, by, now)
    desk_of(parts).propose(text, signature)

    def decide(histories: Histories, at: datetime, _laws: Laws) -> Decision:
        by.check_person(ASK, of.jurisdiction)
        state = fold(asked.id, histories[asked.id].entries)
        result: dict[str, Json] = {"trace": str(asked.id), "case": str(of.person)}
        if state.digest == grants.digest(text).hex():  # handed in before; what was told about it stands
            return Decision((), result)
        told = _told(asked, of, text, at)
        return Decision(actions.ask(state, told, at=at, jurisdiction=of.jurisdiction), result)

    return carry_out(parts, by, {asked.id: "trace"}, decide)


def kinds_of_places(parts: Parts) -> tuple[str, ...]:
    """The words of all kinds of places and zones there are, and of what itineraries add, by which the terms tell them
    apart: a kind that is not named counts by the default.
    """
    with parts.pool.connection() as connection:
        registered = set(stored.kinds_of_places(connection)) - set(visits.KINDS)
    return (*visits.KINDS, *sorted(registered))[: grants.MOST_KINDS]


def staff_of(*accounts: str) -> tuple[str, ...]:
    """Account ids, each once."""
    return tuple(sorted(set(accounts)))


def _told(asked: Authorisation, of: Window, text: bytes, at: datetime) -> TraceAsked:
    return TraceAsked(
        person=of.person,
        case=of.case.case,
        disease=of.case.disease,
        clause=of.terms.terms.clause,
        ring=asked.rings,
        since=asked.since,
        until=asked.until,
        by=asked.creator,
        unit=asked.unit,
        due=at + DECIDE_WITHIN,
        digest=grants.digest(text).hex(),
    )


def _check_present(parts: Parts, asked: Authorisation, of: Window, by: By, now: datetime) -> None:
    """The text must be one that `text_of` made, lately and for this person: it says by what is searched."""
    if asked.creator != by.actor:
        raise NotAllowed(N_("Whoever signs a request is the one who made it."))
    terms: Sequence[object] = (asked.terms, asked.version, asked.digest.hex(), asked.since)
    # What a case told lies sealed with the key service already: here it could name any place at any time.
    same = terms == (of.terms.plain, of.terms.version, of.terms.digest, of.since) and not asked.told
    second = asked.made_at if asked.rings == 2 else None
    limits = (asked.made_at + HOLDS, second, kinds_of_places(parts))
    same = same and (asked.expires, asked.second_until, asked.kinds) == limits
    fresh = now - OLDEST_TEXT <= asked.made_at <= now + timedelta(minutes=1)
    if asked.kind is not GrantKind.TRACE or not same or not fresh or asked.until > of.until + timedelta(minutes=1):
        raise Refused(
            N_("What was signed is not what the rules and the case say now."),
            remedy=N_("Load the page again and sign."),
        )
