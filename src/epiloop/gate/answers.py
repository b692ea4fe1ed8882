"""What the gate answers: a status, headers, a body; always under the same strict rules for browsers."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from json import dumps
from typing import Any, NamedTuple

from epiloop.core.errors import EpiloopError

Words = Callable[[str], str]
"""Messages in the language of whoever asks."""
Header = tuple[bytes, bytes]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
ALWAYS: tuple[Header, ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # A place is known by its code; nobody asks a phone where it is (PRIVACY R25).
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
)
NOT_KEPT: Header = (b"cache-control", b"no-store")
JSON: Header = (b"content-type", b"application/json; charset=utf-8")
PLAIN: Header = (b"content-type", b"text/plain; charset=utf-8")
RETRY = {HTTPStatus.SERVICE_UNAVAILABLE: b"5", HTTPStatus.TOO_MANY_REQUESTS: b"10"}
"""Seconds after which a sender should try again."""


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: tuple[Header, ...]
    body: bytes = b""


def told(value: Mapping[str, Any]) -> Answer:
    """A JSON answer, which nobody keeps."""
    return json_of(dumps(value, ensure_ascii=False).encode())


def json_of(text: bytes) -> Answer:
    """An answer that is JSON already."""
    return Answer(HTTPStatus.OK, (JSON, NOT_KEPT), text)


def wrong(error: EpiloopError, words: Words) -> Answer:
    """An error: its stable name, what to do in the reader's language, and the visits it concerns."""
    value = {"code": error.code, "detail": error.render(words), "visits": error.values.get("visits", [])}
    after = RETRY.get(HTTPStatus(error.http_status))
    more: tuple[Header, ...] = ((b"retry-after", after),) if after else ()
    return Answer(error.http_status, (JSON, NOT_KEPT, *more), dumps(value, ensure_ascii=False).encode())


def plain(status: HTTPStatus, text: str = "", *more: Header) -> Answer:
    """A line of text."""
    return Answer(status, (PLAIN, NOT_KEPT, *more), (text or status.phrase).encode() + b"\n")
