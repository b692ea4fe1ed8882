"""The gate as an ASGI application.

GET  /C/          the check-in page, in the language of whoever asks; GET /C/NAME its files
POST /C/place     what a code says: the names to compare with the door
POST /C/said      one batch of a phone
POST /C/batch     one batch of a gateway, with a token that has the right checkin.write
GET  /healthz     whether the process answers
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from epiloop.core.errors import N_, Broken, EpiloopError
from epiloop.gate import answers
from epiloop.gate.answers import ALWAYS, Answer, Words
from epiloop.gate.asked import Asked, Receive, body
from epiloop.gate.commits import AcceptAll, Commits
from epiloop.gate.files import Files
from epiloop.gate.programs import Programs, check_places
from epiloop.gate.rates import Rates
from epiloop.gate.signs import Signs
from epiloop.operations.checkins import wire
from epiloop.operations.checkins.codes import Claims
from epiloop.operations.checkins.cose import LONGEST
from epiloop.operations.checkins.inbox import no_inbox
from epiloop.operations.checkins.keys import Trusted
from epiloop.operations.checkins.visits import Spot
from epiloop.runtime.faces import Face
from epiloop.runtime.known_codes import Endings, KnownCodes
from epiloop.runtime.requests.checkins import BY_GATES, BY_VISITORS

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
PAGE = "/C/"
LOOK_SECONDS = 5.0
"""How old what is known of ended codes and of keys may be."""
PHONES, GATEWAYS = wire.words(BY_VISITORS), wire.words(BY_GATES)

log = logging.getLogger("epiloop.gate")


@dataclass(frozen=True, slots=True)
class Means:
    """What a gate works with. `codes` reads the trusted keys and the revocation list, `look` what else check-ins need;
    both block, as `accept_all` does.

    `forget` drops the keys of an hour that is over. `face`: what stands over a door; it may block, too. `stamp`: the
    secret that the signs for guards follow from. `words`: messages in a language.
    """

    accept_all: AcceptAll
    codes: Callable[[], tuple[Trusted, Endings]]
    look: Callable[[], None]
    forget: Callable[[datetime], None]
    face: Callable[[Claims], Face]
    programs: Programs
    stamp: bytes = field(repr=False)
    now: Callable[[], datetime]
    words: Callable[[str], Words]
    pages: Path
    language: str = "zh-hans"
    rates: Rates = field(default_factory=Rates)


class Gate:
    """The application; one for each process."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._files = Files(means.pages)
        self._codes: KnownCodes | None = None
        self._commits = Commits(means.accept_all)
        self._signs = Signs(means.stamp)
        self._tasks: list[asyncio.Task[None]] = []
        self._calls: Mapping[str, Callable[[Asked, bytes], Awaitable[Answer]]] = {
            f"{PAGE}place": self._place,
            f"{PAGE}said": self._said,
            f"{PAGE}batch": self._batch,
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """As ASGI says."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            asked = Asked.of(scope)
            answer = await self._answer(asked, receive)
            length = (b"content-length", str(len(answer.body)).encode())
            headers = [*answer.headers, *ALWAYS, length]
            await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
            await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else answer.body})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.begin()
            elif message["type"] == "lifespan.shutdown":
                await self.end()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def begin(self) -> None:
        """Start what goes on beside the requests."""
        with contextlib.suppress(EpiloopError):  # without a database it is looked again in some seconds
            await self._look()
        self._tasks = [asyncio.create_task(self._commits.run()), asyncio.create_task(self._keep_looking())]

    async def end(self) -> None:
        """What was accepted is committed before the process ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._commits.close()

    async def _answer(self, asked: Asked, receive: Receive) -> Answer:
        words = self._means.words(asked.language(self._means.language))
        try:
            if asked.method in ("GET", "HEAD"):
                return self._file(asked)
            call = self._calls.get(asked.path)
            if asked.method != "POST" or call is None:
                return answers.plain(HTTPStatus.METHOD_NOT_ALLOWED, "", (b"allow", b"GET, HEAD, POST"))
            self._means.rates.check(asked.address, time.monotonic())
            return await call(asked, await body(receive))
        except EpiloopError as wrong:
            return answers.wrong(wrong, words)
        except Exception as wrong:
            log.exception("a request failed: %s", type(wrong).__name__)
            return answers.wrong(Broken(N_("The gate failed; its log says where.")), words)

    def _file(self, asked: Asked) -> Answer:
        if asked.path == "/healthz":
            return answers.plain(HTTPStatus.OK, "ok")
        if asked.path in ("/", PAGE[:-1]):
            return answers.plain(HTTPStatus.PERMANENT_REDIRECT, "", (b"location", PAGE.encode()))
        name = asked.path.removeprefix(PAGE) if asked.path.startswith(PAGE) else asked.path
        return self._files.answer(name, asked, self._means.language) or answers.plain(HTTPStatus.NOT_FOUND)

    async def _place(self, _asked: Asked, sent: bytes) -> Answer:
        now = self._means.now()
        said = self._known().claims(sent[: 4 * LONGEST].decode("ascii", "replace").strip(), now)
        face = await asyncio.to_thread(self._means.face, said)
        times = {"until": face.presumed_end(now), "closes": face.closes(now), "now": now}
        shown = {name: at.isoformat(timespec="seconds") if at else None for name, at in times.items()}
        return answers.told({**face.names, "kind": said.place_kind, **shown})

    async def _said(self, asked: Asked, sent: bytes) -> Answer:
        codes, now = self._known(), self._means.now()
        holding: set[Spot] = set()

        def spot(code: str, came: datetime) -> Spot:
            found = codes.spot(code, came)
            if codes.holds(code, now):
                holding.add(found)
            return found

        batch = wire.read(sent, spot, ways=PHONES)
        await self._commits.take(batch)
        language = asked.language(self._means.language)
        return answers.json_of(
            self._signs.answer(batch, holding, self._means.now(), language, self._means.words(language))
        )

    async def _batch(self, asked: Asked, sent: bytes) -> Answer:
        account = await self._means.programs.account(asked.headers.get(b"authorization", b""))
        batch = wire.read(sent, self._known().spot, ways=GATEWAYS)
        check_places(account, batch)
        await self._commits.take(batch)
        return answers.told({"batch": str(batch.id), "taken": len(batch.said)})

    def _known(self) -> KnownCodes:
        if self._codes is None:
            raise no_inbox()
        return self._codes

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self._means.forget(self._means.now())
                await self._look()
            except EpiloopError as wrong:
                log.warning("ended codes or days are not known anew: %s", wrong.code)
            except Exception as wrong:
                log.exception("ended codes or days are not known anew: %s", type(wrong).__name__)

    async def _look(self) -> None:
        trusted, endings = await asyncio.to_thread(self._means.codes)
        if self._codes is None or self._codes.trusted != trusted:
            self._codes = KnownCodes(trusted, endings)
        self._codes.endings = endings
        await asyncio.to_thread(self._means.look)
