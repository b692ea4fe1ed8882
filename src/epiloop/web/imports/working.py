"""Work on an upload, begun in the process that took the order; what dies with it the worker takes up."""

from threading import Thread
from uuid import UUID

from django.db import connections
from django.utils import timezone, translation

from epiloop.core.errors import N_, NotAllowed
from epiloop.runtime import present
from epiloop.runtime.accounts.views import account_view
from epiloop.runtime.requests import By, uploading
from epiloop.store.models import Account

SHORT = 1.5
"""Seconds that a page waits for short work before it shows progress."""


def begin(upload: UUID) -> None:
    """Work on it now. Gives back when it is done, or after a moment while it goes on."""
    thread = Thread(target=_work, args=(upload,), name="import", daemon=True)
    thread.start()
    thread.join(SHORT)


def asker(actor: str) -> By:
    """The account that gave the order, with the rights it holds now."""
    account = Account.objects.filter(pk=actor).first()
    if account is None:
        raise NotAllowed(N_("The account that ordered this is gone."))
    return By(actor, uploading.PURPOSE, "", account_view(account, timezone.now()))


def translator(language: str) -> "type[str] | _Words":
    """The messages of a language."""
    return _Words(language) if language else str


class _Words:
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, message: str) -> str:
        with translation.override(self.language):
            return translation.gettext(message)


def _work(upload: UUID) -> None:
    try:
        uploading.work(present.running(), upload, asker, translator)
    finally:
        connections.close_all()
