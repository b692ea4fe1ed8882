"""What a request of a kind may say of a person, and what may be answered: closed lists, checked on both sides.

A message that says more is refused by its receiver, so that nobody gets into the way of writing more than is needed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from epiloop.core.errors import N_, InvalidInput
from epiloop.ledger.events import Json
from epiloop.vault.port import Identity


class Kind(StrEnum):
    """What is asked for."""

    CONTROL = "control-contacts"
    WHEREABOUTS = "whereabouts"
    RESULT = "verify-result"
    ITINERARY = "itinerary"
    TAKE_OVER = "take-over"


class Result(StrEnum):
    """What came of it for one person."""

    FOUND = "found"
    CONTROLLED = "under-control"
    NOT_FOUND = "not-found"
    ELSEWHERE = "elsewhere"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not-confirmed"
    NOTED = "noted"
    TAKEN_OVER = "taken-over"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind needs: parts of an identity, facts about the person, and the results it can have."""

    name: str
    identity: frozenset[str]
    needed: frozenset[str]
    facts: frozenset[str]
    results: tuple[Result, ...]


_WHO = frozenset({"name", "documents", "phones", "address"})
_FOUND = (Result.FOUND, Result.CONTROLLED, Result.NOT_FOUND, Result.ELSEWHERE, Result.REFUSED)

RULES: Mapping[Kind, Rule] = {
    Kind.CONTROL: Rule(
        N_("Find and control our contacts at yours"),
        _WHO,
        frozenset({"disease", "ring", "last_exposure"}),
        frozenset({"disease", "ring", "last_exposure"}),
        _FOUND,
    ),
    Kind.WHEREABOUTS: Rule(
        N_("Check where a person is"),
        frozenset({"name", "documents", "phones"}),
        frozenset(),
        frozenset(),
        (Result.FOUND, Result.NOT_FOUND, Result.ELSEWHERE, Result.REFUSED),
    ),
    Kind.RESULT: Rule(
        N_("Verify a test result"),
        frozenset({"name", "documents"}),
        frozenset({"sample"}),
        frozenset({"sample", "taken_on"}),
        (Result.CONFIRMED, Result.NOT_CONFIRMED, Result.REFUSED),
    ),
    Kind.ITINERARY: Rule(
        N_("Part of an itinerary at yours"),
        frozenset(),
        frozenset({"place", "since", "until"}),
        frozenset({"place", "since", "until"}),
        (Result.NOTED, Result.REFUSED),
    ),
    Kind.TAKE_OVER: Rule(
        N_("Take over a person"),
        _WHO,
        frozenset({"facts"}),
        frozenset({"facts"}),
        (Result.TAKEN_OVER, Result.REFUSED),
    ),
}

RESULTS: Mapping[Result, str] = {
    Result.FOUND: N_("found, under control since"),
    Result.CONTROLLED: N_("already under control"),
    Result.NOT_FOUND: N_("not found"),
    Result.ELSEWHERE: N_("is elsewhere"),
    Result.CONFIRMED: N_("the result is as said"),
    Result.NOT_CONFIRMED: N_("the result is not as said"),
    Result.NOTED: N_("received and taken up"),
    Result.TAKEN_OVER: N_("taken over"),
    Result.REFUSED: N_("refused"),
}

CARRIED: Mapping[str, frozenset[str]] = {
    "case-determined": frozenset({"case", "disease", "classification", "onset", "severity"}),
    "case-reclassified": frozenset({"case", "disease", "classification", "onset", "severity"}),
    "case-discarded": frozenset({"case", "disease"}),
    "contact-determined": frozenset({"link", "disease", "ring", "last_exposure", "first_exposure", "high_risk"}),
    "contact-withdrawn": frozenset({"link", "disease"}),
    "symptoms-reported": frozenset({"onset", "rash"}),
    "admitted": frozenset({"stage"}),
    "released": frozenset({"stage"}),
    "home-unsuitable": frozenset(),
    "place-chosen": frozenset({"place"}),
    "named-decision": frozenset({"by", "stage", "extends_to"}),
    "vaccinated": frozenset({"disease", "doses"}),
    "sample-taken": frozenset({"sample", "sampled"}),
    "result-received": frozenset({"sample", "outcome", "ct"}),
    "result-corrected": frozenset({"sample", "outcome", "ct"}),
    "arrived": frozenset({"arrival", "origin_risk", "channel", "left", "inter_province", "from_abroad"}),
}
"""The facts that go with a person who is handed over, and of each the fields that rules look at."""

