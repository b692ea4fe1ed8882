"""The record of what was done to and with accounts. It holds ids and instants, never names or addresses (R28)."""

from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_
from epiloop.store.models import AccountRecord

WHAT: dict[str, str] = {
    "made": N_("Account made"),
    "signed-in": N_("Signed in"),
    "signed-out": N_("Signed out"),
    "refused": N_("Sign-in refused"),
    "locked": N_("Sign-in locked for a while"),
    "confirmed": N_("Confirmed with the second factor"),
    "password-changed": N_("Password changed"),
    "authenticator-added": N_("Authenticator app added"),
    "passkey-added": N_("Passkey added"),
    "passkey-removed": N_("Passkey removed"),
    "recovery-codes-made": N_("New recovery codes made"),
    "recovery-code-used": N_("Recovery code used"),
    "session-ended": N_("Session ended"),
    "granted": N_("Role granted"),
    "withdrawn": N_("Role withdrawn"),
    "disabled": N_("Account disabled"),
    "enabled": N_("Account enabled"),
    "second-factor-reset": N_("Second factor reset"),
    "token-issued": N_("API token issued"),
    "token-withdrawn": N_("API token withdrawn"),
    "letter-given": N_("Letter given to a person, to see their own data"),
}


def record(account: UUID, what: str, *, at: datetime, by: UUID | None = None, **detail: str | int | None) -> None:
    """Append one record. Raises KeyError for a word that is not in WHAT."""
    WHAT[what]
    AccountRecord.objects.create(account=account, by=by, at=at, what=what, detail=detail)
