"""Tables written through Django models: accounts and how they sign in. Everything else is SQL under `sql/`."""

from epiloop.store.models.accounts import Account, AccountRecord, ApiToken, RoleGrant, SubjectLetter
from epiloop.store.models.signing import (
    AccountSession,
    Authenticator,
    Passkey,
    RecoveryCode,
    SetupToken,
    SignInFailure,
)

__all__ = [
    "Account",
    "AccountRecord",
    "AccountSession",
    "ApiToken",
    "Authenticator",
    "Passkey",
    "RecoveryCode",
    "RoleGrant",
    "SetupToken",
    "SignInFailure",
    "SubjectLetter",
]
