"""Where the ledger ended each day, kept in the key service's log: whoever has the whole database of the application and
writes its past anew, chain and all, cannot take this back (PRIVACY R19).

An end is the number and the hash of a seal (`ledger.chain`): neither anybody nor anything about them is in it. In the
log it stands as `DAY SEAL HASH` in place of a unit, so the log's chain and its signed heads cover it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.vault.port import LedgerEnd

WITNESS, CONFLICT = "witness", "conflict"
"""Kinds of entries."""
TELLER, PURPOSE = "ledger", "supervision"
_HASH_BYTES = 32


def text_of(end: LedgerEnd) -> str:
    """As it stands in the log; sorts by day."""
    return f"{end.day.isoformat()} {end.seal} {end.hash.hex()}"


def end_of(text: str) -> LedgerEnd:
    """The end that an entry of the log tells."""
    day, seal, digest = text.split(" ")
    return LedgerEnd(date.fromisoformat(day), int(seal), bytes.fromhex(digest))


def check_end(end: LedgerEnd, today: date) -> None:
    """Raise InvalidInput unless it can be the end of a day that is over."""
    if end.day >= today or end.seal < 1 or len(end.hash) != _HASH_BYTES:
        raise InvalidInput(N_("This is not the end of the ledger of a day that is over."), where="key service")


def other_end(end: LedgerEnd) -> Refused:
    """What is raised for a second, different end of a day."""
    return Refused(
        N_("Of %(day)s another end of the ledger is kept."),
        where="key service",
        remedy=N_("Run epiloop verify: the ledger may have been written anew."),
        day=end.day.isoformat(),
    )


def differing(kept: Iterable[LedgerEnd], hashes: Mapping[int, bytes]) -> Iterator[str]:
    """What of the ledger is not what it was when it was witnessed. `hashes`: of its seals by number."""
    for end in kept:
        now = hashes.get(end.seal)
        if now is None:
            yield f"ledger: seal {end.seal}, the end of {end.day} as the key service witnessed it, is missing"
        elif now != end.hash:
            yield f"ledger: until the end of {end.day} (seal {end.seal}) it is not what the key service witnessed"
