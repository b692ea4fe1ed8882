"""Which capabilities there are. Importing this registers every event body; `facts_of` asks each what it tells."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from epiloop.ledger.events import Body, Entry
from epiloop.operations.arrivals import events as arrivals
from epiloop.operations.assistance import events as assistance
from epiloop.operations.checkins import events as checkins
from epiloop.operations.duties import events as duties
from epiloop.operations.duties.state import origin
from epiloop.operations.investigation import events as investigation
from epiloop.operations.itineraries import events as itineraries
from epiloop.operations.screening import events as screening
from epiloop.operations.tracing import events as tracing
from epiloop.registers.jurisdictions import events as jurisdictions
from epiloop.registers.people import events as people
from epiloop.registers.places import events as places
from epiloop.registers.rulebooks import events as rulebooks
from epiloop.registers.units import events as units
from epiloop.rules.facts import Fact

WITHOUT_FACTS = (checkins, duties, itineraries, jurisdictions, places, rulebooks, tracing, units)
"""Capabilities whose events tell the rules nothing."""

_TELLERS = {
    people.__name__: people.facts,
    investigation.__name__: investigation.facts,
    screening.__name__: screening.facts,
    arrivals.__name__: arrivals.facts,
    assistance.__name__: assistance.facts,
}


_RESULTS = screening.ResultReceived | screening.ResultCorrected


def facts_of(entries: Iterable[Entry], own: UUID | None = None) -> tuple[Fact, ...]:
    """What a history tells the rules, in recorded order; of streams other than `own`, with what names them. A result
    says of which kind its sample was, since that of a pool decides nothing about one person.
    """
    told: list[Fact] = []
    kinds: dict[str, str] = {}
    for ref, body, occurred_at, recorded_at, *_ in entries:
        tell = _TELLERS.get(type(body).__module__)
        if tell is not None:
            facts = tell(body, occurred_at=occurred_at, recorded_at=recorded_at, ref=ref)
            if isinstance(body, screening.SampleTaken):
                kinds[body.sample] = body.sampled.value
            elif isinstance(body, _RESULTS) and body.sample in kinds:
                facts = tuple(replace(fact, values={**fact.values, "kind": kinds[body.sample]}) for fact in facts)
            theirs = own is None or ref.stream == own
            told += facts if theirs else [replace(fact, origin=origin(ref.stream)) for fact in facts]
    return tuple(told)


def is_known(body: Body) -> bool:
    """Whether a capability of this version knows the event."""
    modules = {module.__name__ for module in WITHOUT_FACTS} | set(_TELLERS)
    return type(body).__module__ in modules
