"""Passkeys (WebAuthn level 2, by python-fido2): a key pair in a device; only the public key is stored.

User verification is required, so a passkey is two factors at once: the device, and its PIN or fingerprint.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from epiloop.core.errors import N_, NotAllowed, Refused
from epiloop.runtime.accounts import lockout
from epiloop.runtime.accounts.lockout import Attempt
from epiloop.runtime.accounts.records import record
from epiloop.store.models import Account, Passkey

State = dict[str, Any]


def begin_registration(site: str, account: Account) -> tuple[dict[str, Any], State]:
    """(options for the browser, state for the session) to make a passkey of an account."""
    user = PublicKeyCredentialUserEntity(id=account.id.bytes, name=account.login, display_name=account.login)
    options, state = _server(site).register_begin(
        user,
        credentials=[_stored(row) for row in account.passkeys.all()],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), dict(state)


@transaction.atomic
def finish_registration(
    site: str, state: State | None, answer: Mapping[str, Any], account: Account, *, name: str, at: datetime
) -> Passkey:
    """Keep the passkey the browser made. Raises Refused if the answer does not fit what was asked."""
    try:
        made = _server(site).register_complete(_asked(state), RegistrationResponse.from_dict(answer))
    except (ValueError, TypeError, KeyError):
        raise _wrong() from None
    data = made.credential_data
    if data is None:
        raise _wrong()
    record(account.id, "passkey-added", at=at, by=account.id)
    return Passkey.objects.create(
        account=account,
        credential_id=data.credential_id,
        credential=bytes(data),
        sign_count=made.counter,
        name=name or "passkey",
        made_at=at,
    )


def begin_sign_in(site: str, account: Account | None) -> tuple[dict[str, Any], State]:
    """(options, state) to prove a passkey: of one account, or (None) of whichever the device offers."""
    credentials = [_stored(row) for row in account.passkeys.all()] if account else None
    options, state = _server(site).authenticate_begin(
        credentials, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options), dict(state)


def finish_sign_in(
    site: str, state: State | None, answer: Mapping[str, Any], expected: Account | None, *, at: datetime, address: str
) -> Account:
    """The account whose passkey answered. Raises NotAllowed for a wrong, unknown, copied or disabled one.

    A key whose counter did not move forward was copied (WebAuthn 6.1.1); devices that count nothing stay at 0.
    """
    row = _row(answer)
    attempt = Attempt(address, door="passkey")
    lockout.check_not_locked(attempt, at)
    counter = _proved(site, state, answer, row)
    wanted = row is not None and row.account.is_active and (expected is None or row.account_id == expected.id)
    if row is None or counter is None or not wanted or (counter and counter <= row.sign_count):
        lockout.failed(attempt, at)
        raise NotAllowed(N_("This passkey was not accepted."), remedy=N_("Try again, or sign in with a code."))
    Passkey.objects.filter(pk=row.pk).update(sign_count=counter, used_at=at)
    return row.account


def _server(site: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=site, name="Epiloop"))


def _stored(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(row.credential))


def _row(answer: Mapping[str, Any]) -> Passkey | None:
    try:
        credential_id = websafe_decode(str(answer.get("rawId", "")))
    except ValueError:
        return None
    return Passkey.objects.select_related("account").filter(credential_id=credential_id).first()


def _proved(site: str, state: State | None, answer: Mapping[str, Any], row: Passkey | None) -> int | None:
    """The counter of a valid signature by the row's key; None for anything else."""
    if row is None or state is None:
        return None
    try:
        response = AuthenticationResponse.from_dict(answer)
        _server(site).authenticate_complete(state, [_stored(row)], response)
    except (InvalidSignature, ValueError, TypeError, KeyError):
        return None
    data: AuthenticatorData = response.response.authenticator_data
    return data.counter


def _asked(state: State | None) -> State:
    if state is None:
        raise _wrong()
    return state


def _wrong() -> Refused:
    return Refused(N_("The passkey was not added."), remedy=N_("Start again and answer what the device asks."))
