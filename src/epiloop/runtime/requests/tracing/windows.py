"""When a case exposed others: from the clause in force, the onset or the first positive sample, until isolated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from epiloop.core.errors import N_, NotFound, Refused
from epiloop.core.instants import ONE_DAY, day_of, start_of_day
from epiloop.exposure.visits import moment
from epiloop.ledger.events import Entry
from epiloop.operations.investigation.events import Admitted, Released
from epiloop.operations.investigation.state import Case
from epiloop.operations.investigation.state import fold as investigated
from epiloop.operations.screening.events import ResultOutcome
from epiloop.operations.screening.state import Sample
from epiloop.operations.screening.state import fold as screened
from epiloop.operations.tracing.state import Request
from epiloop.registers.people.state import fold as fold_person
from epiloop.registers.people.state import in_recorded_order
from epiloop.runtime.histories import load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.people import Known, with_absorbed
from epiloop.runtime.terms import InForce, terms_in_force
from epiloop.store.ledger import PgLedger
from epiloop.vault.grants import LONGEST_WINDOW

AWAY = frozenset({"centralised", "hospital", "shelter"})
"""Stages that are served away from home, as rulebooks call them: who lives with the person meets them no more."""
OWN_SAMPLES = timedelta(days=28)
"""A positive sample that was taken so long before the case was determined is one of an earlier illness."""


@dataclass(frozen=True, slots=True)
class Window:
    """A case whose contacts are looked for: from `since` until `until`, by the terms in force; not before the days that
    may be kept at the most.

    `first_sign`: day of onset, else of the first positive sample, else of the determination; `isolated`: when the
    person was taken in, None if nobody said so yet, or the person is out again. `numbers`: of the positive samples of
    this illness, as laboratories name them.
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
    positive = _positive(known, case)
    sampled = min((at for one in positive if (at := _when(one))), default=None)
    first_sign = case.onset or day_of(sampled or case.since, zone)
    began = max(moment(terms.terms.window(first_sign, known.now, zone)[0]), _earliest(known.now, zone))
    isolated = _isolated(known.entries, began, over=case.outcome != "open")
    numbers = tuple(one.sample for one in positive)
    return Window(
        known.person.person,
        case,
        known.jurisdiction,
        terms,
        first_sign,
        isolated,
        began,
        min(isolated or known.now, known.now).replace(microsecond=0),
        numbers,
    )


def check_stands(parts: Parts, request: Request) -> None:
    """Raise Refused where the investigation that a request is for is over, since its person is no case after all: a
    positive that a laboratory signed outlives the case (PRIVACY R8). Legal orders and emergencies are for no case.
    """
    if request.person is None or request.kind not in ("trace", "history"):
        return
    cases = investigated(request.person, entries_of(parts, request.person)).cases
    if not any(one.standing for case, one in cases.items() if request.case in (None, case)):
        raise Refused(
            N_("This person is no case any more."), remedy=N_("End the request: nothing is opened with it now.")
        )


def was_away(entries: Iterable[Entry], since: datetime, until: datetime) -> bool:
    """Whether a person was taken in away from home before a time began, and not let out before it ended."""
    told = [one for one in entries if isinstance(one.body, Admitted | Released) and one.occurred_at < until]
    before = max((one for one in told if one.occurred_at <= since), key=lambda one: one.occurred_at, default=None)
    out = any(isinstance(one.body, Released) and one.occurred_at > since for one in told)
    return before is not None and isinstance(before.body, Admitted) and before.body.stage in AWAY and not out


def entries_of(parts: Parts, person: UUID) -> tuple[Entry, ...]:
    """What is known of a person, also under the registration that this one was merged into."""
    with parts.pool.connection() as connection:
        own = load(PgLedger(connection), {person: "person"}, lock=False)[person]
        going_on = fold_person(person, own.entries).merged_into or person
        every = load(PgLedger(connection), with_absorbed(parts, going_on), lock=False)
    return tuple(in_recorded_order(*(history.entries for history in every.values())))


def _case(known: Known, disease: str) -> Case:
    state = investigated(known.person.person, known.entries)
    open_ones = [one for one in state.cases.values() if one.standing and one.disease == (disease or one.disease)]
    if not open_ones:
        raise NotFound(N_("This person is no case."), remedy=N_("Determine the case first."))
    return max(open_ones, key=lambda one: (one.outcome == "open", one.since))


def _positive(known: Known, case: Case) -> list[Sample]:
    samples = screened(known.person.person, known.entries).samples.values()
    positive = [one for one in samples if one.outcome is ResultOutcome.POSITIVE]
    return [one for one in positive if (_when(one) or case.since) > case.since - OWN_SAMPLES]


def _when(sample: Sample) -> datetime | None:
    return sample.taken_at or sample.result_at


def _earliest(now: datetime, zone: tzinfo) -> datetime:
    """The beginning of the first day that an authorisation can open; a day later where clocks were set back since."""
    begins = (start_of_day(day_of(now, zone) - days * ONE_DAY, zone) for days in (27, 26))
    return next(at for at in begins if now - at <= LONGEST_WINDOW)


def _isolated(entries: Iterable[Entry], since: datetime, *, over: bool) -> datetime | None:
    """When the person was taken in after the window began and not let out again. Whose illness is `over` was let out
    because of that.
    """
    taken_in, out = None, True
    for entry in sorted(entries, key=lambda one: one.occurred_at):
        if isinstance(entry.body, Admitted) and entry.occurred_at >= since and (out or taken_in is None):
            taken_in, out = entry.occurred_at, False
        elif isinstance(entry.body, Released):
            out = True
    return None if out and not over else taken_in
