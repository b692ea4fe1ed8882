"""What a process remembers of a key service that let it wait, and how long it waits."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest

from epiloop.core.errors import Unavailable
from epiloop.gateways.keys import KeyClient
from epiloop.gateways.silence import LATELY, Patience, Silence
from epiloop.vault import cases, wire

SOMEBODY = UUID(int=1)


@dataclass
class Clock:
    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_page_waits_for_an_ordinary_answer_by_what_it_carries_and_for_a_search_as_long_as_that_takes():
    page, worker = Patience(answer=5, hurried=True), Patience(answer=5)
    assert page.limit(wire.REVEAL, 16) == pytest.approx(5, abs=0.1)
    assert page.limit(wire.PUT, 160_000) == 15
    assert page.limit(wire.PUT, 10_000_000) == wire.ORDINARY
    assert page.limit(cases.TRACE, 16) == worker.limit(cases.TRACE, 16) == cases.SEARCHING
    assert worker.limit(wire.REVEAL, 16) == wire.ORDINARY


def test_whoever_waited_in_vain_says_so_for_all_and_one_listens():
    clock = Clock()
    silence = Silence(clock)
    since = silence.instant()
    clock.at += 5
    assert silence.missed(since, in_vain=True)
    assert (silence.away, silence.hangs) == (True, True)
    assert not silence.missed(since, in_vain=True)
    silence.heard()
    assert (silence.away, silence.hangs, silence.unheard) == (False, False, False)
    clock.at += LATELY + 1
    assert silence.unheard


def test_one_slow_answer_is_not_a_service_that_hangs():
    clock = Clock()
    silence = Silence(clock)
    since = silence.instant()
    clock.at += 1
    silence.heard()  # by somebody else
    clock.at += 4
    assert not silence.missed(since, in_vain=True)
    assert not silence.away


def test_one_that_refuses_is_away_and_asked_again_all_the_same():
    silence = Silence(Clock())
    assert silence.missed(silence.instant(), in_vain=False)
    assert (silence.away, silence.hangs) == (True, False)


def test_without_a_clock_nothing_is_remembered():
    silence = Silence()
    assert not silence.missed(silence.instant(), in_vain=True)
    assert (silence.away, silence.hangs, silence.unheard) == (False, False, False)


@dataclass
class Deaf:
    """A server that takes every question, and answers as soon as it is told to."""

    listening: socket.socket
    taken: list[socket.socket] = field(default_factory=list)
    answering: bool = False

    def work(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self.listening.accept()
                self.taken.append(one)
                if self.answering:
                    self._answer(one)

    def _answer(self, one: socket.socket) -> None:
        """Once the whole question is read: who closes before breaks the connection."""
        with one, one.makefile("rb") as question:
            question.readline()
            question.read(int(http.client.parse_headers(question).get("Content-Length", "0")))
            body = wire.pack(wire.KEYS.answering({}))
            one.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


@pytest.fixture
def deaf(tmp_path: Path) -> Iterator[tuple[Deaf, KeyClient]]:
    place = tmp_path / "some.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        server = Deaf(listening)
        work = threading.Thread(target=server.work, daemon=True)
        work.start()
        patience = Patience(5, 1, hurried=True)
        url = f"http+unix://{quote(str(place), safe='')}"
        client = KeyClient.to(url, patience=patience, silence=Silence(time.monotonic))
        yield server, client
        client.close()
        listening.shutdown(socket.SHUT_RDWR)
        work.join(60)
        for one in server.taken:
            one.close()


def test_a_long_question_is_not_asked_of_a_service_that_does_not_answer_a_small_one(deaf: tuple[Deaf, KeyClient]):
    _server, client = deaf
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unavailable):
            client.trace(SOMEBODY, "officer 7")
    assert time.monotonic() - began < 15  # not twenty times a second, and the search itself may take minutes
    assert client.away


def test_it_is_heard_again_without_anybody_asking(deaf: tuple[Deaf, KeyClient]):
    server, client = deaf
    with pytest.raises(Unavailable):
        client.keys([SOMEBODY], create=False)
    server.answering = True
    deadline = time.monotonic() + 60
    while client.away:  # nobody asks
        assert time.monotonic() < deadline
        time.sleep(0.05)
    while not is_answered(client):  # one slow answer on a busy machine is another story
        assert time.monotonic() < deadline


def is_answered(client: KeyClient) -> bool:
    with suppress(Unavailable):
        return client.keys([SOMEBODY], create=False) == {}
    return False
