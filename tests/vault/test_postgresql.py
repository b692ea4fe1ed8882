"""The vault on PostgreSQL is a vault, agrees with its twin, and holds when several write at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest

from epiloop.core.errors import Broken, Refused
from epiloop.core.jurisdictions import code, scope
from epiloop.vault.memory import MemoryVault
from epiloop.vault.port import Identity
from keyservice import keyfile, schema
from keyservice.identity import LocalVault
from keyservice.upkeep import refresh

from .contract import VaultContract, town

__all__ = ["town"]

TOWN = int(code("450204001"))
WITHIN = scope(code("4502"))


@pytest.fixture
def vault(local: LocalVault) -> LocalVault:
    return local


class TestLocalVault(VaultContract):
    pass


def crowd(count: int) -> dict[UUID, Identity]:
    """People whose names, phones and addresses collide often."""
    draw = random.Random(5)
    letters = ["Amina", "Aminata", "Kamara", "Koroma", "Wei", "Zhang", "Xiaoming", "Jon", "John"]

    def name() -> str:
        if draw.random() < 0.2:
            return " ".join(draw.sample(letters, draw.choice((1, 2, 3))))
        return draw.choice("王李张章") + "".join(draw.choices("伟玮芳小晓明敏", k=draw.choice((1, 2, 2, 3))))

    return {
        UUID(int=draw.getrandbits(128)): Identity(
            name(), (), (f"1390000{draw.randrange(count // 2):04}",), f"{draw.randrange(40)} 号"
        )
        for _ in range(count)
    }


def test_the_twin_and_postgresql_find_and_pair_the_same(local, clean, tmp_path):
    people = crowd(600)
    twin = MemoryVault(
        keyfile.load(tmp_path / "master"), randomness=random.Random(1).randbytes, clock=lambda: datetime.now(UTC)
    )
    places = {subject: TOWN + draw % 7 * 10**7 for draw, subject in enumerate(people)}
    for one in (local, twin):
        one.put(people, jurisdictions=places, key="crowd")
    refresh(clean.dsn("vault"))
    asked = dict.fromkeys([*[one.name for one in people.values()][:80], "zhang wei", "王小", "Jhon Kamara"])
    found = 0
    for text in asked:
        hits = local.search(text, scope=WITHIN, limit=15, asker="property", purpose="case-investigation")
        assert hits == twin.search(text, scope=WITHIN, limit=15, asker="property", purpose="case-investigation")
        found += len(hits)
    assert found > 300
    pairs = local.linkage([*people], scope=WITHIN)
    assert pairs == twin.linkage([*people], scope=WITHIN)
    assert len(pairs) > 10


def test_two_puts_of_the_same_new_person_at_once_leave_one_of_them_whole(local):
    people = [
        {UUID(int=n): Identity(f"张{sign}", (), (f"1380000000{at}",)) for n in range(50)}
        for at, sign in enumerate("伟芳敏静")
    ]
    homes = {UUID(int=n): TOWN for n in range(50)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: local.put(people[at], jurisdictions=homes, key=f"put {at}"), range(4)))
    shown = local.reveal([*homes], asker="test", purpose="supervision")
    assert shown in people
    found = local.search(
        shown[UUID(int=0)].phones[0], scope=WITHIN, limit=100, asker="test", purpose="case-investigation"
    )
    assert len(found) == 50


def test_one_key_used_twice_at_once_is_one_put(local):
    one, other = {UUID(int=1): Identity("张伟")}, {UUID(int=2): Identity("李娜")}
    homes = dict.fromkeys([UUID(int=1), UUID(int=2)], TOWN)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda some: local.put(some, jurisdictions=homes, key="same"), (one, other)))
    assert local.reveal([*homes], asker="test", purpose="supervision") in (one, other)


def test_keys_made_at_once_are_one_key(local):
    subjects = [UUID(int=n) for n in range(200)]
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: local.keys(subjects, create=True), range(4))
    assert len(first) == 200
    assert others == [first] * 3


def test_erasing_while_others_put_leaves_nobody_half_erased(local):
    subjects = [UUID(int=n) for n in range(100)]
    homes = dict.fromkeys(subjects, TOWN)

    def put(at: int) -> None:
        try:
            local.put({subject: Identity("张伟") for subject in subjects}, jurisdictions=homes, key=f"put {at}")
        except Refused:
            return

    with ThreadPoolExecutor(5) as pool:
        puts = [pool.submit(put, at) for at in range(4)]
        pool.submit(local.erase, subjects).result()
        for done in puts:
            done.result()
    assert local.keys(subjects, create=True) == {}
    assert local.reveal(subjects, asker="test", purpose="supervision") == {}
    assert local.search("张伟", scope=WITHIN, limit=5, asker="test", purpose="case-investigation") == []


def test_an_unfinished_put_leaves_nothing(local):
    homes = {UUID(int=1): TOWN, UUID(int=2): 2**70}
    with pytest.raises(Exception, match="int"):
        local.put({subject: Identity("张伟") for subject in homes}, jurisdictions=homes, key="too large")
    assert local.keys([*homes], create=False) == {}
    local.put({UUID(int=1): Identity("张伟")}, jurisdictions=homes, key="too large")
    assert local.reveal([*homes], asker="test", purpose="supervision") == {UUID(int=1): Identity("张伟")}


def test_migrating_again_does_nothing(clean):
    assert schema.migrate(clean.dsn("vault")) == 0


def test_a_migration_that_ran_with_another_text_stops_everything(clean, superuser):
    superuser.execute("UPDATE migration SET digest = digest || '\\x00' WHERE number = 1")
    try:
        with pytest.raises(Broken, match="0001_vault"):
            schema.migrate(clean.dsn("vault"))
    finally:
        superuser.execute("UPDATE migration SET digest = substr(digest, 1, 32) WHERE number = 1")
