"""What may be done next with samples. `check_x` raises the reason, `can_x` answers."""

from datetime import datetime

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused
from epiloop.operations.screening import events as e
from epiloop.operations.screening.state import STEPS, Screening

HIGHEST_CT = 50.0
"""Cycles; no protocol runs longer."""


def check_take_sample(state: Screening, request: e.SampleTaken) -> None:
    """Refuses a number without text, and one that was used for this person before."""
    if not request.sample.strip():
        raise InvalidInput(N_("A sample needs a number."))
    known = state.samples.get(request.sample)
    if known and known.taken_at:
        raise Refused(N_("This sample number is taken already."), remedy=N_("Use the number on the tube."))


def check_receive_result(state: Screening, request: e.ResultReceived, *, at: datetime) -> None:
    """Refuses a second result of one sample, one from before the sample, and a Ct nobody measures."""
    _check_ct(request.ct)
    known = state.samples.get(request.sample)
    if known and request.outcome.value not in STEPS[known.step]:
        raise Refused(N_("This sample has a result already."), remedy=N_("Record a correction."))
    if known and known.taken_at and at < known.taken_at:
        raise InvalidInput(N_("A result cannot come before its sample."), remedy=N_("Check both times."))


def check_correct_result(state: Screening, request: e.ResultCorrected) -> None:
    """Refuses to correct what has no result, or to say the same again."""
    _check_ct(request.ct)
    known = state.samples.get(request.sample)
    if known is None or known.outcome is None:
        raise Refused(N_("This sample has no result to correct."), remedy=N_("Record the result."))
    if (known.outcome, known.ct) == (request.outcome, request.ct):
        raise Refused(N_("The correction says what was said before."))


def can_receive_result(state: Screening, request: e.ResultReceived, *, at: datetime) -> bool:
    """Whether `check_receive_result` would let it pass."""
    try:
        check_receive_result(state, request, at=at)
    except EpiloopError:
        return False
    return True


def _check_ct(ct: float | None) -> None:
    if ct is not None and not 0 < ct <= HIGHEST_CT:
        raise InvalidInput(N_("A Ct of %(ct)s cycles is not possible."), ct=ct)
