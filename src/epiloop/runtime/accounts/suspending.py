"""Accounts whose emergency nobody reviewed in time are suspended; an administrator lets them in again (PRIVACY B1)."""

from uuid import UUID

from django.db import connections
from django.utils import timezone

from epiloop.runtime.accounts.making import disable
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.tracing.emergencies import lapse_overdue
from epiloop.store.models import Account


def suspend_unreviewed(parts: Parts) -> int:
    """What the clock does each minute; how many accounts were suspended."""
    return lapse_overdue(parts, _suspend)


def _suspend(name: str) -> bool:
    """Whether there was something to suspend. Leaves no connection behind that a restarted server would break."""
    try:
        UUID(name)
    except ValueError:  # enrolled at the key service under a name that is no account's here
        return False
    try:
        account = Account.objects.filter(pk=name, disabled_at=None).first()
        if account is not None:
            disable(account, by=account.id, at=timezone.now())
        return account is not None
    finally:
        connections.close_all()
