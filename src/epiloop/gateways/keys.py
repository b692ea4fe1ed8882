"""The client of the key service: the vault's port over HTTP.

A call that finds nobody, or gets no answer in time, raises Unavailable. What the port calls idempotent is sent again on
a new connection if the one before broke, so that a service that was just restarted is not noticed; a look is sent once,
because each sending is a look of its own in the log. Whoever does not answer in time is asked once, and nobody else of
this process waits for it until it was heard again (`gateways.silence`).
"""

import http.client
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, Unavailable
from epiloop.core.jurisdictions import Scope
from epiloop.gateways.cases import CaseCalls
from epiloop.gateways.connections import Certificates, Connections, connections_to
from epiloop.gateways.silence import AGAIN, USUAL, Patience, Silence
from epiloop.vault import identities as alike
from epiloop.vault import wire
from epiloop.vault.port import Access, Head, Identity, LedgerEnd, Match, Pair

NOTHING = wire.KEYS
"""The small question: the keys of nobody. No look and no change, and the service has to ask its database."""

TRIES = 3
_HEADERS = {"Content-Type": wire.MEDIA}
_AWAY = (OSError, http.client.HTTPException)


class KeyClient(CaseCalls):
    """Implements `epiloop.vault.port.Vault`. Safe to use from several threads."""

    def __init__(self, connections: Connections, patience: Patience, silence: Silence) -> None:
        self._connections, self._patience, self._silence = connections, patience, silence

    @classmethod
    def to(
        cls,
        url: str,
        *,
        certificates: Certificates | None = None,
        patience: Patience = USUAL,
        silence: Silence | None = None,
    ) -> Self:
        """A client of the service at an address; connects when first used. Raises InvalidInput for a bad address.

        Without `silence` it remembers nothing of a service that does not answer.
        """
        return cls(connections_to(url, certificates, patience.connect), patience, silence or Silence())

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._connections.close()

    @property
    def away(self) -> bool:
        """Whether the service did not answer when this process last asked; says nothing before it was asked."""
        return self._silence.away

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
        limit = self._patience.limit(call, len(body))
        if self._silence.hangs:
            raise _away()
        if limit > self._patience.answer and self._silence.unheard:
            self._tried(NOTHING, wire.pack(NOTHING.asking((), create=False)), self._patience.answer)
        return self._tried(call, body, limit)

    def _tried(self, call: wire.Call, body: bytes, limit: float) -> Any:
        """Send it as often as it may be sent. Raises Unavailable, and has somebody listen for the service then."""
        since = self._silence.instant()
        for _ in range(TRIES if call.again else 1):
            try:
                return self._sent(call, body, limit)
            except TimeoutError:  # it was reached and is at work, or stuck: asked again, it would only have more to do
                self._missed(since, in_vain=True)
                raise _slow() from None
            except _AWAY:
                self._connections.close()  # the others are as old as this one
        self._missed(since, in_vain=False)
        raise _away()

    def _sent(self, call: wire.Call, body: bytes, limit: float) -> Any:
        with self._connections.fresh_or_kept() as connection:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(limit)
            connection.request("POST", wire.PATH + call.name, body, _HEADERS)
            answer = connection.getresponse()
            content = answer.read()
        self._silence.heard()
        if answer.status == http.HTTPStatus.OK:
            return call.answered(wire.unpack(content))
        raise _error(content)

    def _missed(self, since: float, *, in_vain: bool) -> None:
        if self._silence.missed(since, in_vain=in_vain):
            self._connections.close()
            threading.Thread(target=_listen, args=(weakref.ref(self),), name="key service", daemon=True).start()

    def _asked_again(self) -> bool:
        """Whether it answers a small question now, which its database has to answer too."""
        try:
            self._sent(NOTHING, wire.pack(NOTHING.asking((), create=False)), self._patience.answer)
        except (EpiloopError, *_AWAY):
            return False
        return True


def _listen(client: weakref.ref[KeyClient]) -> None:
    """Ask a service that did not answer until it does, or nobody wants to know any more."""
    pause = threading.Event()
    while (asking := client()) is not None and asking.away and not asking._asked_again():
        del asking
        pause.wait(AGAIN)


def _error(content: bytes) -> EpiloopError:
    try:
        return wire.to_error(wire.unpack(content))
    except EpiloopError as unreadable:
        return unreadable


def _away() -> Unavailable:
    return Unavailable(N_("The key service does not answer; nothing was read or changed."), remedy=_LATER)


def _slow() -> Unavailable:
    """It may yet do what it was asked; what comes again under the same key is done once."""
    return Unavailable(N_("The key service does not answer in time."), remedy=_LATER)


_LATER = N_("Try again in a while: what is sent twice is done once. If it lasts, tell who looks after the key service.")
