"""Something happened to one person, or somebody did something for them: one event body in, one act out.

`TELLING` is the closed table of what can be told and the right it takes. What only the clock, a reaction or a
computation may say (escalations, linked results, a status) is not in it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, Conflict, InvalidInput, Refused
from epiloop.core.instants import day_of
from epiloop.ledger.events import Body, Draft, Entry, Json
from epiloop.operations.arrivals import actions as arriving
from epiloop.operations.arrivals import events as a
from epiloop.operations.arrivals.state import fold as fold_arrivals
from epiloop.operations.investigation import actions as investigating
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.actions import When
from epiloop.operations.investigation.state import fold as fold_investigation
from epiloop.operations.screening import actions as screening
from epiloop.operations.screening import events as s
from epiloop.operations.screening.state import fold as fold_screening
from epiloop.registers.people import actions as registering
from epiloop.registers.people import events as p
from epiloop.registers.people.state import Person, in_recorded_order, merged
from epiloop.registers.people.state import fold as fold_person
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.histories import load
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out, check_open, happened, no_such_person
from epiloop.store.ledger import PgLedger


@dataclass(frozen=True, slots=True)
class Known:
    """A person as an act finds them, with what was merged into the registration: who, the history, the laws, now."""

    person: Person
    entries: Sequence[Entry]
    laws: Laws
    now: datetime

    @property
    def jurisdiction(self) -> int:
        """Where the person stays, else resides."""
        return self.person.jurisdiction

    def day(self, at: datetime) -> date:
        """The calendar day of the person's jurisdiction that contains the instant."""
        return day_of(at, self.laws.zone(self.jurisdiction))

    def when(self, at: datetime) -> When:
        """The same as investigation takes it."""
        return When(at, self.day(self.now), self.jurisdiction)


Decide = Callable[[Known], Sequence[Draft]]
Tell = Callable[[Known, Any, datetime], Sequence[Draft]]


def tell(parts: Parts, by: By, person: UUID, told: Body, *, at: datetime | None = None) -> Done:
    """One thing that happened to a person at `at` (default: now). The result names the person.

    Raises InvalidInput for a body nobody may tell, NotFound, NotAllowed, Refused with the capability's reason.
    """
    right, act = telling(told)
    check_open(told)

    def decide(known: Known) -> Sequence[Draft]:
        return act(known, told, happened(at, known.now))

    return for_person(parts, by, person, right, decide, result=_named(person, told))


def telling(told: Body) -> tuple[str, Tell]:
    """The right that telling this takes, and the capability's action for it. Raises InvalidInput."""
    if type(told) not in TELLING:
        raise InvalidInput(N_("Nobody can tell this: %(kind)s."), kind=told.kind)
    return TELLING[type(told)]


def for_person(
    parts: Parts, by: By, person: UUID, right: str, decide: Decide, *, result: Mapping[str, Json] | None = None
) -> Done:
    """An act in one person's stream, by somebody who holds the right where the person stays."""
    streams = with_absorbed(parts, person)

    def decide_now(histories: Histories, now: datetime, laws: Laws) -> Decision:
        known = found(person, histories, laws, now)
        by.check_person(right, known.jurisdiction)
        return Decision(decide(known), result or {"person": str(person)})

    return carry_out(parts, by, streams, decide_now)


def found(person: UUID, histories: Histories, laws: Laws, now: datetime) -> Known:
    """The person out of the loaded histories. Raises NotFound, Refused for one merged into another registration."""
    own = histories[person]
    if own.head is None or own.kind != "person":
        raise no_such_person()
    alone = fold_person(person, own.entries)
    if alone.merged_into:
        raise Refused(
            N_("This registration was merged into another one."), remedy=N_("Make the change in the one that goes on.")
        )
    if not alone.absorbed <= histories.keys():
        raise Conflict(N_("Somebody else changed this first."), remedy=N_("Load it again and repeat."))
    others = [histories[other].entries for other in sorted(alone.absorbed)]
    return Known(merged(person, own.entries, *others), in_recorded_order(own.entries, *others), laws, now)


