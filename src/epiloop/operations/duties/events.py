"""Acknowledgement and escalation of a duty. They stand in the subject's stream and tell the rules nothing."""

from dataclasses import dataclass

from epiloop.ledger.events import Body, body


@body("duty-acknowledged")
@dataclass(frozen=True)
class DutyAcknowledged(Body):
    """The owner has seen the duty and takes it (签收); `account` is the login that did."""

    loop: str
    duty: str
    account: str


@body("duty-escalated")
@dataclass(frozen=True)
class DutyEscalated(Body):
    """The duty was late for as long as the measure allows; from now on the next owner up answers for it too.

    `rung` counts the measure's ladder from 1; `code` is the jurisdiction whose post it is.
    """

    loop: str
    duty: str
    rung: int
    party: str
    post: str
    code: int
