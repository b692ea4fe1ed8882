"""Letters by which people under control see their own data: a code on paper, handed over by whoever knows them.

Knowing a name, a document or a telephone number opens nothing (PRIVACY R14): the code is drawn at random, stored as a
keyed digest only, holds for a month, and a new one ends the one before. Who gave it to whom is recorded.
"""

import base64
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from epiloop.core.errors import N_, Refused
from epiloop.runtime.accounts import lockout
from epiloop.runtime.accounts.records import record
from epiloop.runtime.accounts.sealing import keyed_digest
from epiloop.store.models import SubjectLetter

HOLDS = timedelta(days=30)
CODE_BYTES = 10
GROUP = 4
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B", "-": "", " ": ""})


def give(subject: UUID, *, by: UUID, at: datetime) -> str:
    """A new letter's code, as it is printed; told once. The letter given before ends."""
    code = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    letter = {"digest": _digest(code), "made_at": at, "made_by": by, "expires_at": at + HOLDS}
    SubjectLetter.objects.update_or_create(subject=subject, defaults=letter)
    record(by, "letter-given", at=at, by=by, subject=str(subject))
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def opened(code: str, address: str, at: datetime) -> UUID:
    """Whose letter the code is of. Raises Refused for one that does not hold, and after many failures for a while."""
    attempt = lockout.Attempt(address, door="letter")
    lockout.check_not_locked(attempt, at)
    letter = SubjectLetter.objects.filter(digest=_digest(code), expires_at__gt=at).first()
    if letter is None:
        lockout.failed(attempt, at)
        raise Refused(
            N_("No letter has this code, or it has ended."),
            remedy=N_("Compare it with your letter, or ask the telephone number on it for a new one."),
        )
    return letter.subject


def holds(subject: UUID, since: datetime, at: datetime) -> bool:
    """Whether the letter that opened somebody's page at `since` still holds: asked with every page, so that a new one
    ends what the old one opened.
    """
    return SubjectLetter.objects.filter(subject=subject, made_at__lte=since, expires_at__gt=at).exists()


def _digest(code: str) -> bytes:
    return keyed_digest("letter", _normal(code))


def _normal(code: str) -> str:
    return code.upper().translate(_MISREAD)
