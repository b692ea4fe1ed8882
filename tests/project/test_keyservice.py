"""The key service's process: alone over mutual TLS, its keys wrapped anew, how it stands, and what is without it."""

import base64
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.project.running import PATIENCE, free_port, laid_out, wait_for

from epiloop.core.errors import InvalidInput, NotFound, Unavailable
from epiloop.core.jurisdictions import code, scope
from epiloop.gateways.connections import Certificates
from epiloop.gateways.keys import KeyClient
from epiloop.gateways.silence import Patience
from epiloop.project import postgres
from epiloop.project.holding import hold
from epiloop.project.home import Installation, KeyHome, installation_at, key_home_at
from epiloop.project.keyservice import certificates, master
from epiloop.project.keyservice.holding import client as client_of
from epiloop.project.keyservice.holding import is_running
from epiloop.vault.port import Identity

ZHANG = UUID(int=7)
PEOPLE = {ZHANG: Identity("张伟", (), ("13812345678",))}
HOMES = {ZHANG: int(code("450204"))}
QUICK = {"postgres__fsync": "off", "postgres__shared_buffers": "64MB"}


@dataclass
class Alone:
    """A key service on a machine of its own: the process, its home, and the application's certificates."""

    home: KeyHome
    url: str
    files: Path
    process: "subprocess.Popen[bytes]"

    def client(self, files: Path | None = None) -> KeyClient:
        names = [(files or self.files) / name for name in certificates.CLIENT]
        return KeyClient.to(self.url, certificates=Certificates(*names), patience=Patience(connect=60))


def verb(*arguments: str) -> str:
    asked = [sys.executable, "-m", "epiloop", *arguments]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout


def ask_without_certificate(port: int) -> bytes:
    trusting = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trusting)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    port = free_port()
    home = key_home_at(tmp_path / "keys").lay_out(listen=f"127.0.0.1:{port}", **QUICK)
    verb("keys", "certificates", "--home", str(home.home), "--host", "127.0.0.1", "--to", str(tmp_path / "carried"))
    serving = [sys.executable, "-m", "epiloop", "keyservice", "serve", "--home", str(home.home)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(serving, stdout=log, stderr=log)
    started = Alone(home, f"https://127.0.0.1:{port}", tmp_path / "carried", process)
    client = started.client()
    wait_for(lambda: client.answers() or process.poll() is not None, "the key service")
    assert process.poll() is None, (tmp_path / "log").read_text()
    client.close()
    yield started
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    wait_for(lambda: not postgres.is_kept(home), "its PostgreSQL to stop")


@pytest.mark.slow
def test_on_a_machine_of_its_own_it_answers_only_who_holds_the_certificate(alone: Alone, tmp_path: Path):
    client = alone.client()
    client.put(PEOPLE, jurisdictions=HOMES, key="one")
    assert client.reveal([ZHANG], asker="officer 7", purpose="duty-control") == PEOPLE
    assert (
        client.search("张伟", scope=scope(code("4502")), limit=5, asker="officer 7", purpose="case-investigation")[
            0
        ].subject
        == ZHANG
    )

    # Another's certificate, though for the same names, and none at all.
    for name, content in certificates.make(
        key_home_at(tmp_path / "other").lay_out(), "127.0.0.1", at=datetime.now(UTC)
    ).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / certificates.CLIENT[0]).write_bytes((alone.files / certificates.CLIENT[0]).read_bytes())
    stranger = alone.client(tmp_path)
    assert not stranger.answers()
    with pytest.raises(Unavailable):
        stranger.reveal([ZHANG], asker="officer 7", purpose="duty-control")
    with pytest.raises((OSError, http.client.HTTPException)):
        ask_without_certificate(int(alone.url.rsplit(":", 1)[1]))
    assert [access.asker for access in client.accesses()] == ["officer 7", "officer 7"]

    found = client.status()
    assert found["certificate_ends_at"] > datetime.now(UTC).isoformat()
    assert found["subjects"] == {"keys": 1, "erased": 0, "identities": 1}

    # The wrapping changes while it runs; whoever starts next reads with the new key.
    before = (alone.home.key_file("envelope").read_bytes(), alone.home.key_file("master").read_bytes())
    key = master.unlocked(alone.home)
    verb("keys", "rotate", "--home", str(alone.home.home))
    after = (alone.home.key_file("envelope").read_bytes(), alone.home.key_file("master").read_bytes())
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert master.unlocked(alone.home) == key
    assert client.reveal([ZHANG], asker="officer 7", purpose="duty-control") == PEOPLE
    client.close()


