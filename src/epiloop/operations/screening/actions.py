"""What can be done with samples: (state, request, when and where) -> drafts. Requests are event bodies.

Source keys follow the sample's number, so a tube scanned twice or a message sent twice is one fact.
"""

from datetime import datetime

from epiloop.ledger.events import Draft
from epiloop.operations.screening import checks
from epiloop.operations.screening import events as e
from epiloop.operations.screening.state import Screening


def take_sample(state: Screening, request: e.SampleTaken, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """A swab was taken at `at`."""
    checks.check_take_sample(state, request)
    return [Draft(state.person, request, at, jurisdiction, f"sample:{request.sample}")]


def receive_result(state: Screening, request: e.ResultReceived, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """The laboratory's result, known at `at`. The identical result once more gives the same key and adds nothing."""
    known = state.samples.get(request.sample)
    said_before = known is not None and (known.outcome, known.ct) == (request.outcome, request.ct)
    if not said_before:
        checks.check_receive_result(state, request, at=at)
    return [Draft(state.person, request, at, jurisdiction, f"result:{request.sample}")]


def correct_result(state: Screening, request: e.ResultCorrected, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """The laboratory takes back what it said."""
    checks.check_correct_result(state, request)
    return [Draft(state.person, request, at, jurisdiction)]
