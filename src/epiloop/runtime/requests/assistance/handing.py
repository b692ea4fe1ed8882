"""What a request says of a person: as much as its kind needs, taken from what is known here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.ledger.events import Body, Draft, Entry, Json, decode, to_json
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.minimal import CARRIED, MOST_FACTS, Kind
from epiloop.operations.assistance.state import Request
from epiloop.operations.investigation.events import ContactDetermined
from epiloop.operations.investigation.state import fold as fold_investigation
from epiloop.rules.plan import Loop
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.requests.people import Known

STANDING = ("case-determined", "case-reclassified", "case-discarded", "vaccinated")
"""Facts that are handed over however old they are: rules look at whether somebody was a case before."""
OTHER = "handed-over"
"""Who decided, in a decision that was taken elsewhere."""


def facts_for(kind: Kind, one: Known, given: Mapping[str, Json]) -> dict[str, Json]:
    """What is said of a person besides who it is. `given` is what somebody typed for the kinds that need it.

    Raises Refused if what the kind needs is not known.
    """
    if kind is Kind.CONTROL:
        return contact_facts(one)
    if kind is Kind.TAKE_OVER:
        return {"facts": [*handed_over(one)]}
    return dict(given)


def contact_facts(one: Known) -> dict[str, Json]:
    """Disease, ring and last exposure of the link that lasts longest."""
    links = fold_investigation(one.person.person, one.entries).links.values()
    standing = [link for link in links if link.step == "determined" and link.last_exposure]
    if not standing:
        raise Refused(
            N_("This person is no contact whose last exposure is known."), remedy=N_("Determine the contact first.")
        )
    last = max(standing, key=lambda link: (link.last_exposure, -link.ring))
    return {"disease": last.disease, "ring": last.ring, "last_exposure": to_json(last.last_exposure)}


def open_loops(one: Known) -> list[Loop]:
    """The loops in which the person stands now."""
    plan = one.laws.plan(facts_of(one.entries, one.person.person), one.jurisdiction)
    return [loop for loop in plan.loops if loop.closed_at is None or loop.closed_at > one.now]


def handed_over(one: Known) -> list[dict[str, Json]]:
    """The facts that rules need to go on with the person's open loops elsewhere, in recorded order."""
    loops = open_loops(one)
    if not loops:
        raise Refused(
            N_("Nothing is under control here that could be handed over."),
            remedy=N_("Ask where the person is instead."),
        )
    since = min(loop.opened_at for loop in loops)
    said = [_fact(entry) for entry in one.entries if _goes_along(entry, since)]
    return said[-MOST_FACTS:]


def _goes_along(entry: Entry, since: datetime) -> bool:
    kind = entry.body.kind
    return kind in CARRIED and (entry.occurred_at >= since or kind in STANDING)


def _fact(entry: Entry) -> dict[str, Json]:
    kind = entry.body.kind
    values = {name: value for name, value in entry.body.parts()[0].items() if name in CARRIED[kind]}
    if "by" in values:
        values["by"] = OTHER
    return {"kind": kind, "at": entry.occurred_at.isoformat(), "values": values}


def drafts_of(
    state: Request, number: int, person: Any, said: Iterable[Mapping[str, Any]], *, at: datetime, stay: int
) -> list[Draft]:
    """The facts that came along, as events of the person's stream; each named, so that none stands there twice."""
    drafts: list[Draft] = []
    for turn, fact in enumerate(said, 1):
        when = min(_when(fact["at"]), at)
        key = f"taken-over:{state.stream}:{number}:{turn}"
        drafts.append(Draft(person, _body(fact), when, stay, key))
    return drafts


def contact_draft(
    state: Request, number: int, person: Any, said: Mapping[str, Any], *, at: datetime, stay: int
) -> Draft:
    """A contact of another jurisdiction's case, determined here."""
    name = f"assistance:{state.stream}:{number}"
    values = {"link": name, "disease": said["disease"], "ring": said["ring"], "last_exposure": said["last_exposure"]}
    body = _body({"kind": ContactDetermined.kind, "values": values})
    return Draft(person, body, at, stay, name)


def taken_over(state: Request) -> e.TakenOver:
    """That we answer for the person now, with its cause."""
    assert state.told is not None
    return e.TakenOver(state.told.request, state.other, state.stream, state.said_at)


def _when(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise InvalidInput(N_("A time without a time zone cannot be used: %(value)s."), value=text)
    return at


def _body(fact: Mapping[str, Any]) -> Body:
    values: dict[str, Json] = dict(fact["values"])
    try:
        return decode(fact["kind"], 1, values)
    except (TypeError, ValueError, KeyError, AttributeError) as wrong:
        raise InvalidInput(N_("A fact of this person cannot be read: %(kind)s."), kind=fact["kind"]) from wrong


def check_readable(said: Sequence[Mapping[str, Any]]) -> None:
    """Raise InvalidInput unless every fact that came along is one that this version knows."""
    for fact in said:
        _body(fact)
        _when(fact["at"])
