"""Accounts whose emergency nobody reviewed in time are suspended; an administrator lets them in again (PRIVACY B1)."""

from django.utils import timezone

from epiloop.runtime.accounts.making import disable
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.tracing.emergencies import lapse_overdue
from epiloop.store.models import Account


def suspend_unreviewed(parts: Parts) -> int:
    """What the clock does each minute; how many accounts were suspended."""
    suspended = 0
    for name in lapse_overdue(parts):
        account = Account.objects.filter(pk=name, disabled_at=None).first()
        if account is not None:
            disable(account, by=account.id, at=timezone.now())
            suspended += 1
    return suspended
