"""Who gave an order that is carried out later, and in which language the result is written."""

from collections.abc import Callable

from django.utils import timezone, translation

from epiloop.core.errors import N_, NotAllowed
from epiloop.runtime.accounts.views import account_view
from epiloop.runtime.requests.asking import By
from epiloop.store.models import Account


def asker(actor: str) -> By:
    """The account that gave the order, with the rights it holds now; the caller adds purpose and key.

    Raises NotAllowed for an account that is gone.
    """
    account = Account.objects.filter(pk=actor).first()
    if account is None:
        raise NotAllowed(N_("The account that ordered this is gone."))
    return By(actor, "", "", account_view(account, timezone.now()))


def translator(language: str) -> Callable[[str], str]:
    """The messages of a language; English as it is written for none."""
    if not language:
        return str

    def translate(message: str) -> str:
        with translation.override(language):
            return translation.gettext(message)

    return translate
