"""What the key service answers to anything but a proper call, and what its client makes of every failure."""

import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from urllib.parse import quote
from uuid import UUID

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import Broken, InvalidInput, NotFound, Refused, Unavailable
from epiloop.gateways.keys import KeyClient
from epiloop.project.home import Installation
from epiloop.vault import wire
from epiloop.vault.port import Access, Identity
from keyservice import serving

SIGN = "犇骉鱻羴"


class Vault:
    """Refuses or fails as its name says; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __getattr__(self, name: str):
        def method(**_arguments: object) -> None:
            self.asked += 1
            raise {"erase": Refused("No %(thing)s.", where="here", thing="more"), "place": ValueError(SIGN)}.get(
                name, NotFound("Nothing.")
            )

        return method


def ask(body: bytes, path: str = "/v1/erase", method: str = "POST", length: str | None = None, vault: object = None):
    answered: list[str] = []
    environ = {
        "PATH_INFO": path,
        "REQUEST_METHOD": method,
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        "wsgi.input": BytesIO(body),
    }
    parts = serving.application(vault or Vault())(environ, lambda status, _headers: answered.append(status))
    return int(answered[0].split()[0]), b"".join(parts)


@given(st.binary(max_size=200))
def test_no_body_breaks_it(body):
    vault = Vault()
    status, answer = ask(body, vault=vault)
    assert status in (409, 422)
    assert cbor2.loads(answer)["code"] == ("refused" if vault.asked else "invalid-input")


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.binary(max_size=40) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted(wire.CALLS)), VALUES)
def test_no_value_breaks_it(name, value):
    status, answer = ask(wire.pack(value), f"/v1/{name}")
    assert status in (404, 409, 422, 500)
    assert cbor2.loads(answer)["code"]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/v1/nothing", "POST", 404), ("/v2/erase", "POST", 404), ("/v1/erase", "GET", 404), ("/", "POST", 404)],
)
def test_there_are_no_other_calls(path, method, status):
    assert ask(b"", path, method)[0] == status


@pytest.mark.parametrize("length", ["", "x", "-1", str(wire.MOST_BYTES + 1)])
def test_a_body_too_long_or_of_unknown_length_is_not_read(length):
    assert ask(b"", length=length)[0] == 422


def test_an_error_comes_back_as_it_was():
    status, answer = ask(wire.pack({"subjects": b""}))
    error = wire.to_error(cbor2.loads(answer))
    assert (status, type(error), str(error)) == (409, Refused, "here: No more.")


def test_what_nobody_foresaw_is_logged_by_its_place_and_never_by_its_words(caplog):
    status, answer = ask(wire.pack({"subjects": b"", "jurisdictions": []}), "/v1/place")
    assert status == 500
    assert isinstance(wire.to_error(cbor2.loads(answer)), Broken)
    assert "ValueError" in caplog.text
    assert SIGN not in caplog.text + answer.decode("utf-8", "replace")


def test_health_is_answered_without_a_look_at_anything():
    vault = Vault()
    assert ask(b"", "/healthz", "GET", vault=vault) == (200, b"ok\n")
    assert vault.asked == 0


SUBJECTS = st.uuids()
IDENTITIES = st.builds(
    Identity,
    st.text(max_size=9),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=9)), max_size=3).map(tuple),
    st.lists(st.text(max_size=9), max_size=3).map(tuple),
    st.text(max_size=9),
)


def travelled(value):
    return wire.unpack(wire.pack(value))


@given(st.dictionaries(SUBJECTS, st.tuples(IDENTITIES, st.integers(0, 2**63 - 1)), max_size=5), st.text(max_size=9))
def test_identities_travel_unchanged(people, key):
    identities = {subject: identity for subject, (identity, _) in people.items()}
    places = {subject: place for subject, (_, place) in people.items()}
    sent = wire.PUT.asked(travelled(wire.PUT.asking(identities, places, key)))
    assert sent == {"identities": identities, "jurisdictions": places, "key": key}
    assert wire.REVEAL.answered(travelled(wire.REVEAL.answering(identities))) == identities


@given(st.dictionaries(SUBJECTS, st.binary(min_size=32, max_size=32), max_size=5))
def test_keys_travel_unchanged(keys):
    assert wire.KEYS.answered(travelled(wire.KEYS.answering(keys))) == keys


@given(st.datetimes(timezones=st.just(wire.to_instant(0).tzinfo)), st.lists(SUBJECTS, max_size=3), st.integers(0, 9))
def test_accesses_travel_to_the_microsecond(at, subjects, number):
    found = [Access(at, "reveal", "officer 7", "duty-control", tuple(subjects), number)]
    assert wire.ACCESSES.answered(travelled(wire.ACCESSES.answering(found))) == found


# The client


def test_nobody_at_the_socket_is_unavailable_for_every_call(tmp_path):
    client = KeyClient.to(f"http+unix://{quote(str(tmp_path / 'none.sock'), safe='')}")
    assert not client.answers()
    for call in (
        lambda: client.reveal([UUID(int=1)], asker="officer 7", purpose="duty-control"),
        lambda: client.put({UUID(int=1): Identity(SIGN)}, jurisdictions={UUID(int=1): 1}, key="one"),
        lambda: client.keys([UUID(int=1)], create=True),
    ):
        with pytest.raises(Unavailable) as refusal:
            call()
        assert SIGN not in str(refusal.value)


@pytest.mark.parametrize("url", ["http://keys.example", "http+unix://", "ftp://keys.example", "keys.example:1"])
def test_another_kind_of_address_is_refused(url):
    with pytest.raises(InvalidInput):
        KeyClient.to(url)


@pytest.fixture
def listener(tmp_path) -> Iterator[tuple[socket.socket, KeyClient]]:
    place = tmp_path / "some.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        client = KeyClient.to(f"http+unix://{quote(str(place), safe='')}")
        yield listening, client
        client.close()


def hang_up(listening: socket.socket, times: int) -> threading.Thread:
    """Take that many requests and answer none."""

    def work() -> None:
        for _ in range(times):
            taken, _ = listening.accept()
            with taken:
                taken.recv(65536)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_look_is_sent_once_and_what_is_idempotent_three_times(listener):
    listening, client = listener
    thread = hang_up(listening, 1)
    with pytest.raises(Unavailable):
        client.reveal([UUID(int=1)], asker="officer 7", purpose="duty-control")
    thread.join(60)
    assert not thread.is_alive()
    thread = hang_up(listening, 3)
    with pytest.raises(Unavailable):
        client.keys([UUID(int=1)], create=True)
    thread.join(60)
    assert not thread.is_alive()
    listening.settimeout(0.2)
    with pytest.raises(TimeoutError):
        listening.accept()


def test_who_is_there_and_does_not_answer_is_waited_for_once(listener, monkeypatch):
    listening, client = listener
    monkeypatch.setattr(wire, "KEYS", replace(wire.KEYS, seconds=0.2))
    with pytest.raises(Unavailable):
        client.keys([UUID(int=1)], create=True)
    listening.accept()[0].close()
    listening.settimeout(0.2)
    with pytest.raises(TimeoutError):
        listening.accept()


def test_one_connection_serves_call_after_call(clean: Installation, caplog):
    caplog.set_level(logging.DEBUG)
    client = KeyClient.to(clean.keyservice.url)
    assert client.keys([UUID(int=1)], create=True) == client.keys([UUID(int=1)], create=False)
    kept = client._connections._kept
    assert len(kept) == 1
    first = kept[0]
    client.put({UUID(int=1): Identity(SIGN)}, jurisdictions={UUID(int=1): 1}, key="one")
    assert kept == [first]
    client.close()
    said = (clean.keyservice.log_dir / "keyservice.log").read_text("utf-8")
    assert SIGN not in said + caplog.text
