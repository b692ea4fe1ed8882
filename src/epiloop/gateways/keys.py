"""The client of the key service: the vault's port over HTTP.

A call that finds nobody, or gets no answer in time, raises Unavailable. What the port calls idempotent is sent again on
a new connection if the one before broke, so that a service that was just restarted is not noticed; a look is sent once,
because each sending is a look of its own in the log. Whoever does not answer in time is asked once.
"""

import http.client
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, Unavailable
from epiloop.core.jurisdictions import Scope
from epiloop.gateways.cases import CaseCalls
from epiloop.gateways.connections import Certificates, Connections, connections_to
from epiloop.vault import identities as alike
from epiloop.vault import wire
from epiloop.vault.port import Access, Head, Identity, LedgerEnd, Match, Pair

TIMEOUT = 10.0
"""Seconds until a connection is made; for an answer each call has its own."""

TRIES = 3
_HEADERS = {"Content-Type": wire.MEDIA}
_AWAY = (OSError, http.client.HTTPException)


class KeyClient(CaseCalls):
    """Implements `epiloop.vault.port.Vault`. Safe to use from several threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @classmethod
    def to(cls, url: str, *, certificates: Certificates | None = None, timeout: float = TIMEOUT) -> Self:
        """A client of the service at an address; connects when first used. Raises InvalidInput for a bad address."""
        return cls(connections_to(url, certificates, timeout))

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._connections.close()

    def answers(self) -> bool:
        """Whether the process answers at all; says nothing of its database."""
        try:
            with self._connections.fresh_or_kept() as connection:
                connection.request("GET", "/healthz")
                answer = connection.getresponse()
                answer.read()
        except _AWAY:
            return False
        return answer.status == http.HTTPStatus.OK

    def put(self, identities: Mapping[UUID, Identity], *, jurisdictions: Mapping[UUID, int], key: str) -> None:
        """See `Vault.put`."""
        alike.check_put(identities, jurisdictions)
        self._call(wire.PUT, identities, jurisdictions, key)

    def place(self, jurisdictions: Mapping[UUID, int]) -> None:
        """See `Vault.place`."""
        self._call(wire.PLACE, jurisdictions)

    def keys(self, subjects: Iterable[UUID], *, create: bool) -> dict[UUID, bytes]:
        """See `Vault.keys`."""
        keys: dict[UUID, bytes] = self._call(wire.KEYS, subjects, create)
        return keys

    def reveal(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, Identity]:
        """See `Vault.reveal`."""
        shown: dict[UUID, Identity] = self._call(wire.REVEAL, subjects, asker, purpose)
        return shown

    def unlock(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, bytes]:
        """See `Vault.unlock`."""
        keys: dict[UUID, bytes] = self._call(wire.UNLOCK, subjects, asker, purpose)
        return keys

    def search(self, text: str, *, scope: Scope, limit: int, asker: str, purpose: str) -> list[Match]:
        """See `Vault.search`."""
        found: list[Match] = self._call(wire.SEARCH, text, scope, limit, asker, purpose)
        return found

    def linkage(self, subjects: Sequence[UUID], *, scope: Scope, asker: str = "linkage") -> list[Pair]:
        """See `Vault.linkage`."""
        pairs: list[Pair] = self._call(wire.LINKAGE, subjects, scope, asker)
        return pairs

    def erase(self, subjects: Sequence[UUID]) -> None:
        """See `Vault.erase`."""
        self._call(wire.ERASE, subjects)

    def accesses(self, *, subject: UUID | None = None, limit: int = 100, before: int | None = None) -> list[Access]:
        """See `Vault.accesses`."""
        found: list[Access] = self._call(wire.ACCESSES, subject, limit, before)
        return found

    def heads(self, *, after: date | None = None, checked: bool = False) -> list[Head]:
        """See `Vault.heads`."""
        heads: list[Head] = self._call(wire.HEADS, after, checked)
        return heads

    def hashes(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """See `Vault.hashes`."""
        found: dict[int, bytes] = self._call(wire.HASHES, numbers)
        return found

    def witness(self, end: LedgerEnd) -> None:
        """See `Vault.witness`."""
        self._call(wire.WITNESS, end)

    def witnessed(self, *, after: date | None = None) -> list[LedgerEnd]:
        """See `Vault.witnessed`."""
        ends: list[LedgerEnd] = self._call(wire.WITNESSED, after)
        return ends

    def collect(self, rows: bytes, keys: bytes) -> dict[str, int]:
        """Give sealed check-ins (`vault.visits`, one after the other) and the wrapped keys of their hours
        (`vault.hours`) to the days they are about; the same ones again change nothing.

        What is counted in the answer is durable: "kept", and by reason what will never be readable: "no-key", "no-day",
        "key-shut", "row-shut", "no-check-in". Raises Unavailable: then they have to be given again.
        """
        counts: dict[str, int] = self._call(wire.COLLECT, rows, keys)
        return counts

    def announcement(self) -> bytes:
        """The public keys of the days that check-ins are collected for, signed: see `vault.hours.announced`."""
        text: bytes = self._call(wire.ANNOUNCEMENT)
        return text

    def upkeep(self) -> None:
        """What the vault's database needs once a night; takes seconds per million people."""
        self._call(wire.UPKEEP)

    def status(self) -> dict[str, Any]:
        """How the service stands: counts, ages, versions; nothing personal."""
        found: dict[str, Any] = self._call(wire.STATUS)
        return found

    def _call(self, call: wire.Call, *arguments: Any) -> Any:
        """Send it and read the answer. Raises what the service raised, or Unavailable."""
        body = wire.pack(call.asking(*arguments))
        for _ in range(TRIES if call.again else 1):
            try:
                return self._sent(call, body)
            except TimeoutError:  # it was reached and is at work, or stuck: asked again, it would only have more to do
                break
            except _AWAY:
                self._connections.close()  # the others are as old as this one
        raise _away()

    def _sent(self, call: wire.Call, body: bytes) -> Any:
        with self._connections.fresh_or_kept() as connection:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(call.seconds)
            connection.request("POST", wire.PATH + call.name, body, _HEADERS)
            answer = connection.getresponse()
            content = answer.read()
        if answer.status == http.HTTPStatus.OK:
            return call.answered(wire.unpack(content))
        raise _error(content)


def _error(content: bytes) -> EpiloopError:
    try:
        return wire.to_error(wire.unpack(content))
    except EpiloopError as unreadable:
        return unreadable


def _away() -> Unavailable:
    return Unavailable(
        N_("The vault does not answer; nothing was read or changed."),
        where="vault",
        remedy=N_("Check that the key service runs, then try again."),
    )
