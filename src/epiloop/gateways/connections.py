"""HTTP connections to one service, kept for the next call: over a Unix-domain socket, or over TLS, both ends of which
show a certificate.
"""

import http.client
import select
import socket
import ssl
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from epiloop.core.errors import N_, InvalidInput, NotFound

UNIX, TLS = "http+unix", "https"
MOST_KEPT = 16
"""Connections that wait for a next call; more are made when needed and closed after use."""

WATCHING = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""Seconds of silence until the other machine is asked, seconds between two questions, questions."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of a client for TLS: who signs the service's certificate, and the client's own with its key."""

    authority: Path
    certificate: Path
    key: Path


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix-domain socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.close()
            raise


class WatchedConnection(http.client.HTTPSConnection):
    """HTTPS over which the system asks by itself whether the other machine is still there, while an answer is awaited:
    a network that died is noticed in half a minute, not at the end of a long call.
    """

    def connect(self) -> None:
        """Connect, and have it watched."""
        super().connect()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, seconds in WATCHING.items():
            if hasattr(socket, name):  # systems differ in what can be said
                self.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), seconds)


Kept = list[http.client.HTTPConnection]


class Connections:
    """The connections of one process to one service; safe to use from several threads."""

    def __init__(self, make: Callable[[], http.client.HTTPConnection]) -> None:
        self._make = make
        self._kept: Kept = []
        self._lock = threading.Lock()
        self._end = weakref.finalize(self, _close_all, self._kept)

    @contextmanager
    def fresh_or_kept(self) -> Iterator[http.client.HTTPConnection]:
        """A connection for one call; kept afterwards unless the block raised."""
        connection = self._taken()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            if len(self._kept) < MOST_KEPT and self._end.alive:
                self._kept.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close those that are kept."""
        with self._lock:
            _close_all(self._kept)

    def _taken(self) -> http.client.HTTPConnection:
        while True:
            with self._lock:
                connection = self._kept.pop() if self._kept else None
            if connection is None:
                return self._make()
            if not _is_stale(connection):
                return connection
            connection.close()


def _close_all(kept: Kept) -> None:
    while kept:
        kept.pop().close()


def _is_stale(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side closed it meanwhile: nothing else makes a waiting connection readable."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(0))


def connections_to(url: str, certificates: Certificates | None, timeout: float) -> Connections:
    """Connections to `http+unix://%2Fpath%2Fto.sock` or `https://host:port`. Raises InvalidInput for others,
    NotFound without certificates.
    """
    parts = urlsplit(url)
    if parts.scheme == UNIX and parts.netloc:
        path = unquote(parts.netloc)
        return Connections(lambda: UnixConnection(path, timeout))
    if parts.scheme == TLS and parts.hostname and certificates:
        host, port, context = parts.hostname, parts.port, _context(certificates)
        return Connections(lambda: WatchedConnection(host, port, timeout=timeout, context=context))
    raise InvalidInput(
        N_("The address of the key service must begin with https:// and name a host."),
        remedy=N_("Set EPILOOP_KEYSERVICE_URL, for example to https://keys.example:8430."),
    )


def _context(files: Certificates) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(files.authority))
        context.load_cert_chain(str(files.certificate), str(files.key))
    except OSError:
        raise NotFound(
            N_("The certificates for the key service are missing or cannot be read."),
            where=str(files.certificate.parent),
            remedy=N_("Make them with `epiloop keys certificates` on its machine, and bring them here."),
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
