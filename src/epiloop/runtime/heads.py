"""Keeping the signed daily heads of the key service's log, so that its past cannot be written anew unseen."""

from datetime import datetime

from epiloop.core.errors import N_, Broken, Unavailable
from epiloop.runtime.parts import Parts
from epiloop.store import heads as stored
from epiloop.vault.heads import differing, is_signed


def keep_heads(parts: Parts, *, at: datetime) -> int:
    """Keep what the key service tells of days not kept yet; how many. Raises Unavailable, Broken if badly signed."""
    with parts.pool.connection() as connection:
        told = parts.vault.heads(after=stored.latest(connection))
        if not all(map(is_signed, told)):
            raise Broken(N_("The key service told a head that its key did not sign."), where="key service")
        for head in told:
            stored.keep(connection, head, at)
    return len(told)


def wrong_heads(parts: Parts) -> list[str]:
    """What is wrong with the key service's log, its own chain and against the heads that are kept here."""
    with parts.pool.connection() as connection:
        kept = stored.kept(connection)
    try:
        return list(differing(kept, parts.vault.heads(checked=True)))
    except (Broken, Unavailable) as wrong:
        return [str(wrong)]
