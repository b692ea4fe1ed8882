"""What may be done next in an investigation. `check_x` raises the reason, `can_x` answers."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.state import CLASSIFICATION_STEPS, LINK_STEPS, OUTCOME_STEPS, Case, Investigation

RINGS = (1, 2)
TEMPERATURES = (30.0, 45.0)
"""Degrees Celsius that a living person can have; anything else is a slip of the pen."""

NOT_RECLASSIFIED = {
    "suspected": N_("This case is classified as suspected already."),
    "probable": N_("This case is probable; it can only become confirmed or asymptomatic."),
    "asymptomatic": N_("This case is asymptomatic; it can only become confirmed."),
    "confirmed": N_("This case is confirmed, and stays so."),
}
"""Why a case of this classification does not take the one that was asked for."""
NO_OUTCOME = {
    "discharged": N_("This person was discharged; after that only recovery or death is recorded."),
    "recovered": N_("This person is recorded as recovered; after that only death is recorded."),
    "died": N_("The death of this person is recorded; nothing follows it."),
}
"""Why a case that stands so does not take the outcome that was asked for."""
NO_LINK = {
    "withdrawn": N_("This contact was withdrawn already."),
    "became-case": N_("This contact has become a case; the contact is neither changed nor withdrawn any more."),
}
"""Why a contact that stands so does not go on as was asked for."""
DAYS = {
    "infected": N_("the day of infection"),
    "onset": N_("the day of onset"),
    "reported": N_("the day of the report"),
    "outcome": N_("the day of the outcome"),
    "first_exposure": N_("the first exposure"),
    "last_exposure": N_("the last exposure"),
    "day": N_("the day that was named"),
    "today": N_("today"),
}
"""Days as a message says them."""


def check_determine_case(state: Investigation, request: e.CaseDetermined, *, today: date) -> None:
    """Refuses a second case beside an open one of the disease, and days that lie ahead or contradict each other."""
    standing = state.case_of(request.disease)
    if standing and standing.case != request.case and standing.outcome == "open":
        raise Refused(
            N_("This person already has an open case of %(disease)s."),
            remedy=N_("Reclassify it, or record its outcome first."),
            disease=request.disease,
        )
    if request.classification is e.Classification.ASYMPTOMATIC and request.onset:
        raise InvalidInput(
            N_("An asymptomatic case has no day of onset."),
            remedy=N_("Leave the day out, or classify the case as confirmed."),
        )
    check_days(today, infected=request.infected, onset=request.onset)
    check_days(today, reported=request.reported)


def check_reclassify(state: Investigation, case: UUID, wanted: e.Classification) -> None:
    """Refuses a step that the table does not have."""
    standing = known_case(state, case)
    if wanted.value not in CLASSIFICATION_STEPS[standing.classification]:
        raise Refused(NOT_RECLASSIFIED[standing.classification], remedy=N_("If it was a mistake, discard the case."))


def check_discard(state: Investigation, case: UUID) -> None:
    """Refuses to discard what is discarded already."""
    if "discarded" not in CLASSIFICATION_STEPS[known_case(state, case).classification]:
        raise Refused(N_("This case is discarded already."))


def check_outcome(state: Investigation, case: UUID, outcome: e.Outcome, on: date | None, *, today: date) -> None:
    """Refuses an outcome that cannot follow, of a case that does not count, or on a day before onset."""
    standing = known_case(state, case)
    if not standing.standing:
        raise Refused(N_("This case was discarded; it has no outcome."))
    if outcome.value not in OUTCOME_STEPS[standing.outcome]:
        raise Refused(NO_OUTCOME[standing.outcome])
    check_days(today, onset=standing.onset, outcome=on)


def check_determine_contact(state: Investigation, request: e.ContactDetermined, *, today: date) -> None:
    """Refuses a person as their own contact, a case of the disease as contact, an unknown ring, days that lie ahead."""
    if state.person in request.sources:
        raise InvalidInput(N_("Nobody can be their own contact."))
    if not request.sources:
        raise InvalidInput(N_("A contact needs a source."), remedy=N_("Name the case that exposed this person."))
    if request.ring not in RINGS:
        raise InvalidInput(N_("Ring %(ring)s does not exist."), remedy=N_("Use 1 or 2."), ring=request.ring)
    standing = state.case_of(request.disease)
    if standing and standing.outcome == "open":
        raise Refused(
            N_("This person is a case of %(disease)s already."),
            remedy=N_("Record it as an exposure of the case."),
            disease=request.disease,
        )
    check_days(today, first_exposure=request.first_exposure, last_exposure=request.last_exposure)
    _check_link_step(state, request.link, "determined")


def check_withdraw(state: Investigation, link: str) -> None:
    """Refuses to withdraw a link that is unknown, withdrawn already, or that of a case."""
    if link not in state.links:
        raise Refused(N_("This person has no such contact link."))
    _check_link_step(state, link, "withdrawn")


def check_become_case(state: Investigation, request: e.CaseDetermined, *, today: date) -> None:
    """Refuses when the person is no contact of the disease; else as for any case."""
    if not state.open_links(request.disease):
        raise Refused(
            N_("This person is no contact of %(disease)s."),
            remedy=N_("Determine the case directly."),
            disease=request.disease,
        )
    check_determine_case(state, request, today=today)


def check_follow_up(request: e.FollowedUp, *, today: date) -> None:
    """Refuses days that lie ahead and temperatures nobody has."""
    check_days(today, onset=request.onset, day=request.day)
    low, high = TEMPERATURES
    if request.temperature is not None and not low <= request.temperature <= high:
        raise InvalidInput(
            N_("A body temperature of %(given)s °C is not possible."),
            remedy=N_("Give degrees Celsius between %(low)s and %(high)s."),
            given=request.temperature,
            low=low,
            high=high,
        )


def check_days(today: date, **days: date | None) -> None:
    """The days must stand in the given order, and none after `today`. Raises InvalidInput naming the two at odds."""
    given = [(name, day) for name, day in days.items() if day]
    for (first, earlier), (second, later) in pairwise([*given, ("today", today)]):
        if later < earlier:
            raise InvalidInput(
                N_("These days contradict each other: %(first)s lies after %(second)s."),
                first=DAYS[first],
                second=DAYS[second],
            )


def known_case(state: Investigation, case: UUID) -> Case:
    """The case with this id. Raises Refused when the person has none such."""
    try:
        return state.cases[case]
    except KeyError:
        raise Refused(N_("This person has no such case.")) from None


def _check_link_step(state: Investigation, link: str, wanted: str) -> None:
    before = state.links.get(link)
    if before and wanted not in LINK_STEPS[before.step]:
        raise Refused(NO_LINK[before.step])


def _allowed(check: Callable[[], None]) -> bool:
    try:
        check()
    except EpiloopError:
        return False
    return True


def can_reclassify(state: Investigation, case: UUID, wanted: e.Classification) -> bool:
    """Whether `check_reclassify` would let it pass."""
    return _allowed(lambda: check_reclassify(state, case, wanted))


def can_discard(state: Investigation, case: UUID) -> bool:
    """Whether `check_discard` would let it pass."""
    return _allowed(lambda: check_discard(state, case))


def can_withdraw(state: Investigation, link: str) -> bool:
    """Whether `check_withdraw` would let it pass."""
    return _allowed(lambda: check_withdraw(state, link))


def can_record_outcome(state: Investigation, case: UUID, outcome: e.Outcome) -> bool:
    """Whether the outcome may follow, whatever its day."""
    return _allowed(lambda: check_outcome(state, case, outcome, None, today=date.max))
