"""What waits in the inbox is handed to the key service and then forgotten here; and the days it announces are kept.

A block goes when the key service has answered that it keeps its rows. Killed in between, the same rows are handed over
again, and the same row twice is one. While the key service is away everything waits.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from epiloop.core.errors import N_, Broken
from epiloop.runtime.parts import Parts
from epiloop.store import inbox as stored
from epiloop.store.inbox import Block
from epiloop.vault import hours
from epiloop.vault.visits import ROW_BYTES

ANNOUNCED_EVERY = timedelta(minutes=10)
"""How old the announcement may be: when collecting is ended nothing is taken after that."""
REPEATED_WITHIN = timedelta(hours=6)
"""How long a batch that is sent again is known."""

log = logging.getLogger("epiloop.checkins")


class Keeper(Protocol):
    """What the key service does for check-ins; `epiloop.gateways.keys.KeyClient` is one."""

    def collect(self, rows: bytes, keys: bytes) -> Mapping[str, int]:
        """Keep sealed rows (92 bytes each) with the wrapped keys they need (86 each), durably; how many, and how many
        will never be readable, by reason. The same rows again change nothing. Raises Unavailable.
        """
        ...

    def announcement(self) -> bytes:
        """The public keys of days, signed. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Collected:
    """How many rows were handed over, and what the key service said of them: "kept", or why not."""

    rows: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)


def collect(parts: Parts, keeper: Keeper, *, stopped: Callable[[], bool] = lambda: False) -> Collected:
    """Hand over all that waits, a call at a time. Raises Unavailable with what is left left as it is."""
    rows, answers = 0, Counter[str]()
    while not stopped():
        some = _collect_some(parts, keeper)
        if not some.rows:
            break
        rows += some.rows
        answers.update(some.answers)
    if dropped := {reason: count for reason, count in answers.items() if reason != "kept"}:
        log.warning("of %d check-ins that were handed over some cannot be kept: %s", rows, dropped)
    return Collected(rows, dict(answers))


def _collect_some(parts: Parts, keeper: Keeper) -> Collected:
    with parts.pool.connection() as connection:
        blocks = stored.some(connection)
        if not blocks:
            return Collected()
        rows = b"".join(block.sealed for block in blocks)
        answers = keeper.collect(rows, _keys(blocks))
        stored.forget(connection, [block.id for block in blocks])
    return Collected(len(rows) // ROW_BYTES, answers)


def _keys(blocks: list[Block]) -> bytes:
    """Each wrapped key once."""
    size = hours.WRAPPED_BYTES
    every = (block.keys[at : at + size] for block in blocks for at in range(0, len(block.keys), size))
    return b"".join(dict.fromkeys(every))


def keep_days(parts: Parts, keeper: Keeper, *, now: datetime) -> bool:
    """Keep the announcement of days, if the one that is kept is not of a moment ago; whether it was fetched.

    Raises Unavailable; Broken for one that is not signed, or by another key than those before.
    """
    with parts.pool.connection() as connection:
        known = stored.announcement(connection)
    if known is not None and abs(now - known.fetched_at) < ANNOUNCED_EVERY:
        return False
    text = keeper.announcement()
    signer = hours.signer_of(text)
    hours.announced(text, signer)
    with parts.pool.connection() as connection:
        if not stored.keep_announcement(connection, text, signer, now):
            raise Broken(N_("The public keys of days are signed by another key than before."), where="key service")
    return True


def keep_counts(parts: Parts, *, now: datetime) -> None:
    """Add what was counted lately to the counts by hour, and forget batches that nobody sends again."""
    with parts.pool.connection() as connection:
        stored.fold(connection)
        stored.drop_batches(connection, now - REPEATED_WITHIN)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for the key service, and how old the keys of days are. `days` counts those that may be sealed for."""

    rows: int
    blocks: int
    oldest: datetime | None
    days: int
    announced_at: datetime | None


def backlog(parts: Parts) -> Backlog:
    """How the inbox stands now."""
    with parts.pool.connection() as connection:
        waiting, known = stored.waiting(connection), stored.announcement(connection)
    days = len(hours.announced(known.text, known.signer)) if known else 0
    return Backlog(
        waiting.bytes // ROW_BYTES, waiting.blocks, waiting.oldest, days, known.fetched_at if known else None
    )
