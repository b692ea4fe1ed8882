"""The port of the vault: who somebody is, and the keys of their sealed facts.

Identity (name, document number, phone, address line) is never in an event or a projection (PRIVACY, "Sealing").
A subject's key derives from a random salt kept only in the vault; deleting the salt is erasure.
The application sends text and scope and receives ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from epiloop.core.jurisdictions import Scope

LINKING = "register-keeping"
"""The purpose of looking for two registrations of one person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is. Every field may be empty; `documents` are (type, number) pairs ("id-card", "passport").

    Its text form shows nothing, so that it cannot slip into a log or an error text (PRIVACY R28).
    """

    name: str = ""
    documents: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    address: str = ""

    def __repr__(self) -> str:
        return "Identity(...)"


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


@dataclass(frozen=True, slots=True)
class Access:
    """One logged look: when, what kind, who, for what, and whose data it showed.

    Kinds are "reveal", "facts", "search", "linkage", those of `grants.GrantKind`, "attest" and "approve"; these name
    the unit and the authorisation (`case`) too. Between them stand the ends of the ledger, "witness" and "conflict"
    (`vault.witness`), which show nobody's data. `number` counts the entries from 1, without a gap.
    """

    at: datetime
    kind: str
    asker: str
    purpose: str
    subjects: tuple[UUID, ...]
    number: int = 0
    unit: str = ""
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """Where the application's ledger ended when a day (UTC) was over: the number of its last seal, and the hash."""

    day: date
    seal: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log when a day (UTC) was over: how many entries, the hash of the last, signed (`vault.heads`)."""

    day: date
    entries: int
    hash: bytes
    key: bytes
    signature: bytes


class Vault(Protocol):
    """Keys and identity. Every read names who asks and for what (`asker`, `purpose`); the vault logs it first.

    All calls raise Unavailable if the vault does not answer; then nothing was changed and nothing shown.
    """

    def put(self, identities: Mapping[UUID, Identity], *, jurisdictions: Mapping[UUID, int], key: str) -> None:
        """Store or replace identities with the jurisdiction their search is scoped by. Idempotent by `key`.

        Raises InvalidInput if a subject has no jurisdiction, and Refused if one was erased; then none is stored.
        """
        ...

    def place(self, jurisdictions: Mapping[UUID, int]) -> None:
        """People moved: searches are scoped by the new jurisdiction from now on. Unknown subjects are left out."""
        ...

    def keys(self, subjects: Iterable[UUID], *, create: bool) -> dict[UUID, bytes]:
        """The 32-byte sealing keys of subjects; `create` makes salts for those that have none. Erased: absent."""
        ...

    def reveal(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, Identity]:
        """The identities, after logging the read. Unknown or erased ones are absent.

        Raises InvalidInput if nobody asks, or for none of the purposes of `core.purposes` (PRIVACY R12).
        """
        ...

    def unlock(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, bytes]:
        """The keys of subjects whose sealed facts are about to be read, after logging that as a read of "facts".

        Who writes takes `keys`. Erased or unknown ones are absent. Raises as `reveal`.
        """
        ...

    def search(self, text: str, *, scope: Scope, limit: int, asker: str, purpose: str) -> list[Match]:
        """Subjects in scope whose document or phone is exactly `text`, or whose name is like it; best first.

        A name match needs two tokens at least, so a surname alone finds nobody called by it and something else in
        Chinese. Equal scores come in the order of ids. Raises as `reveal`.
        """
        ...

    def linkage(self, subjects: Sequence[UUID], *, scope: Scope, asker: str = "linkage") -> list[Pair]:
        """Pairs of which one side is among `subjects` and that may be one person, both in scope, best first."""
        ...

    def erase(self, subjects: Sequence[UUID]) -> None:
        """Delete salts, identities and tokens. Sealed facts of these subjects can never be read again.

        Final: an erased subject gets no new key or identity; whoever comes back comes as a new subject.
        """
        ...

    def accesses(self, *, subject: UUID | None = None, limit: int = 100, before: int | None = None) -> list[Access]:
        """Who looked, the latest first: at one subject's data, or anybody's; `before`: only reads of lower number."""
        ...

    def heads(self, *, after: date | None = None, checked: bool = False) -> list[Head]:
        """The heads of the log of all days that are over and had entries, the earliest first; those after a day.

        `checked` walks the whole log first and raises Broken if an entry is not what was written.
        """
        ...

    def hashes(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """The hashes of entries of the log by their numbers: with them whoever kept heads checks them, whatever day the
        clock said. Entries that are not there are absent; of those whose time is over (`vault.heads.KEPT`) the last one
        still has its hash, from which the chain of the rest goes on.
        """
        ...

    def witness(self, end: LedgerEnd) -> None:
        """Keep where the ledger ended, in the log, for good; the same again changes nothing.

        Raises InvalidInput for a day that is not over, Refused for another end of a day that has one: the first of a
        day counts, and the other stands in the log as a conflict.
        """
        ...

    def witnessed(self, *, after: date | None = None) -> list[LedgerEnd]:
        """The ends that were kept of the days after one, the earliest first."""
        ...
