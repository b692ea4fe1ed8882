"""Accounts, the roles granted to them, their API tokens, and the record of what was done to them.

An account has a login name, never a person's name. Ids, instants and digests are arguments: this layer reads no clock
and draws nothing at random.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code
from epiloop.core.rights import Grant


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; login names are compared without regard to case."""

    def add(self, key: UUID, login: str, password: str, *, at: datetime, language: str = "") -> "Account":
        """A new account with a hashed password (checked before, see runtime.accounts.passwords)."""
        account = self.model(id=key, login=normal_login(login), made_at=at, language=language)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account of a login name. Raises Account.DoesNotExist."""
        return self.get(login=normal_login(username or ""))


def normal_login(text: str) -> str:
    """A login name as stored: without surrounding blanks, lower case."""
    return text.strip().casefold()


class Account(AbstractBaseUser):
    """Somebody who signs in."""

    id = models.UUIDField(primary_key=True, editable=False)
    login = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    last_login = None  # sign-ins are records

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        """One table, `account`."""

        db_table = "account"

    def __str__(self) -> str:
        return self.login

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account may sign in and stay signed in; asked again with every request."""
        return self.disabled_at is None


class RoleGrant(models.Model):
    """One role of one account in one jurisdiction, from `starts_at` until `ends_at` (none: until withdrawn)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32)
    jurisdiction = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.UUIDField(null=True, blank=True)

    class Meta:
        """Indexed by account: grants are read with every request."""

        db_table = "account_grant"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")), name="grant_ends_after"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.jurisdiction}"

    def as_grant(self) -> Grant:
        """The pure value that rights are decided on."""
        return Grant(self.role, Code(self.jurisdiction), Interval(self.starts_at, self.ends_at))


class ApiToken(models.Model):
    """A key for programs: only its SHA-256 is stored; it may do what both its scopes and its account's grants allow."""

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Looked up by digest."""

        db_table = "account_token"

    def __str__(self) -> str:
        return self.name


class AccountRecord(models.Model):
    """What was done to or with an account: signed in, locked, granted, disabled. Appended only; no address, no name."""

    account = models.UUIDField(db_index=True)
    by = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(db_index=True)
    what = models.CharField(max_length=48)
    detail = models.JSONField(default=dict)

    class Meta:
        """The application may insert and read, not change or delete."""

        db_table = "account_record"

    def __str__(self) -> str:
        return self.what


class SubjectLetter(models.Model):
    """A letter by which somebody under control sees their own data: only a keyed digest of its code is stored.

    Whoever gave it (`made_by`) and to whom stands in the record, too; one letter of a person holds at a time.
    """

    subject = models.UUIDField(primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        """Looked up by digest."""

        db_table = "subject_letter"

    def __str__(self) -> str:
        return "letter"
