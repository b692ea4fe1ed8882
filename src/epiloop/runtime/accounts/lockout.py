"""Failed sign-ins lock for a growing while: an address at a name, a name as a whole, an address (PRIVACY R26).

Who guesses locks out themselves, not the one whose name it is: five failures from one address lock that address at that
name; only guesses from ten addresses and more lock the name itself; a browser in which the name signed in before
(`known_devices`) counts alone, and is locked by its own failures only.
A name that has no account locks just the same, so that locking does not tell which names exist. Why: ADR 0038.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from epiloop.core.addresses import network
from epiloop.core.errors import N_, Refused
from epiloop.runtime.accounts.sealing import keyed_digest
from epiloop.store.models import SignInFailure
from epiloop.store.models.accounts import normal_login

FORGOTTEN_AFTER = timedelta(hours=24)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(hours=1)
AT_A_NAME, OF_A_NAME, OF_AN_ADDRESS = 5, 50, 30
"""Failures without delay: of one address (or known device) at one name; of all strangers at it; of one address."""

Door = Literal["", "code", "passkey", "letter"]
"""What is tried. Passwords and codes share the counters of an address at a name. Codes, which only who has the password
can try, are few for all addresses together. Passkeys and letters cannot be guessed, so there only an address is locked.
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries, from where, in which known `device` ("" for strangers). Kept only as keyed digests."""

    address: str
    login: str = ""
    device: str = ""
    door: Door = ""

    def counters(self) -> tuple[tuple[bytes, int], ...]:
        """(digest, failures without delay) of what may lock this attempt; the address, which many may share, last."""
        login, address = normal_login(self.login), network(self.address)
        if self.device:
            return ((keyed_digest("lockout", "device", login, self.device), AT_A_NAME),)
        doors = {"passkey": " of passkeys", "letter": " of letters"}
        whole = (keyed_digest("lockout", f"address{doors.get(self.door, '')}", address), OF_AN_ADDRESS)
        if self.door in doors:
            return (whole,)
        name = (keyed_digest("lockout", "code", login), AT_A_NAME) if self.door == "code" else self.name()
        return ((keyed_digest("lockout", "at", login, address), AT_A_NAME), name, whole)

    def name(self) -> tuple[bytes, int]:
        """The counter of passwords that strangers try at the name, from wherever."""
        return keyed_digest("lockout", "login", normal_login(self.login)), OF_A_NAME


def delay(failures: int, free: int) -> timedelta:
    """How long the next attempt waits: nothing up to `free` failures, then 30 s, doubling, at most an hour."""
    if failures < free:
        return timedelta()
    return min(FIRST_DELAY * (1 << min(failures - free, 10)), LONGEST_DELAY)


def check_not_locked(attempt: Attempt, at: datetime) -> None:
    """Raise Refused, saying how long to wait, while something that this attempt counts to is locked."""
    digests = [digest for digest, _ in attempt.counters()]
    locked = SignInFailure.objects.filter(digest__in=digests, locked_until__gt=at)
    ends = [row.locked_until for row in locked if row.locked_until is not None]
    if ends:
        minutes = -int((at - max(ends)).total_seconds() // 60)
        raise Refused(
            N_("Too many failed attempts."), remedy=N_("Try again in %(minutes)d min."), minutes=max(minutes, 1)
        )


@transaction.atomic
def failed(attempt: Attempt, at: datetime) -> bool:
    """Count a failure. True if this one locked something.

    To the name itself an address counts with its first failures only: alone it never locks the name, however long it
    goes on. Once the name is locked every failure counts, so that guesses stay few however many addresses there are.
    """
    (first, free), *more = attempt.counters()
    row = _count(first, free, at)
    spent = row.failures > free
    rows = [_count(digest, free, at, seen=spent and (digest, free) == attempt.name()) for digest, free in more]
    return any(each.locked_until is not None and each.locked_until > at for each in (row, *rows))


def succeeded(attempt: Attempt) -> None:
    """Forget the failures of this device, or of this address at the name, and of its codes. Those of the address and of
    strangers at the name stay: one success clears nobody else.
    """
    mine = [digest for digest, free in attempt.counters() if free == AT_A_NAME]
    SignInFailure.objects.filter(digest__in=mine).delete()


def _count(digest: bytes, free: int, at: datetime, *, seen: bool = False) -> SignInFailure:
    """Count one more. What is `seen` already is not counted again unless the counter locks; it only keeps those that
    were counted from being forgotten.
    """
    SignInFailure.objects.get_or_create(digest=digest, defaults={"last_at": at})
    row = SignInFailure.objects.select_for_update().get(digest=digest)
    before = 0 if at - row.last_at > FORGOTTEN_AFTER else row.failures
    row.failures = before if seen and before < free else before + 1
    row.last_at = at
    pause = delay(row.failures, free)
    row.locked_until = at + pause if pause else None
    row.save()
    return row