def test_an_installation_whose_key_service_is_elsewhere_starts_none(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("EPILOOP_KEYSERVICE_URL", "https://127.0.0.1:9")
    home = laid_out(tmp_path / "home")
    assert not (home.home / "keyservice").exists()
    monkeypatch.delenv("EPILOOP_KEYSERVICE_URL")
    remembered = installation_at(home.home)
    assert remembered.keyservice_url == "https://127.0.0.1:9"
    with pytest.raises(NotFound, match="certificates"):
        client_of(remembered)
    for name, content in certificates.make(key_home_at(tmp_path / "b").lay_out(), "b", at=datetime.now(UTC)).items():
        remembered.write_key(name, content)
    with pytest.raises(Unavailable):
        client_of(remembered).keys([ZHANG], create=True)
    with hold(remembered):
        assert postgres.answers(remembered)
        assert not is_running(remembered.keyservice)
    wait_for(lambda: not postgres.is_kept(remembered), "PostgreSQL to stop")


def test_how_it_stands_is_counts_ages_and_versions(clean: Installation):
    client = client_of(clean)
    client.put(PEOPLE, jurisdictions=HOMES, key="one")
    client.keys([UUID(int=8)], create=True)
    client.erase([UUID(int=8)])
    client.reveal([ZHANG], asker="officer 7", purpose="duty-control")
    found = client.status()
    client.close()
    assert found["process"]["up"]
    assert found["database"]["up"]
    assert found["subjects"] == {"keys": 1, "erased": 1, "identities": 1}
    assert (found["log"]["entries"], found["log"]["intact"], len(found["log"]["head"])) == (1, True, 64)
    assert found["master"]["provider"] == "file"
    assert found["master"]["age_days"] == 0
    assert len(found["days"]) == 21
    kept = {"rows", "bytes", "files", "whole", "missing_rows", "missing_files"}
    assert set(found["days"][0]) == {"day", "held", "copied", "leftover", *kept}
    assert all(day["held"] and day["copied"] and not day["leftover"] for day in found["days"])
    assert set(found["retention"]) == {"days", "basis", "standby", "wrong", "swap"}
    assert (found["retention"]["days"], found["retention"]["wrong"]) == (14, "")
    assert set(found["collection"]) == {"on", "renewal", "what", "decision", "decided_at", "until"}
    assert found["collection"]["on"]
    printed = verb("keys", "status")
    assert f"day {found['days'][0]['day']}: held, copied, rows 0, bytes 0" in printed
    assert json.loads(verb("keys", "status", "--json"))["days"] == found["days"]
    assert "张伟" not in json.dumps(found, ensure_ascii=False)


def test_a_log_that_was_changed_is_not_intact(clean: Installation):
    client = client_of(clean)
    client.reveal([ZHANG], asker="officer 7", purpose="duty-control")
    dsn = psycopg.conninfo.make_conninfo(clean.keyservice.dsn("admin"), dbname="epiloop_vault")
    with psycopg.connect(dsn, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE access SET asker = 'nobody'")
    assert not client.status()["log"]["intact"]
    client.close()


def test_a_full_vault_without_its_envelope_gets_no_new_one(tmp_path: Path):
    home = key_home_at(tmp_path / "keys").lay_out()
    with pytest.raises(NotFound):
        master.make_if_empty(home, empty=False)
    master.make_if_empty(home, empty=True)
    key = master.unlocked(home)
    master.make_if_empty(home, empty=True)
    assert master.unlocked(home) == key


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_rotation_broken_off_between_its_files_is_finished(tmp_path: Path, crash):
    home = key_home_at(tmp_path / "keys").lay_out()
    master.make_if_empty(home, empty=True)
    key, old, envelope = master.unlocked(home), *(home.key_file(name).read_bytes() for name in ("master", "envelope"))
    master.wrap_anew(home)
    home.write_key("master.new", home.key_file("master").read_bytes())
    home.write_key("master", old)
    if crash == "before":
        home.write_key("envelope", envelope)
    master.finish_rotation(home)
    assert master.unlocked(home) == key
    assert not home.key_file("master.new").exists()


def test_another_provider_takes_the_key_over(tmp_path: Path, monkeypatch):
    home = key_home_at(tmp_path / "keys").lay_out()
    master.make_if_empty(home, empty=True)
    key = master.unlocked(home)
    monkeypatch.setenv(master.VARIABLE, base64.b64encode(os.urandom(32)).decode())
    master.wrap_anew(home, "environment")
    home.settings_file.write_text('master = "environment"\n')
    assert master.unlocked(key_home_at(home.home)) == key
    home.settings_file.write_text('master = "a drawer"\n')
    with pytest.raises(InvalidInput, match="a drawer"):
        master.unlocked(key_home_at(home.home))
