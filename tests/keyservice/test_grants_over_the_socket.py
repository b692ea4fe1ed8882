"""Whoever goes past the application and asks the socket gets what is signed for only; the verbs of administrators."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.keyservice.casework import (
    CASE,
    DAY,
    FRIEND,
    HOUR,
    PEOPLE,
    STAFF,
    TOWN,
    VISITOR,
    ZONE,
    attest,
    authorisation,
    enrol,
    opened,
    phone,
    private,
    propose,
    sign,
)

from epiloop.core.errors import EpiloopError, InvalidInput, NotAllowed, NotFound, Refused
from epiloop.gateways.keys import KeyClient
from epiloop.project.home import Installation, key_home_at
from epiloop.project.keyservice import enrolling
from epiloop.vault import grants, hours
from epiloop.vault.signatures import PublicKey, Signature, public_of
from epiloop.vault.visits import Kind, Said, kind_number
from keyservice.identity import LocalVault

CLOCK = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def client(clean: Installation) -> Iterator[KeyClient]:
    client = KeyClient.to(clean.keyservice.url)
    client.put(PEOPLE, jurisdictions=dict.fromkeys(PEOPLE, TOWN), key="town")
    vault = LocalVault.on(clean.dsn("vault"), bytes(32))
    now = datetime.now(UTC)
    enrol(vault.pool, since=now - DAY, until=now + DAY)
    vault.close()
    yield client
    client.close()


def send(client: KeyClient, noon: datetime) -> None:
    """The case and a visitor for an hour in one room, as a gate sends it."""
    day, number = noon.astimezone(CLOCK).date(), int(noon.timestamp())
    text = client.announcement()
    public = hours.announced(text, hours.signer_of(text))[day]
    key = hours.wrap(public, day, hour=number // 3600, key=os.urandom(32), once=os.urandom(32))
    sealer = key.sealer()
    rows = b"".join(
        sealer.seal(Said(os.urandom(16), Kind.OUT, number, number + 3600, ZONE, code, kind_number("shop"))).pack()
        for code in (phone("13812345678"), phone(VISITOR))
    )
    assert client.collect(rows, key.wrapped) == {"kept": 2}


def test_the_socket_answers_to_signatures_only(client):
    now = datetime.now(UTC).replace(microsecond=0)
    send(client, now - DAY)
    attest(client, "confirmed", at=now)
    given = authorisation(at=now)
    text = grants.write(given)
    forged = Signature(public_of(private("maker")).name, bytes(64))
    wider = authorisation(at=now, since=now - 20 * DAY)
    for attempt, wrong in (
        (lambda: client.propose(text, forged), NotAllowed),
        (lambda: client.propose(text, sign("approver", text)), NotAllowed),
        (lambda: client.propose(text + b"\0", sign("maker", text + b"\0")), InvalidInput),
        (lambda: propose(client, authorisation(at=now - 4 * DAY)), Refused),
        (lambda: client.trace(given.id, "maker"), NotFound),
        (lambda: client.trace(CASE, "maker"), NotFound),
    ):
        with pytest.raises(wrong):
            attempt()
    grant = propose(client, given)
    for attempt in (
        lambda: client.trace(grant, "maker"),
        lambda: client.approve(grant, sign("maker", text)),
        lambda: client.approve(grant, sign("colleague", text)),
        lambda: client.approve(grant, sign("approver", grants.write(wider))),
        lambda: client.approve(grant, sign("nobody at all", text)),
    ):
        with pytest.raises(EpiloopError):
            attempt()
    assert opened(client, given, "approver") == grant
    with pytest.raises(NotAllowed):
        client.trace(grant, "approver")
    (met,) = client.trace(grant, "maker").people
    assert (met.phones, met.together, met.kinds) == ((VISITOR,), 60, ("shop",))
    assert [one.kind for one in client.accesses(limit=3)] == ["trace", "trace", "approve"]
    assert [one.case for one in client.accesses(subject=CASE, limit=1)] == [grant]
    client.withdraw(grant, "maker")
    with pytest.raises(Refused):
        client.trace(grant, "maker")
    assert [one.state for one in client.grants()] == ["withdrawn"]
    assert sum(one.people for one in client.counts()) == 1


def test_an_emergency_over_the_socket_is_of_one_person_and_nobody_reviews_their_own(client):
    now = datetime.now(UTC).replace(microsecond=0)
    grant = propose(client, authorisation("break-glass", 4, now, subject=FRIEND))
    assert client.history(grant, "maker") == []
    own, other = (sign(who, grants.review_text(grant, justified=True)) for who in ("maker", "colleague"))
    with pytest.raises(NotAllowed):
        client.review(grant, own, justified=True)
    client.review(grant, other, justified=True)
    assert [one.review_due for one in client.grants()] == [None]
    with pytest.raises(Refused):
        propose(client, authorisation("break-glass", 5, now - HOUR - timedelta(seconds=1)))


def verb(*arguments: str, given: bytes | None = None) -> str:
    asked = [sys.executable, "-m", "epiloop", "keys", *arguments]
    return subprocess.run(asked, input=given, capture_output=True, check=True).stdout.decode()


def test_administrators_let_keys_in_and_out_and_a_file_signs(client, clean, tmp_path):
    home = ("--home", str(clean.keyservice.home))
    verb("make", str(tmp_path / "mine"))
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o600
    key = PublicKey.of((tmp_path / "mine.pub").read_text())
    assert not client.enrol(key, "newcomer", "centre")
    assert "newcomer unit centre from waits" in verb("people", "list", *home)
    text = grants.write(authorisation(at=datetime.now(UTC), creator="newcomer", staff=("newcomer",)))
    signature = Signature.of(verb("sign", "--key", str(tmp_path / "mine"), "-", given=text))
    with pytest.raises(NotAllowed):
        client.propose(text, signature)
    verb("people", "enrol", *home, "--account", "newcomer", "--unit", "centre", "--key", key.name.hex())
    client.propose(text, signature)
    assert [one.waiting for one in client.signers("newcomer")] == [False]
    verb("people", "end", *home, "--account", "newcomer")
    assert client.signers("newcomer") == []
    assert "central lab" in verb("sources", "list", *home)
    assert len(verb("people", "list", *home).splitlines()) == len(STAFF) + 1


def test_status_says_in_plain_words_whether_a_call_may_let_keys_in(tmp_path):
    usual, demonstration = (
        key_home_at(tmp_path / "usual").lay_out(),
        key_home_at(tmp_path / "demo").lay_out(enrol="open"),
    )
    assert (enrolling.is_open(usual), enrolling.is_open(demonstration)) == (False, True)
    assert enrolling.said(usual).startswith("closed")
    assert "an approval proves nothing" in enrolling.said(demonstration)
