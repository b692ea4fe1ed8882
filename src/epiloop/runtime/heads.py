"""Two logs that witness each other: the signed daily heads of the key service's log are kept here, and where the ledger
ended each day is kept in that log. So neither past can be written anew unseen by whoever has one of the two (R19).
`verify` asks for both, and for sealed days of which files are missing.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from epiloop.core.errors import N_, Broken, Unavailable
from epiloop.core.instants import ONE_DAY
from epiloop.runtime.parts import Parts
from epiloop.store import heads as stored
from epiloop.store.ledger import day_ends, seal_hashes
from epiloop.vault import witness
from epiloop.vault.heads import differing, is_signed

SETTLED = timedelta(minutes=5)
"""So long after midnight no act of the day before is being sealed any more."""
MOST_DAYS = 31
"""So many days are caught up on after the key service was away; what is older the later ends cover too."""


def keep_heads(parts: Parts, *, at: datetime) -> int:
    """Keep what the key service tells of days not kept yet; how many. Raises Unavailable, Broken if badly signed."""
    with parts.pool.connection() as connection:
        told = parts.vault.heads(after=stored.latest(connection))
        if not all(map(is_signed, told)):
            raise Broken(N_("The key service told a head that its key did not sign."), where="key service")
        for head in told:
            stored.keep(connection, head, at)
    return len(told)


def have_witnessed(parts: Parts, *, at: datetime) -> int:
    """Tell the key service where the ledger ended on days that are over and that it does not know of; how many.

    Raises Unavailable: then it is caught up on later; Refused where it knows another end of a day.
    """
    today = (at - SETTLED).astimezone(UTC).date()
    first = today - MOST_DAYS * ONE_DAY
    known = parts.vault.witnessed(after=first - ONE_DAY)
    if known and known[-1].day >= today - ONE_DAY:
        return 0
    since = known[-1].day + ONE_DAY if known else first
    with parts.pool.connection() as connection:
        after = known[-1].seal if known else 0
        ends = day_ends(connection, after=after, since=_midnight(since), until=_midnight(today))
    for end in ends:
        parts.vault.witness(end)
    return len(ends)


def wrong_heads(parts: Parts) -> list[str]:
    """What is wrong with the key service's log, its own chain and against the heads that are kept here."""
    with parts.pool.connection() as connection:
        kept = stored.kept(connection)
    try:
        parts.vault.heads(after=kept[-1].day if kept else None, checked=True)
        hashes = parts.vault.hashes([head.entries for head in kept])
        return list(differing(kept, hashes, parts.now()))
    except (Broken, Unavailable) as wrong:
        return [str(wrong)]


def wrong_ends(parts: Parts) -> tuple[list[str], date | None]:
    """What of the ledger is not what the key service witnessed; and until the end of which day it did."""
    try:
        kept = parts.vault.witnessed()
    except (Broken, Unavailable) as wrong:
        return [str(wrong)], None
    with parts.pool.connection() as connection:
        hashes = seal_hashes(connection, [end.seal for end in kept])
    return list(witness.differing(kept, hashes)), kept[-1].day if kept else None


class Watched(Protocol):
    """A key service that says how its days stand; `epiloop.gateways.keys.KeyClient` is one."""

    def status(self) -> Mapping[str, Any]:
        """How it stands. Raises Unavailable."""
        ...


def wrong_days(keeper: Watched) -> list[str]:
    """Which sealed days are not whole: files that the key service has listed and that are not on its disk."""
    try:
        days = keeper.status()["days"]
    except (Broken, Unavailable) as wrong:
        return [str(wrong)]
    word = "key service: of {day} sealed check-ins are missing: {missing_rows} rows in {missing_files} files"
    return [word.format_map(day) for day in days if not day["whole"]]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
