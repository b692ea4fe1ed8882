"""The second factor that is a code: authenticator apps (TOTP, RFC 6238) and recovery codes."""

import hmac
import secrets
from datetime import datetime

import pyotp
from django.db import transaction

from epiloop.runtime.accounts.records import record
from epiloop.runtime.accounts.sealing import keyed_digest, seal, unseal
from epiloop.store.models import Account, Authenticator, RecoveryCode

STEP = 30
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without look-alikes


def new_secret() -> str:
    """A fresh TOTP secret (base32), not yet an authenticator of anybody."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, login: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Epiloop")


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """The 30-second step whose code was typed: the current one or a neighbour; None for a wrong code."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP
    steps = [now + drift for drift in (-1, 0, 1) if hmac.compare_digest(totp.generate_otp(now + drift), typed)]
    return steps[0] if steps else None


@transaction.atomic
def add_authenticator(account: Account, secret: str, typed: str, at: datetime) -> bool:
    """Make the secret the account's authenticator if the typed code proves it; replaces an older one."""
    step = matching_step(secret, _digits(typed), at)
    if step is None:
        return False
    sealed = seal(secret.encode(), bound_to=account.id.bytes)
    values = {"sealed_secret": sealed, "last_step": step, "made_at": at}
    Authenticator.objects.update_or_create(account=account, defaults=values)
    record(account.id, "authenticator-added", at=at, by=account.id)
    return True


@transaction.atomic
def check_totp(account: Account, typed: str, at: datetime) -> bool:
    """Whether the code is right and was not used before; it is used up by asking."""
    row = Authenticator.objects.select_for_update().filter(account=account).first()
    if row is None:
        return False
    step = matching_step(unseal(bytes(row.sealed_secret), bound_to=account.id.bytes).decode(), _digits(typed), at)
    if step is None or step <= row.last_step:
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_step=step)
    return True


@transaction.atomic
def new_recovery_codes(account: Account, at: datetime) -> tuple[str, ...]:
    """Ten fresh codes, shown once; the old ones are void."""
    codes = tuple("-".join(_word() for _ in range(2)) for _ in range(RECOVERY_CODES))
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, digest=_digest(account, code)) for code in codes)
    record(account.id, "recovery-codes-made", at=at, by=account.id)
    return codes


@transaction.atomic
def use_recovery_code(account: Account, typed: str, at: datetime) -> bool:
    """Whether the code was one of the account's; it is gone afterwards."""
    deleted, _ = RecoveryCode.objects.filter(account=account, digest=_digest(account, typed)).delete()
    if deleted:
        record(account.id, "recovery-code-used", at=at, by=account.id)
    return bool(deleted)


def has_second_factor(account: Account) -> bool:
    """Whether the account can finish a sign-in; without, it must set one up first."""
    return Authenticator.objects.filter(account=account).exists() or account.passkeys.exists()


def _word() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def _digits(typed: str) -> str:
    return "".join(sign for sign in typed if sign.isdigit())


def _digest(account: Account, code: str) -> bytes:
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return keyed_digest("recovery", str(account.id), plain)
