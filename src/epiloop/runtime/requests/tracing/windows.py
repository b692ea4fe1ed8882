"""When a case exposed others: from the clause in force, the onset or the first positive sample, until isolated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from epiloop.core.errors import N_, NotFound, Refused
from epiloop.core.instants import day_of
from epiloop.exposure.visits import moment
from epiloop.ledger.events import Entry
from epiloop.operations.investigation.events import Admitted
from epiloop.operations.investigation.state import Case
from epiloop.operations.investigation.state import fold as investigated
from epiloop.operations.screening.events import ResultOutcome
from epiloop.operations.screening.state import Sample
from epiloop.operations.screening.state import fold as screened
from epiloop.runtime.requests.people import Known
from epiloop.runtime.terms import InForce, terms_in_force


@dataclass(frozen=True, slots=True)
class Window:
    """A case whose contacts are looked for: from `since` until `until`, by the terms in force.

    `first_sign`: day of onset, else of the first positive sample, else of the determination; `isolated`: when the
    person was taken in, None if nobody said so yet. `numbers`: of the positive samples, as laboratories name them.
    """

    person: UUID
    case: Case
    jurisdiction: int
    terms: InForce
    first_sign: date
    isolated: datetime | None
    since: datetime
    until: datetime
    numbers: tuple[str, ...]


def window_of(known: Known, disease: str = "") -> Window:
    """The window of a person's case, as known now.

    Raises NotFound for somebody who is no case, Refused where no rulebook in force says what makes a contact.
    """
    case = _case(known, disease)
    terms = terms_in_force(known.laws, case.disease, known.jurisdiction, known.now)
    if terms is None:
        raise Refused(
            N_("No rulebook in force here says which shared time makes a contact of %(disease)s."),
            remedy=N_("Adopt one that does."),
            disease=case.disease,
        )
    zone = known.laws.zone(known.jurisdiction)
    positive = _positive(known)
    sampled = min((at for one in positive if (at := one.taken_at or one.result_at)), default=None)
    first_sign = case.onset or day_of(sampled or case.since, zone)
    isolated = _isolated(known.entries, terms.terms.window(first_sign, known.now, zone)[0])
    since, until = terms.terms.window(first_sign, min(isolated or known.now, known.now), zone)
    numbers = tuple(one.sample for one in positive)
    return Window(
        known.person.person,
        case,
        known.jurisdiction,
        terms,
        first_sign,
        isolated,
        moment(since),
        moment(until),
        numbers,
    )


def _case(known: Known, disease: str) -> Case:
    state = investigated(known.person.person, known.entries)
    open_ones = [one for one in state.cases.values() if one.standing and one.disease == (disease or one.disease)]
    if not open_ones:
        raise NotFound(N_("This person is no case."), remedy=N_("Determine the case first."))
    return max(open_ones, key=lambda one: (one.outcome == "open", one.since))


def _positive(known: Known) -> list[Sample]:
    samples = screened(known.person.person, known.entries).samples.values()
    return [one for one in samples if one.outcome is ResultOutcome.POSITIVE]


def _isolated(entries: Iterable[Entry], since: int) -> datetime | None:
    """When the person was first taken in after the window began."""
    began = moment(since)
    taken_in: Sequence[datetime] = [
        entry.occurred_at for entry in entries if isinstance(entry.body, Admitted) and entry.occurred_at >= began
    ]
    return min(taken_in, default=None)
