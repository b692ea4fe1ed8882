"""The port of the vault: who somebody is, and the keys of their sealed facts.

Identity (name, document number, phone, address line) is never in an event or a projection (PRIVACY, "Sealing").
A subject's key derives from a random salt kept only in the vault; deleting the salt is erasure.
The application sends text and scope and receives ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from epiloop.core.jurisdictions import Scope


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is. Every field may be empty; `documents` are (type, number) pairs ("id-card", "passport")."""

    name: str = ""
    documents: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One search hit: which subject, how alike (0..1), why ("document", "phone", "name")."""

    subject: UUID
    score: float
    by: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two subjects that may be one person, how alike (0..1), and on what."""

    left: UUID
    right: UUID
    score: float
    by: tuple[str, ...]


class Vault(Protocol):
    """Keys and identity. Every read names who asks and for what (`asker`, `purpose`); the vault logs it first."""

    def put(self, identities: Mapping[UUID, Identity], *, jurisdictions: Mapping[UUID, int], key: str) -> None:
        """Store or replace identities with the jurisdiction their search is scoped by. Idempotent by `key`."""
        ...

    def keys(self, subjects: Iterable[UUID], *, create: bool) -> dict[UUID, bytes]:
        """The 32-byte sealing keys of subjects; `create` makes salts for those that have none. Erased: absent."""
        ...

    def reveal(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, Identity]:
        """The identities, after logging the read. Unknown or erased ones are absent."""
        ...

    def search(self, text: str, *, scope: Scope, limit: int, asker: str) -> list[Match]:
        """Subjects whose document or phone is exactly `text`, or whose name is like it (two tokens at least)."""
        ...

    def linkage(self, subjects: Sequence[UUID], *, scope: Scope) -> list[Pair]:
        """Pairs of which one side is among `subjects` and that may be one person, best first."""
        ...

    def erase(self, subjects: Sequence[UUID]) -> None:
        """Delete salts, identities and tokens. Sealed facts of these subjects can never be read again."""
        ...
