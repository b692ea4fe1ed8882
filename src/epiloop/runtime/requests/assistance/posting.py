"""What waits is sent: over the network where a peer has an address, inside at once, else as files that people carry."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import EpiloopError
from epiloop.gateways.letters import post
from epiloop.ledger.events import Draft
from epiloop.operations.assistance import actions
from epiloop.operations.assistance.state import Request
from epiloop.runtime.laws import Laws
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.assistance import letters
from epiloop.runtime.requests.assistance.arriving import Delivered, deliver, deliver_file
from epiloop.runtime.requests.assistance.asking import ANSWER, act, history_of, opened
from epiloop.store import assistance as stored

POST, PURPOSE = "assistance-post", "case-investigation"
AT_ONCE = 50

log = logging.getLogger("epiloop.assistance")

Send = Callable[[str, bytes], None]


def send_waiting(running: Running, send: Send = post) -> int:
    """Send what can be sent without a person; how many messages left. What fails is tried again, later each time."""
    parts = running.parts
    with parts.pool.connection() as connection:
        waiting = stored.waiting(connection, parts.now(), AT_ONCE)
    return sum(_send(running, one, send) for one in waiting)


def _send(running: Running, one: stored.Waiting, send: Send) -> int:
    parts, sent = running.parts, 0
    try:
        for what in one.waiting:
            raw = letters.compose(running, history_of(parts, one.id), what, asker=POST)
            if one.peer is None:
                deliver(running, raw)
            else:
                send(one.address, raw)
            _sent(running, one.id, what, "inside" if one.peer is None else "https")
            sent += 1
    except EpiloopError as wrong:
        log.warning("A message about request %s did not leave: %s", one.id, wrong.code)
        with parts.pool.connection() as connection:
            stored.put_off(connection, one.id, parts.now(), wrong.what)
    else:
        with parts.pool.connection() as connection:
            stored.taken_up(connection, one.id)
    return sent


def _sent(running: Running, stream: UUID, what: str, how: str) -> None:
    by = By(POST, PURPOSE, f"sent:{stream}:{what}")
    act(running.parts, by, stream, ANSWER, lambda state, at, _: actions.sent(state, what, how, at=at))


def export(running: Running, by: By, stream: UUID) -> bytes:
    """All messages about a request that the other side should have, as a file; from now on they count as sent.

    Raises NotFound, NotAllowed. Once more gives them once more: files get lost.
    """
    state = opened(running.parts, by, stream).state
    by.check(ANSWER, state.jurisdiction)
    raw, whats = letters.file_of(running, history_of(running.parts, stream), asker=by.actor)

    def decide(now: Request, at: datetime, _laws: Laws) -> list[Draft]:
        return [draft for what in whats for draft in actions.sent(now, what, "file", at=at)]

    act(running.parts, by, stream, ANSWER, decide)
    return raw


def import_file(running: Running, by: By, raw: bytes) -> list[Delivered]:
    """Take in a file of messages that somebody carried here."""
    by.check(ANSWER, None)
    return deliver_file(running, raw)
