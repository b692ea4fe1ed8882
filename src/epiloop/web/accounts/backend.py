"""Whom Django takes a session for. Asked with every request, so a disabled account is out at once (R26)."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from epiloop.store.models import Account


class Accounts(BaseBackend):
    """Finds accounts by id. Passwords are checked only by runtime.accounts.signing_in, which counts failures."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> Account | None:  # noqa: ARG002
        """Nobody: a password alone signs nobody in."""
        return None

    def get_user(self, user_id: UUID | str) -> Account | None:
        """The account, unless it is disabled."""
        return Account.objects.filter(pk=user_id, disabled_at=None).first()
