"""A keeper of days for tests: announces days, and opens what lies in the inbox, as the key service does."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection

from epiloop.core.rights import EVERYWHERE
from epiloop.runtime.parts import Parts
from epiloop.store import inbox as stored
from epiloop.vault import hours
from epiloop.vault.visits import ROW_BYTES, Said, unpack
from keyservice.days import DayKeys, keys_of

SIGNER = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SIGNER).public_key().public_bytes_raw()


def held(today: date, back: int = 13, ahead: int = 7) -> dict[date, DayKeys]:
    """The keys of the days around a day."""
    days = [today + timedelta(days=n) for n in range(-back, ahead + 1)]
    return {day: keys_of(day, day.toordinal().to_bytes(32, "big")) for day in days}


def announce(parts: Parts, at: datetime) -> dict[date, DayKeys]:
    """Let the days around an instant be announced; their keys."""
    with parts.pool.connection() as connection:
        today = at.astimezone(parts.shelf.laws(connection).zone(EVERYWHERE)).date()
        keys = held(today)
        text = hours.announce({day: keys[day].public for day in keys}, SIGNER)
        assert stored.keep_announcement(connection, text, PUBLIC, at)
    return keys


def opened(connection: Connection[Any], keys: dict[date, DayKeys]) -> list[Said]:
    """All that lies in the inbox, in order."""
    return [one for block in stored.some(connection) for one in opened_block(block, keys)]


def opened_block(block: stored.Block, keys: dict[date, DayKeys]) -> Sequence[Said]:
    wrapped = [block.keys[at : at + hours.WRAPPED_BYTES] for at in range(0, len(block.keys), hours.WRAPPED_BYTES)]
    openers = {hours.identifier(one): hours.unwrap(one, keys[hours.day_of(one)].private).opener() for one in wrapped}
    rows = [unpack(block.sealed[at : at + ROW_BYTES]) for at in range(0, len(block.sealed), ROW_BYTES)]
    return [openers[row.key].open(row) for row in rows]
