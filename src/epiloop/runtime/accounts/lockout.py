"""Failed sign-ins lock for a growing while: per account name and per address, whichever is locked (PRIVACY R26).

A name that has no account locks just the same, so that locking does not tell which names exist.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from epiloop.core.errors import N_, Refused
from epiloop.runtime.accounts.sealing import keyed_digest
from epiloop.store.models import SignInFailure
from epiloop.store.models.accounts import normal_login

FORGOTTEN_AFTER = timedelta(hours=24)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries, from where, at which `door`: failures at one lock no other. Kept only as keyed digests."""

    login: str
    address: str
    door: str = ""

    def counters(self) -> tuple[tuple[bytes, int], ...]:
        """(digest, failures without delay) of the account name and of the address, which many people may share."""
        return (
            (keyed_digest("lockout", "login", normal_login(self.login)), 5),
            (keyed_digest("lockout", f"address{self.door}", self.address), 30),
        )


def delay(failures: int, free: int) -> timedelta:
    """How long the next attempt waits: nothing up to `free` failures, then 30 s, doubling, at most an hour."""
    if failures < free:
        return timedelta()
    return min(FIRST_DELAY * (1 << min(failures - free, 10)), LONGEST_DELAY)


def check_not_locked(attempt: Attempt, at: datetime) -> None:
    """Raise Refused, saying how long to wait, while the account name or the address is locked."""
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
    """Count a failure. True if this one locked the account name or the address."""
    locked = [_count(digest, free, at) for digest, free in attempt.counters()]
    return any(locked)


def succeeded(attempt: Attempt) -> None:
    """Forget the failures of the account name. Those of the address stay: one success there clears nobody else."""
    SignInFailure.objects.filter(digest=attempt.counters()[0][0]).delete()


def _count(digest: bytes, free: int, at: datetime) -> bool:
    SignInFailure.objects.get_or_create(digest=digest, defaults={"last_at": at})
    row = SignInFailure.objects.select_for_update().get(digest=digest)
    row.failures = 1 if at - row.last_at > FORGOTTEN_AFTER else row.failures + 1
    row.last_at = at
    pause = delay(row.failures, free)
    row.locked_until = at + pause if pause else None
    row.save()
    return bool(pause)