def with_absorbed(parts: Parts, person: UUID) -> dict[UUID, str]:
    """The person's stream and those merged into it, to be locked together."""
    with parts.pool.connection() as connection:
        own = load(PgLedger(connection), {person: "person"}, lock=False)[person]
    return dict.fromkeys([person, *sorted(fold_person(person, own.entries).absorbed)], "person")


def _named(person: UUID, told: Body) -> dict[str, Json]:
    """What the act's result says: ids only."""
    names = {name: getattr(told, name) for name in ("case", "link", "sample", "arrival") if hasattr(told, name)}
    return {"person": str(person), **{name: str(value) for name, value in names.items()}}


def _investigate(action: Callable[..., Sequence[Draft]]) -> Tell:
    return lambda known, told, at: action(fold_investigation(known.person.person, known.entries), told, known.when(at))


def _screen(action: Callable[..., Sequence[Draft]]) -> Tell:
    return lambda known, told, at: action(
        fold_screening(known.person.person, known.entries), told, at=at, jurisdiction=known.jurisdiction
    )


def _arrive(action: Callable[..., Sequence[Draft]]) -> Tell:
    return lambda known, told, at: action(
        fold_arrivals(known.person.person, known.entries), told, at=at, jurisdiction=known.jurisdiction
    )


def _report(known: Known, told: a.Arrived, at: datetime) -> Sequence[Draft]:
    state = fold_arrivals(known.person.person, known.entries)
    return arriving.report(state, told, at=at, arrived_on=known.day(at), jurisdiction=known.jurisdiction)


def _register(action: Callable[..., Sequence[Draft]]) -> Tell:
    return lambda known, told, at: action(known.person, told, at=at)


_RECORD = _investigate(investigating.record)
_CHANGE = _register(registering.change)

TELLING: Mapping[type[Body], tuple[str, Tell]] = {
    e.CaseDetermined: ("case.write", _investigate(investigating.determine_case)),
    e.CaseReclassified: ("case.write", _investigate(investigating.reclassify)),
    e.CaseDiscarded: ("case.write", _investigate(investigating.discard)),
    e.OutcomeRecorded: ("case.write", _investigate(investigating.record_outcome)),
    e.ExposureRecorded: ("case.write", _RECORD),
    e.NamedDecision: ("case.write", _RECORD),
    e.HandedOver: ("case.write", _RECORD),
    e.ContactDetermined: ("contact.write", _investigate(investigating.determine_contact)),
    e.ContactWithdrawn: ("contact.write", _investigate(investigating.withdraw_contact)),
    e.FollowedUp: ("duty.write", _investigate(investigating.follow_up)),
    e.SymptomsReported: ("duty.write", _RECORD),
    e.Vaccinated: ("duty.write", _RECORD),
    e.Admitted: ("duty.write", _RECORD),
    e.Released: ("duty.write", _RECORD),
    e.Transferred: ("duty.write", _RECORD),
    e.Visited: ("duty.write", _RECORD),
    e.HomeUnsuitable: ("duty.write", _RECORD),
    e.PlaceChosen: ("duty.write", _RECORD),
    s.SampleTaken: ("duty.write", _screen(screening.take_sample)),
    s.ResultReceived: ("duty.write", _screen(screening.receive_result)),
    s.ResultCorrected: ("duty.write", _screen(screening.correct_result)),
    a.Arrived: ("duty.write", _report),
    a.ArrivalConfirmed: ("duty.write", _arrive(arriving.confirm)),
    a.Departed: ("duty.write", _arrive(arriving.depart)),
    p.ResidenceChanged: ("person.write", _CHANGE),
    p.StayChanged: ("person.write", _CHANGE),
    p.OccupationChanged: ("person.write", _CHANGE),
    p.Employed: ("person.write", _CHANGE),
    p.EmploymentEnded: ("person.write", _CHANGE),
    p.HouseholdJoined: ("person.write", _CHANGE),
    p.HouseholdLeft: ("person.write", _CHANGE),
    p.ShiftBlockEnded: ("person.write", _CHANGE),
    p.Died: ("person.write", _CHANGE),
    p.PostHeld: ("person.write", _register(registering.hold_post)),
    p.PostLeft: ("person.write", _register(registering.leave_post)),
}
"""What can be told of a person -> (the right it takes where the person stays, the capability's action)."""