MOST_PEOPLE = 200
"""People in one request; more are several requests."""
LONGEST = 500
"""Characters of a text."""
MOST_FACTS = 400

Item = Mapping[str, Json]


def item(kind: Kind, identity: Identity, facts: Item) -> dict[str, Json]:
    """What a request of a kind says of one person: only what the kind needs of what is known."""
    rule = RULES[kind]
    who: dict[str, Json] = {
        "name": identity.name,
        "documents": [[name, number] for name, number in identity.documents],
        "phones": list(identity.phones),
        "address": identity.address,
    }
    kept = {name: value for name, value in who.items() if name in rule.identity and value}
    return {**kept, **{name: value for name, value in facts.items() if name in rule.facts and value is not None}}


def identity_of(said: Item) -> Identity:
    """Who the person is, as said."""
    documents = cast("list[list[str]]", said.get("documents", []))
    return Identity(
        str(said.get("name", "")),
        tuple((kind, number) for kind, number in documents),
        tuple(cast("list[str]", said.get("phones", []))),
        str(said.get("address", "")),
    )


def facts_said(said: Item) -> dict[str, Json]:
    """What is said besides who it is."""
    return {name: value for name, value in said.items() if name not in _WHO}


def check_items(kind: Kind, items: Iterable[Item]) -> None:
    """Raise InvalidInput unless every person is described by what the kind needs, and by nothing more."""
    some = list(items)
    if not 1 <= len(some) <= MOST_PEOPLE:
        raise InvalidInput(
            N_("A request concerns 1 to %(most)s people."),
            remedy=N_("Make several requests of it."),
            most=MOST_PEOPLE,
        )
    for number, one in enumerate(some, 1):
        _check_item(kind, number, one)


def _check_item(kind: Kind, number: int, one: Item) -> None:
    rule = RULES[kind]
    if more := sorted(one.keys() - rule.identity - rule.facts):
        raise InvalidInput(
            N_("Person %(number)s: a request of this kind does not say %(fields)s."),
            remedy=N_("Say only what the kind needs."),
            number=number,
            fields=", ".join(more),
        )
    missing = sorted(rule.needed - one.keys())
    if missing or (rule.identity and not one.keys() & {"name", "documents", "phones"}):
        raise InvalidInput(
            N_("Person %(number)s: %(fields)s is missing."), number=number, fields=", ".join(missing or ["name"])
        )
    _check_shape(number, one)
    _check_carried(number, one.get("facts", []))


def _check_shape(number: int, one: Item) -> None:
    texts = [
        one.get(name, "") for name in ("name", "address", "disease", "sample", "taken_on", "place", "since", "until")
    ]
    pairs, phones = one.get("documents", []), one.get("phones", [])
    texts += [one.get("last_exposure", "")]
    good = all(isinstance(text, str) and len(text) <= LONGEST for text in texts)
    good = good and isinstance(pairs, list) and isinstance(phones, list)
    good = good and all(
        isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in cast("list[Json]", pairs)
    )
    good = good and all(isinstance(phone, str) for phone in cast("list[Json]", phones))
    if not good or one.get("ring", 1) not in (1, 2):
        raise InvalidInput(N_("Person %(number)s cannot be read."), number=number)


def _check_carried(number: int, facts: Json) -> None:
    if not isinstance(facts, list) or len(facts) > MOST_FACTS:
        raise InvalidInput(N_("Person %(number)s cannot be read."), number=number)
    for fact in facts:
        said = fact if isinstance(fact, dict) else {}
        kind, values = said.get("kind"), said.get("values")
        known = isinstance(kind, str) and kind in CARRIED and isinstance(values, dict)
        if (
            not known
            or cast("dict[str, Json]", values).keys() - CARRIED[str(kind)]
            or not isinstance(said.get("at"), str)
        ):
            raise InvalidInput(
                N_("Person %(number)s: a fact that is not handed over: %(kind)s."), number=number, kind=str(kind)
            )
