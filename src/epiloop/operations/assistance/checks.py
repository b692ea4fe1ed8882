"""What may be done next with a request. `check_x` raises the reason, `can_x` answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotFound, Refused
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import RULES, Kind, Result, check_items
from epiloop.operations.assistance.state import STEPS, Request

FARTHEST = timedelta(days=30)
"""A deadline lies at most so far ahead."""


def check_ask(request: e.AssistanceAsked, items: Sequence[Mapping[str, object]], *, at: datetime, own: int) -> None:
    """Refuses what is not minimal, has no reason or no contact, or a deadline that has passed or lies far ahead."""
    check_items(request.asked, items)  # type: ignore[arg-type]
    if len(items) != len(request.people):
        raise InvalidInput(N_("Every person of a request is described once."))
    if request.receiver == own:
        raise InvalidInput(N_("A jurisdiction asks another one, not itself."))
    if not (request.clause.strip() and request.post.strip() and request.phone.strip()):
        raise InvalidInput(
            N_("A request says why, and whom to call."), remedy=N_("Give the clause, the post and its telephone.")
        )
    if not at < request.deadline <= at + FARTHEST:
        raise InvalidInput(
            N_("The deadline must lie ahead, by at most %(days)s days."),
            where="deadline",
            days=FARTHEST.days,
        )


def check_step(state: Request, wanted: str) -> None:
    """Refuses what cannot follow now."""
    if state.told is None:
        raise NotFound(N_("There is no such request."), remedy=N_("Choose it from the list."))
    if wanted not in STEPS[state.step]:
        if state.step == "closed":
            raise Refused(N_("This request is closed."), remedy=N_("Make a new one if something is still needed."))
        raise Refused(N_("This cannot be done with the request as it stands."), remedy=N_("Load the page again."))


def check_receive(state: Request) -> None:
    """Refuses a receipt of what was received already, or is not ours to receive."""
    check_step(state, "received")
    if state.outgoing:
        raise Refused(N_("The other side receives this request."), remedy=N_("Wait for the receipt."))
    if state.received_at is not None:
        raise Refused(N_("This request was received already."))


def check_answer(state: Request, answers: Sequence[Answer]) -> None:
    """Refuses an answer that is not ours to give, of nobody, or with a result that the kind does not have."""
    check_step(state, "answered")
    if state.outgoing:
        raise Refused(N_("The other side answers this request."), remedy=N_("Wait for the answer."))
    check_results(state, answers)
    final = {n for n, old in state.answers.items() if old.result is Result.TAKEN_OVER}
    if final & {answer.number for answer in answers}:
        raise Refused(
            N_("This person was taken over already."), remedy=N_("Ask the other side to take the person over again.")
        )


def check_results(state: Request, answers: Sequence[Answer]) -> None:
    """Refuses results of people whom the request does not name, twice, or that its kind does not have."""
    told = state.told
    numbers = [answer.number for answer in answers]
    if told is None or not numbers or len(set(numbers)) != len(numbers):
        raise InvalidInput(N_("An answer gives each person one result."))
    for answer in answers:
        if not 1 <= answer.number <= state.people or answer.result not in RULES[told.asked].results:
            raise InvalidInput(
                N_("Person %(number)s cannot have the result %(result)s here."),
                number=answer.number,
                result=answer.result.value,
            )
        if (answer.result is Result.ELSEWHERE) != (answer.where is not None):
            raise InvalidInput(N_("Say in which jurisdiction the person is, if elsewhere."))


def check_take_over(state: Request, number: int) -> None:
    """Refuses to take over somebody of another kind of request, or twice."""
    if state.told is None or state.told.asked is not Kind.TAKE_OVER:
        raise Refused(N_("Nobody is handed over by this request."))
    check_answer(state, [Answer(number, Result.TAKEN_OVER, state.arrived_at or state.told.deadline)])


def check_close(state: Request, *, withdrawn: bool) -> None:
    """Refuses to close what is not ours, or not answered; to withdraw what was taken over."""
    check_step(state, "closed")
    if not state.outgoing:
        raise Refused(N_("Who asked closes the request."))
    if not withdrawn and not state.complete:
        raise Refused(
            N_("Not everybody of this request has a result."),
            remedy=N_("Wait for the answer, or withdraw the request."),
        )
    if withdrawn and any(answer.result is Result.TAKEN_OVER for answer in state.answers.values()):
        raise Refused(N_("Somebody of this request was taken over already."), remedy=N_("Close it."))


def can_close(state: Request, *, withdrawn: bool = False) -> bool:
    """Whether `check_close` would let it pass."""
    return _passes(lambda: check_close(state, withdrawn=withdrawn))


def can_receive(state: Request) -> bool:
    """Whether `check_receive` would let it pass."""
    return _passes(lambda: check_receive(state))


def can_answer(state: Request) -> bool:
    """Whether anybody's result may be given still."""
    return not state.outgoing and "answered" in STEPS[state.step]


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except EpiloopError:
        return False
    return True
