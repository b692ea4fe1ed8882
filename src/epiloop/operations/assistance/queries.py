"""Pure questions about a request: which messages wait to be sent, and who has no result yet."""

from epiloop.operations.assistance.minimal import Result
from epiloop.operations.assistance.state import Request


def waiting(state: Request) -> tuple[str, ...]:
    """The messages about it that did not leave yet, in the order in which they have to."""
    return tuple(what for what in messages(state) if what not in state.sent)


def messages(state: Request) -> tuple[str, ...]:
    """All messages there are about it on our side; of answers only the last, which says everything so far."""
    if state.told is None:
        return ()
    if state.outgoing:
        # What was withdrawn before it left never leaves.
        known = "request" in state.sent or state.received_at is not None
        closed = ("closed",) if state.step == "closed" and known else ()
        return ("request", *closed) if state.step != "closed" or known else ()
    receipt = ("receipt",) if state.received_at is not None else ()
    return (*receipt, f"answer-{state.rounds}") if state.rounds else receipt


def open_numbers(state: Request) -> tuple[int, ...]:
    """The people without a result, by their numbers."""
    return tuple(number for number in range(1, state.people + 1) if number not in state.answers)


def taken_over(state: Request) -> tuple[int, ...]:
    """The people whom the other side answers for now, or we do."""
    return tuple(sorted(n for n, answer in state.answers.items() if answer.result is Result.TAKEN_OVER))


def refused(state: Request) -> tuple[int, ...]:
    """The people whom the other side refused."""
    return tuple(sorted(n for n, answer in state.answers.items() if answer.result is Result.REFUSED))
