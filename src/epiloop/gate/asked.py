"""What somebody asks of the gate: method, path, headers, from where, and the body, as long as it may be."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from epiloop.core.addresses import whose
from epiloop.core.errors import N_, InvalidInput
from epiloop.operations.checkins.wire import MOST_BYTES

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as ASGI tells it. Its text form shows nothing."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    address: str

    def __repr__(self) -> str:
        return f"Asked({self.method})"

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Asked":
        """The request of a scope."""
        headers = dict(scope["headers"])
        query = bytes(scope.get("query_string", b"")).decode("ascii", "replace")
        return cls(scope["method"], scope["path"], query, headers, _address(scope.get("client"), headers))

    def language(self, usual: str) -> str:
        """Which of ours they read: as they say in the address, else as their browser says."""
        return _language(self.query, self.headers.get(b"accept-language", b""), usual)


@lru_cache(1_000)
def _language(query: str, accepted: bytes, usual: str) -> str:
    wanted = f"{query},{accepted.decode('ascii', 'replace')}".lower()
    for word in wanted.replace("lang=", "").split(","):
        for language in LANGUAGES:
            if word.strip().startswith(language[:2]):
                return language
    return usual


async def body(receive: Receive) -> bytes:
    """The whole body. Raises InvalidInput for one that is too long."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = bytes(message.get("body", b""))
        size += len(part)
        if size > MOST_BYTES:
            raise InvalidInput(N_("The batch is too large."), remedy=N_("Send them in parts."))
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _address(client: tuple[str, int] | None, headers: Mapping[bytes, bytes]) -> str:
    passed_on = headers.get(b"x-forwarded-for", b"").decode("ascii", "replace")
    return whose(client[0] if client else "", passed_on)
