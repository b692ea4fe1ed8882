"""Whose keys may sign: administrators of the key service let people and laboratories in, and out again.

A key belongs to one account of one unit, or to one laboratory, for ever; it counts from a day until another. A key that
somebody only asked to let in waits, and signs nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from epiloop.core.errors import N_, InvalidInput, NotAllowed, NotFound, Refused
from epiloop.vault.answers import Signer
from epiloop.vault.signatures import KeyKind, PublicKey, Signature, check_signed
from keyservice.database import Connection
from keyservice.statements import statement

Role = Literal["person", "laboratory"]
ENROLLED_FOR = timedelta(days=366)
"""How long a key counts that nobody gave an end."""
MOST_WAITING = 5
"""Keys of one account that may wait: nobody fills the table by asking."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A key, whose it is (account id, or name of a laboratory), and from when until when it counts."""

    key: PublicKey
    role: Role
    holder: str
    unit: str
    since: datetime | None
    until: datetime

    def counts(self, at: datetime) -> bool:
        """Whether it may sign at that time."""
        return self.since is not None and self.since <= at < self.until


def enrol(connection: Connection, one: Enrolled) -> None:
    """Let a key sign, or let it sign for longer. Raises Refused for a key of somebody else, InvalidInput."""
    _check_named(one)
    if not connection.execute(statement("enrol"), _values(one)).fetchone():
        raise Refused(
            N_("This key is enrolled for another account, unit or laboratory."),
            where="enrolment",
            remedy=N_("Make a new key; each belongs to one."),
        )


def ask(connection: Connection, one: Enrolled) -> None:
    """Note a key that waits for an administrator. Raises Refused when too many of the account wait, InvalidInput."""
    _check_named(one)
    row = connection.execute(statement("waiting_of"), {"holder": one.holder}).fetchone()
    if row and row[0] >= MOST_WAITING:
        raise Refused(N_("Too many keys of this account wait for the administrators."), where="enrolment")
    connection.execute(statement("enrol_waiting"), _values(one))


def end(connection: Connection, role: Role, holder: str, at: datetime) -> int:
    """All keys of a holder count no more from `at` on; how many those are. Raises NotFound if there is none."""
    found = connection.execute(statement("end_holder"), {"role": role, "holder": holder, "at": at}).fetchall()
    if not found:
        raise NotFound(N_("No key is enrolled under this name."), where="enrolment")
    return len(found)


def end_key(connection: Connection, role: Role, holder: str, name: bytes, at: datetime) -> None:
    """One key counts no more. Raises NotFound."""
    asked = {"role": role, "holder": holder, "key": name, "at": at}
    if not connection.execute(statement("end_key"), asked).fetchone():
        raise NotFound(N_("No key is enrolled under this name."), where="enrolment")


def listed(connection: Connection, role: Role, holder: str | None = None) -> list[Enrolled]:
    """All keys of a role, by holder."""
    rows = connection.execute(statement("enrolled_all"), {"role": role, "holder": holder})
    return [enrolled(*row) for row in rows]


def by_name(connection: Connection, name: bytes) -> Enrolled | None:
    """The key of this name, whether it counts or not."""
    row = connection.execute(statement("enrolled_key"), {"key": name}).fetchone()
    return enrolled(*row) if row else None


def enrolled(kind: str, content: bytes, *rest: Any) -> Enrolled:
    """A row of the table as a value."""
    return Enrolled(PublicKey(KeyKind(kind), bytes(content)), *rest)


def check_signer(text: bytes, signature: Signature, signer: Enrolled | None, role: Role, at: datetime) -> Enrolled:
    """Whose signature it is. Raises NotAllowed unless the key counts at that time and signed this text."""
    if signer is None or signer.role != role or not signer.counts(at):
        raise NotAllowed(
            N_("The key of this signature is not enrolled, or not at this time."),
            where="key service",
            remedy=N_("Ask the administrators of the key service to enrol it."),
        )
    check_signed(text, signature, signer.key)
    return signer


def signers(connection: Connection, person: str, at: datetime) -> list[Signer]:
    """The keys of somebody that count, and those that wait."""
    found = [one for one in listed(connection, "person", person) if one.since is None or one.counts(at)]
    return [Signer(one.key, one.unit, one.until, waiting=one.since is None) for one in found]


def _check_named(one: Enrolled) -> None:
    names = [one.holder, *([one.unit] if one.role == "person" else [])]
    if not all(name and name == name.strip() for name in names):
        raise InvalidInput(N_("A key is enrolled for an account and its unit, or for a laboratory."), where="enrolment")
    if one.role == "laboratory" and one.key.kind is not KeyKind.ED25519:
        raise InvalidInput(N_("A laboratory signs with an Ed25519 key."), where="enrolment")
    if one.since is not None and one.until <= one.since:
        raise InvalidInput(N_("A key counts from a day until a later one."), where="enrolment")


def _values(one: Enrolled) -> dict[str, Any]:
    key = {"key": one.key.name, "kind": one.key.kind.value, "content": one.key.content}
    unit = one.unit if one.role == "person" else ""
    return key | {"role": one.role, "holder": one.holder, "unit": unit, "since": one.since, "until": one.until}
