"""Messages over the network: a second installation that really serves, one that is away, and what comes twice."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.assistance.conftest import Side, to_peer
from tests.assistance.test_exchange import carry, open_duties, step
from tests.project.running import PATIENCE, free_port, wait_for

from epiloop.core.errors import Refused, Unavailable
from epiloop.gateways.letters import post
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import Kind, Result
from epiloop.project.wiring import shift_clock
from epiloop.runtime.requests.assistance import arriving, asking, letters, own, posting
from epiloop.runtime.requests.assistance.asking import history_of

Two = tuple[Side, Side]


@pytest.fixture
def served(pair: Two) -> Iterator[str]:
    """The address at which the far side takes messages: its pages, served as they are served to people."""
    _, far = pair
    shift_clock(far.installation, far.clock())
    port = free_port()
    environment = {**os.environ, "EPILOOP_HOME": str(far.installation.home)}
    said = (far.installation.log_dir / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "epiloop", "serve", "--port", str(port)], env=environment, stdout=said, stderr=said
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(lambda: _answers(address) or process.poll() is not None, "the pages")
    assert process.poll() is None, (far.installation.log_dir / "serve.log").read_text()
    yield address
    process.terminate()
    process.wait(PATIENCE)
    said.close()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def test_a_request_leaves_by_itself_and_arrives_once(pair: Two, served: str) -> None:
    near, far = pair
    own.set_address(near.running.parts, near.by("address"), to_peer(far), served)
    request = near.ask("ask", Kind.CONTROL, [near.contact("a")], far)
    raw = letters.compose(near.running, history_of(near.running.parts, request), "request", asker="test")
    post(served, raw)  # it arrived, and the sender was killed before it knew
    assert posting.send_waiting(near.running) == 1
    assert posting.send_waiting(near.running) == 0
    assert step(near, request) == "sent"
    ((there, how),) = far.rows("select id, step from assistance")
    assert how == "arrived"
    assert far.rows("select count(*) from event where kind = 'assistance-arrived'") == [(1,)]
    far.clock.at += timedelta(minutes=10)  # theirs went on while they started
    assert open_duties(far, there) == {"receive-request", "answer-request"}  # type: ignore[arg-type]
    with pytest.raises(Refused):
        post(served, raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(Refused):
        post(served, b"nothing")
    log = (far.installation.log_dir / "serve.log").read_bytes()
    assert b"19987654321" not in log
    assert "犇骉鑫".encode() not in log


def test_an_installation_that_is_away_is_tried_again_later_each_time(pair: Two) -> None:
    near, far = pair
    own.set_address(near.running.parts, near.by("address"), to_peer(far), "http://127.0.0.1:1")
    request = near.ask("ask", Kind.WHEREABOUTS, [near.person("a")], far)
    waits = []
    for _ in range(3):
        assert posting.send_waiting(near.running) == 0
        ((retry,),) = near.rows("select retry_at from assistance_try where request = %s", request)
        waits.append(retry - near.clock())  # type: ignore[operator]
        assert posting.send_waiting(near.running) == 0, "not before its time"
        near.clock.at = retry  # type: ignore[assignment]
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert step(near, request) == "made"
    sent: list[bytes] = []
    assert posting.send_waiting(near.running, lambda _address, raw: sent.append(raw)) == 1
    assert arriving.deliver(far.running, sent[0]).what == "request"
    assert near.rows("select count(*) from assistance_try") == [(0,)]


def test_an_answer_that_overtakes_its_receipt_is_taken(pair: Two) -> None:
    near, far = pair
    request = near.ask("ask", Kind.WHEREABOUTS, [near.person("a")], far)
    there = carry(near, far, request)
    asking.answer(far.running.parts, far.by("a"), there, [Answer(1, Result.NOT_FOUND, far.clock())])
    history = history_of(far.running.parts, there)
    late = letters.compose(far.running, history, "receipt", asker="test")
    first = letters.compose(far.running, history, "answer-1", asker="test")
    assert not arriving.deliver(near.running, first).repeated
    assert arriving.deliver(near.running, late).repeated, "it says nothing new"
    assert step(near, request) == "answered"


def test_nobody_answers_where_nobody_is() -> None:
    with pytest.raises(Unavailable):
        post("http://127.0.0.1:1", b"x")
