"""What of accounts and letters holds no more is removed: who is signed in, by which letter, who failed to (R17).

None of it opens anything by then; each row says who did something, so it does not stay.
"""

from datetime import datetime

from django.db import connections
from django.db.models import Q

from epiloop.runtime.accounts.lockout import FORGOTTEN_AFTER
from epiloop.store.models import AccountSession, SignInFailure, SubjectLetter


def drop_expired(at: datetime) -> int:
    """Remove sessions and letters that ended, and failures that count no more; how many rows. The same again: none.

    Leaves no connection behind that a restarted server would break.
    """
    unlocked = Q(locked_until=None) | Q(locked_until__lte=at)
    ended = (
        AccountSession.objects.filter(expire_date__lte=at),
        SubjectLetter.objects.filter(expires_at__lte=at),
        SignInFailure.objects.filter(unlocked, last_at__lt=at - FORGOTTEN_AFTER),
    )
    try:
        return sum(rows.delete()[0] for rows in ended)
    finally:
        connections.close_all()
