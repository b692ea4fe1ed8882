"""What the key service does about searches: the calls A makes. `gateways.keys.KeyClient` has them under these names.

It checks everything by itself - signatures, people, units, positives, times - and writes its log before it answers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

from epiloop.runtime.parts import Parts
from epiloop.vault.signatures import PublicKey, Signature


class Signer(Protocol):
    """A key that somebody signs with, as the administrators of the key service enrolled it."""

    @property
    def key(self) -> PublicKey:
        """The public half."""
        ...

    @property
    def unit(self) -> str:
        """For which unit they sign."""
        ...

    @property
    def until(self) -> datetime:
        """Until when it counts."""
        ...

    @property
    def waiting(self) -> bool:
        """Whether administrators have not said yes."""
        ...


class Answer(Protocol):
    """Who was met; while there is a first positive only (`prepared`), how many."""

    @property
    def people(self) -> Sequence[Any]:
        """Everybody over the threshold, in order of rank."""
        ...

    @property
    def first(self) -> int:
        """How many in ring 1."""
        ...

    @property
    def second(self) -> int:
        """How many in ring 2."""
        ...

    @property
    def prepared(self) -> bool:
        """Whether they are counted only."""
        ...


class Desk(Protocol):
    """The calls. All raise Unavailable if nobody answers; then nothing was changed."""

    def enrol(self, key: PublicKey, person: str, unit: str) -> bool:
        """Let a key sign for somebody. Whether it may at once: where administrators enrol it waits for them."""
        ...

    def signers(self, person: str) -> Sequence[Signer]:
        """The keys of somebody that count now."""
        ...

    def attested(self, subject: UUID, asker: str) -> str:
        """What laboratories signed of somebody: "confirmed", "positive", or "". A look, and logged as one."""
        ...

    def propose(self, text: bytes, signature: Signature) -> UUID:
        """Hand an authorisation in. The same text twice is one."""
        ...

    def approve(self, grant: UUID, signature: Signature) -> None:
        """Somebody else signed it too."""
        ...

    def withdraw(self, grant: UUID, asker: str) -> None:
        """It counts no more."""
        ...

    def text(self, grant: UUID) -> bytes:
        """What was signed."""
        ...

    def trace(self, grant: UUID, asker: str) -> Answer:
        """Who was met."""
        ...

    def history(self, grant: UUID, asker: str) -> Any:
        """Where one person was."""
        ...

    def review(self, grant: UUID, signature: Signature, *, justified: bool) -> None:
        """Another person reviewed a broken glass."""
        ...


def desk_of(parts: Parts) -> Desk:
    """The key service, as a search needs it."""
    return cast("Desk", parts.vault)
