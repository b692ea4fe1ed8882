"""How accounts sign in: second factors, recovery codes, failures that lock, sessions, and the first-run token.

Secrets at rest: passwords argon2, TOTP secrets sealed, recovery codes and tokens as digests.
"""

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from epiloop.store.models.accounts import Account


class Authenticator(models.Model):
    """One authenticator app (TOTP) of an account. `last_step` refuses a code that was used before."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="authenticator")
    sealed_secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        """One per account."""

        db_table = "account_authenticator"

    def __str__(self) -> str:
        return "authenticator"


class Passkey(models.Model):
    """A WebAuthn credential: the public key of a device. `sign_count` going back means a copied key."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Looked up by credential id."""

        db_table = "account_passkey"

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code that replaces the second factor once. Only its digest is stored; used means deleted."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)

    class Meta:
        """Unique within the account."""

        db_table = "account_recovery_code"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("account", "digest"), name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return "recovery code"


class SignInFailure(models.Model):
    """Failed attempts in a row against one account name, from one address, or both; only as keyed digests."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Keyed by digest."""

        db_table = "account_sign_in_failure"

    def __str__(self) -> str:
        return f"{self.failures} failures"


class SetupToken(models.Model):
    """The digest of the one token with which the first administrator is made; gone once used."""

    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()

    class Meta:
        """At most one row."""

        db_table = "account_setup_token"

    def __str__(self) -> str:
        return "set-up token"


class AccountSession(AbstractBaseSession):
    """A signed-in browser. `session_key` holds a digest of the cookie's value, so a dump opens no session."""

    account = models.UUIDField(null=True, db_index=True)
    made_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=64, blank=True)

    class Meta(AbstractBaseSession.Meta):
        """Its own table beside the accounts."""

        db_table = "account_session"
        abstract = False

    def __str__(self) -> str:
        return self.device
