"""The envelope of the master key: each provider opens what it closed, and nothing else opens it."""

import base64
import importlib.util
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from epiloop.core.errors import Broken, EpiloopError, InvalidInput, NotFound, Unavailable
from keyservice import envelope, keyfile, providers

AT = datetime(2022, 7, 1, tzinfo=UTC)
LATER = datetime(2022, 8, 1, tzinfo=UTC)
TOKEN = "s.of-this-test"


class Engine(BaseHTTPRequestHandler):
    """The transit engine's encrypt and decrypt, as its documentation says, with keys of its own."""

    keys: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Vault-Token"] != TOKEN:
            return self.say(403, {"errors": ["permission denied"]})
        if self.path == "/v1/transit/encrypt/epiloop":
            nonce = os.urandom(12)
            sealed = nonce + AESGCM(self.keys[-1]).encrypt(nonce, base64.b64decode(asked["plaintext"]), b"")
            text = f"vault:v{len(self.keys)}:{base64.b64encode(sealed).decode()}"
            return self.say(200, {"data": {"ciphertext": text, "key_version": len(self.keys)}})
        if self.path == "/v1/transit/decrypt/epiloop":
            try:
                _, version, text = asked["ciphertext"].split(":")
                sealed = base64.b64decode(text)
                plain = AESGCM(self.keys[int(version[1:]) - 1]).decrypt(sealed[:12], sealed[12:], b"")
            except Exception:
                return self.say(400, {"errors": ["cipher: message authentication failed"]})
            return self.say(200, {"data": {"plaintext": base64.b64encode(plain).decode()}})
        return self.say(404, {"errors": []})

    def say(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[str]:
    Engine.keys[:] = [os.urandom(32)]
    with ThreadingHTTPServer(("127.0.0.1", 0), Engine) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["file", "environment", "transit"])
def provider(request, tmp_path, engine) -> envelope.Provider:
    if request.param == "file":
        keyfile.create(tmp_path / "master")
        return providers.file(tmp_path / "master")
    if request.param == "environment":
        return providers.environment(base64.b64encode(os.urandom(32)).decode(), "HERE")
    return providers.Transit(engine, "epiloop", TOKEN)


def test_what_a_provider_wrapped_it_opens_again(provider):
    made = envelope.made(os.urandom, provider, AT)
    master = envelope.opened(made, provider)
    assert len(master) == 32
    assert envelope.opened(made, provider) == master
    assert envelope.opened(envelope.made(os.urandom, provider, AT), provider) != master
    told = envelope.about(made, provider)
    assert (told.provider, told.made_at, told.wrapped_at) == (provider.name, AT, AT)
    assert told.version


def test_the_envelope_shows_nothing_of_the_key(provider):
    master = bytes(range(32))
    made = envelope.made(lambda _size: master, provider, AT)
    for form in (master, master.hex().encode(), base64.b64encode(master)):
        assert form not in made


def test_a_changed_envelope_does_not_open(provider):
    parts = json.loads(envelope.made(os.urandom, provider, AT))
    other = json.loads(envelope.made(os.urandom, provider, AT))
    turned = parts["wrapped"][:-6] + ("A" if parts["wrapped"][-6] != "A" else "B") + parts["wrapped"][-5:]
    for change in ({"wrapped": turned}, {"wrapped": other["wrapped"]}, {"check": other["check"]}, {"format": 2}):
        with pytest.raises(Broken):
            envelope.opened(json.dumps(parts | change).encode(), provider)
    with pytest.raises(Broken):
        envelope.opened(b"not an envelope", provider)


def test_another_key_opens_nothing(tmp_path):
    for name in ("one", "other"):
        keyfile.create(tmp_path / name)
    made = envelope.made(os.urandom, providers.file(tmp_path / "one"), AT)
    with pytest.raises(Broken):
        envelope.opened(made, providers.file(tmp_path / "other"))


def test_wrapping_anew_keeps_the_master_key_and_shuts_out_the_old_provider(tmp_path, engine):
    keyfile.create(tmp_path / "old")
    old, new = providers.file(tmp_path / "old"), providers.Transit(engine, "epiloop", TOKEN)
    made = envelope.made(os.urandom, old, AT)
    moved = envelope.wrapped_anew(made, old, new, LATER)
    assert envelope.opened(moved, new) == envelope.opened(made, old)
    told = envelope.about(moved, new)
    assert (told.provider, told.version, told.made_at, told.wrapped_at) == ("transit", "v1", AT, LATER)
    with pytest.raises(Broken, match="wrapped by transit, the settings name file"):
        envelope.opened(moved, old)


def test_a_new_version_of_the_transit_key_is_taken_by_wrapping_anew_and_the_old_still_opens(engine):
    transit = providers.Transit(engine, "epiloop", TOKEN)
    made = envelope.made(os.urandom, transit, AT)
    Engine.keys.append(os.urandom(32))
    assert envelope.opened(made, transit)
    moved = envelope.wrapped_anew(made, transit, transit, LATER)
    assert envelope.about(moved, transit).version == "v2"
    assert envelope.opened(moved, transit) == envelope.opened(made, transit)


def test_a_transit_service_that_refuses_or_is_gone_says_so_without_token_or_key(engine):
    made = envelope.made(os.urandom, providers.Transit(engine, "epiloop", TOKEN), AT)
    for wrong in (
        providers.Transit(engine, "epiloop", "s.another"),
        providers.Transit(engine, "nowhere", TOKEN),
        providers.Transit("http://127.0.0.1:9", "epiloop", TOKEN),
    ):
        with pytest.raises(Unavailable) as refusal:
            envelope.opened(made, wrong)
        assert TOKEN not in f"{refusal.value!r} {refusal.value} {wrong!r}"


def test_a_transit_service_elsewhere_is_asked_over_https_only():
    with pytest.raises(InvalidInput, match="https"):
        providers.Transit("http://vault.example:8200", "epiloop", TOKEN).wrap(bytes(32))


@pytest.mark.parametrize(
    ("text", "error"), [(None, NotFound), ("", NotFound), ("c2hvcnQ=", InvalidInput), ("?", InvalidInput)]
)
def test_an_environment_without_a_key_is_told_so(text, error):
    with pytest.raises(error, match="HERE"):
        providers.environment(text, "HERE").wrap(bytes(32))


def test_a_hardware_token_without_its_package_or_module_is_told_so():
    with pytest.raises(EpiloopError) as refusal:
        providers.HardwareToken("/nowhere/token.so", "epiloop", "master", "1234").wrap(bytes(32))
    assert "1234" not in f"{refusal.value!r} {refusal.value}"


@pytest.mark.skipif(
    importlib.util.find_spec("pkcs11") is None or not os.environ.get("EPILOOP_TEST_PKCS11"),
    reason="no hardware token: needs python-pkcs11, and EPILOOP_TEST_PKCS11=MODULE:TOKEN:LABEL:PIN (softhsm2 serves)",
)
def test_a_hardware_token_opens_what_it_wrapped():
    token = providers.HardwareToken(*os.environ["EPILOOP_TEST_PKCS11"].split(":"))
    made = envelope.made(os.urandom, token, AT)
    assert envelope.opened(made, token) == envelope.opened(made, token)
    key = os.urandom(32)
    assert token.unwrap(token.wrap(key)) == key
    for damaged in ("?", "", token.wrap(key)[:24]):
        with pytest.raises(Broken, match="does not open"):
            token.unwrap(damaged)
    for wrong in (replace(token, pin="0"), replace(token, label="another"), replace(token, token="another")):
        with pytest.raises(Unavailable, match="hardware token"):
            wrong.wrap(key)
