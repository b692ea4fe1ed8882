"""What the verbs about contact searches share: whose account asks, the key file that signs, the case that is meant."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import click

from epiloop.cli._verbs import say
from epiloop.core.errors import N_, InvalidInput, NotFound

if TYPE_CHECKING:
    from epiloop.runtime.requests import By

PURPOSE = "case-investigation"

key_file = click.option("--key", "key", type=click.Path(path_type=Path, dir_okay=False), help="File that signs.")
account = click.option("--account", help="Login name of whoever asks; the key was enrolled for them.")


def acting_as(login: str | None) -> "By":
    """The account with its rights; without a name whoever sits at the machine, who may look but sign for nobody."""
    from datetime import UTC, datetime

    from epiloop.runtime.accounts.views import account_view
    from epiloop.runtime.requests import By
    from epiloop.store.models import Account

    if login is None:
        return By("operator", PURPOSE, uuid4().hex)
    found = Account.objects.filter(login=login.casefold()).first()
    if found is None:
        raise NotFound(
            N_("There is no account %(login)s."),
            remedy=N_("`epiloop account list` shows those there are."),
            login=repr(login),
        )
    return By(str(found.id), PURPOSE, uuid4().hex, account_view(found, datetime.now(UTC)))


def read_key(path: Path) -> bytes:
    """The private half of a key file: 64 hexadecimal digits. Raises NotFound, InvalidInput."""
    try:
        content = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        raise NotFound(
            N_("There is no key file %(path)s."), remedy=N_("Make one with `epiloop traces key`."), path=str(path)
        ) from None
    except (OSError, ValueError):
        content = b""
    if len(content) != 32:
        raise InvalidInput(
            N_("This is no key file."), where=str(path), remedy=N_("Make one with `epiloop traces key`.")
        )
    return content


def make_key(path: Path) -> bytes:
    """A new key file that only its owner reads, or the one that is there."""
    if path.exists():
        return read_key(path)
    content = os.urandom(32)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(content.hex() + "\n")
    return content


def person_of(case: str) -> UUID:
    """The person of a case: by the person's id, the case's, or the number it has where it came from."""
    from epiloop.runtime import present
    from epiloop.store.reading import tracing as stored

    with present.parts().pool.connection() as connection:
        found = stored.person_of_case(connection, case)
    if found is None:
        raise NotFound(
            N_("There is no case %(case)s."), remedy=N_("`epiloop cases list` shows those there are."), case=repr(case)
        )
    return found


def unit_of(by: "By", private: bytes) -> str:
    """The unit that a key signs for. Raises NotFound for one that is not enrolled for the account."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.desk import desk_of
    from epiloop.vault.signatures import public_of

    mine = public_of(private).name
    signers: Any = desk_of(present.parts()).signers(by.actor)
    unit = next((one.unit for one in signers if one.key.name == mine and not one.waiting), None)
    if unit is None:
        raise NotFound(N_("This key does not sign for this account."), remedy=N_("Enrol it with `epiloop traces key`."))
    return str(unit)


def said_gaps(value: dict[str, Any]) -> str:
    """That an answer is not whole, behind how it stands; "" if it is."""
    days = ", ".join(value.get("gaps", ()))
    word = N_("This answer is not whole: check-ins of these days are missing at the key service.")
    return f"\n{say(word)} {days}" if days else ""


def clock(at: datetime | None) -> str:
    """An instant by the clock of the terminal; "" for none."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""
