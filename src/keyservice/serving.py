"""The key service as a WSGI application: the calls of `epiloop.vault.calls`, carried out by a vault.

    POST /v1/NAME   a call of the port, body and answer in CBOR
    GET  /healthz   whether the process answers; looks at nothing

Nothing personal is in an address, and nothing of a body goes to a log: of an unforeseen error only its kind and the
lines of code it went through. Whoever reaches the socket (mode 0600) or holds the client's certificate may call.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from epiloop.core.errors import N_, Broken, EpiloopError, InvalidInput, NotFound
from epiloop.vault import wire
from epiloop.vault.calls import CALLS

Environment = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]

log = logging.getLogger("keyservice")


def application(vault: object, **own: Callable[..., Any]) -> Application:
    """Serve the methods of a vault under the names of the calls; `own` are calls carried out by something else.

    Safe to use from several threads if they are.
    """
    methods: Mapping[str, Callable[..., Any]] = {
        name: method for name in CALLS if (method := own.get(name) or getattr(vault, name, None))
    }

    def serve(environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/healthz":
            return _respond(start_response, HTTPStatus.OK, b"ok\n", "text/plain")
        try:
            body = _carry_out(methods, environ)
        except EpiloopError as wrong:
            return _respond(start_response, HTTPStatus(wrong.http_status), wire.pack(wire.from_error(wrong)))
        return _respond(start_response, HTTPStatus.OK, body)

    return serve


def _carry_out(methods: Mapping[str, Callable[..., Any]], environ: Environment) -> bytes:
    call = _call(environ)
    if call.name not in methods:
        raise _no_call()
    sent = wire.unpack(_body(environ))
    try:
        arguments = call.asked(sent)
    except EpiloopError:
        raise
    except Exception:
        raise wire.unreadable() from None
    try:
        return wire.pack(call.answering(methods[call.name](**arguments)))
    except EpiloopError:
        raise
    except Exception:
        log.error("%s failed: %s", call.name, _place())
        raise Broken(N_("The key service failed; its log says where."), where="key service") from None


def _call(environ: Environment) -> wire.Call:
    path: str = environ["PATH_INFO"]
    call = CALLS.get(path.removeprefix(wire.PATH)) if path.startswith(wire.PATH) else None
    if call is None or environ["REQUEST_METHOD"] != "POST":
        raise _no_call()
    return call


def _no_call() -> NotFound:
    return NotFound(N_("The key service has no such call."), where="key service")


def _body(environ: Environment) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > wire.MOST_BYTES:
        raise InvalidInput(N_("The request is too long, or does not say how long it is."), where="key service")
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _place() -> str:
    """The kind of the present error and the lines it went through, never its text."""
    kind, _, trace = sys.exc_info()
    lines = [f"{part.filename}:{part.lineno} in {part.name}" for part in traceback.extract_tb(trace)]
    return "; ".join([kind.__name__ if kind else "", *lines])


def _respond(
    start_response: StartResponse, status: HTTPStatus, body: bytes, media: str = wire.MEDIA
) -> Iterable[bytes]:
    headers = [("Content-Type", media), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
