"""What every vault does. Run on the in-memory twin and on PostgreSQL by subclasses that give a `vault`."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.jurisdictions import Scope, code, scope
from epiloop.vault.port import Identity, LedgerEnd, Match, Pair, Vault
from epiloop.vault.sealing import seal, unseal

ZHANG, ZHANG_SOUND, WANG, SMITH, NOBODY = (UUID(int=n) for n in range(1, 6))
LIUNAN = code("450204")
YUFENG = code("450203")
LIUZHOU = scope(code("4502"))
CAST = {
    ZHANG: Identity("张伟", (("id-card", "11010519491231002X"),), ("13812345678",), "柳南区飞鹅路 1 号"),
    ZHANG_SOUND: Identity("章玮", (("passport", "E12345678"),), ("+86 139-0000-0001",), "鱼峰区屏山大道 2 号"),
    WANG: Identity("王小明", (), ("0772-2345678",)),
    SMITH: Identity("John Smith", (("passport", "GB 998 877"),)),
}
HOMES = {ZHANG: int(LIUNAN), ZHANG_SOUND: int(YUFENG), WANG: int(code("450204001001")), SMITH: int(YUFENG)}


@pytest.fixture
def town(vault: Vault) -> Vault:
    vault.put(CAST, jurisdictions=HOMES, key="the cast")
    return vault


def ask(vault: Vault, text: str, within: Scope = LIUZHOU, limit: int = 10) -> list[Match]:
    return vault.search(text, scope=within, limit=limit, asker="duty officer", purpose="case-investigation")


def found(vault: Vault, text: str, within: Scope = LIUZHOU) -> list[UUID]:
    return [match.subject for match in ask(vault, text, within)]


class Reading:
    def test_what_was_put_is_revealed_as_it_was(self, town):
        assert town.reveal([*CAST, NOBODY], asker="officer 7", purpose="duty-control") == CAST

    def test_putting_again_replaces(self, town):
        town.put({ZHANG: Identity("张卫")}, jurisdictions=HOMES, key="corrected")
        assert town.reveal([ZHANG], asker="officer 7", purpose="duty-control") == {ZHANG: Identity("张卫")}
        assert found(town, "13812345678") == []

    def test_a_key_used_before_changes_nothing(self, town):
        town.put(
            {ZHANG: Identity("张卫"), NOBODY: Identity("李四")}, jurisdictions={ZHANG: 1, NOBODY: 1}, key="the cast"
        )
        assert town.reveal([ZHANG, NOBODY], asker="officer 7", purpose="duty-control") == {ZHANG: CAST[ZHANG]}

    def test_a_person_without_jurisdiction_is_refused_and_nobody_stored(self, vault):
        with pytest.raises(InvalidInput):
            vault.put(CAST, jurisdictions={ZHANG: int(LIUNAN)}, key="incomplete")
        assert vault.reveal([*CAST], asker="officer 7", purpose="duty-control") == {}

    @pytest.mark.parametrize(("asker", "purpose"), [("", "duty-control"), ("officer 7", " "), ("officer 7", "police")])
    def test_nobody_reads_without_saying_who_and_for_a_purpose_of_the_list(self, town, asker, purpose):
        with pytest.raises(InvalidInput):
            town.reveal([ZHANG], asker=asker, purpose=purpose)

    def test_an_empty_identity_is_kept(self, vault):
        vault.put({NOBODY: Identity()}, jurisdictions={NOBODY: 1}, key="empty")
        assert vault.reveal([NOBODY], asker="officer 7", purpose="duty-control") == {NOBODY: Identity()}


class Keys:
    def test_keys_stay_the_same_and_differ_between_subjects(self, vault):
        first = vault.keys([ZHANG, WANG], create=True)
        assert vault.keys([WANG, ZHANG, WANG], create=False) == first
        assert len(set(first.values())) == 2
        assert {len(key) for key in first.values()} == {32}

    def test_nobody_gets_a_key_unless_created(self, vault):
        assert vault.keys([NOBODY], create=False) == {}

    def test_a_person_has_a_key_from_the_first_put(self, town):
        assert town.keys([ZHANG], create=False) == town.keys([ZHANG], create=True)

    def test_keys_made_before_the_identity_stay(self, vault):
        key = vault.keys([ZHANG], create=True)
        vault.put(CAST, jurisdictions=HOMES, key="the cast")
        assert vault.keys([ZHANG], create=False) == key


class Searching:
    @pytest.mark.parametrize(
        "text",
        ["11010519491231002X", "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002"],
    )
    def test_a_document_is_found_however_it_is_typed(self, town, text):
        assert ask(town, text) == [Match(ZHANG, 1.0, "document")]

    @pytest.mark.parametrize("text", ["+86 138 1234 5678", "0086-13812345678", "13812345678", "１３８１２３４５６７８"])
    def test_a_phone_is_found_however_it_is_typed(self, town, text):
        assert ask(town, text) == [Match(ZHANG, 1.0, "phone")]

    def test_part_of_a_number_finds_nothing(self, town):
        assert found(town, "1381234567") == found(town, "E1234567") == []

    def test_a_name_finds_itself_first_and_then_what_sounds_like_it(self, town):
        assert ask(town, "张伟") == [Match(ZHANG, 1.0, "name"), Match(ZHANG_SOUND, 0.9, "name")]

    @pytest.mark.parametrize("text", ["zhang wei", "ZhangWei", "Wei Zhang", "Zhāng Wěi", "zang wei"])
    def test_pinyin_finds_characters(self, town, text):
        assert found(town, text) == [ZHANG, ZHANG_SOUND]

    @pytest.mark.parametrize(
        ("text", "who"),
        [
            ("王晓明", WANG),
            ("王明", WANG),
            ("王 小明", WANG),
            ("Jon Smith", SMITH),
            ("smith john", SMITH),
            ("王小民", WANG),
        ],
    )
    def test_a_name_slightly_wrong_is_found(self, town, text, who):
        assert found(town, text) == [who]

    @pytest.mark.parametrize(
        "text", ["张", "王", "zhang", "王芳", "张三", "明", "", " ", "J", "李四", "%", "'; drop table"]
    )
    def test_one_token_finds_nothing(self, town, text):
        assert found(town, text) == []

    def test_only_people_in_scope_are_found(self, town):
        assert found(town, "张伟", scope(LIUNAN)) == [ZHANG]
        assert found(town, "13812345678", scope(YUFENG)) == []
        assert found(town, "王小明", scope(code("450204001"))) == [WANG]
        assert found(town, "张伟", Scope()) == []

    def test_who_moved_is_found_at_the_new_place_only(self, town):
        town.place({ZHANG: int(YUFENG), NOBODY: int(YUFENG)})
        assert found(town, "13812345678", scope(YUFENG)) == [ZHANG]
        assert found(town, "13812345678", scope(LIUNAN)) == []

    def test_the_limit_holds(self, town):
        assert [match.subject for match in ask(town, "张伟", limit=1)] == [ZHANG]
        assert ask(town, "张伟", limit=0) == []

    def test_equal_scores_come_in_the_order_of_ids(self, vault):
        twins = [UUID(int=n << 64) for n in (9, 3, 7)]
        vault.put({twin: Identity("陈静") for twin in twins}, jurisdictions=dict.fromkeys(twins, int(LIUNAN)), key="t")
        assert found(vault, "陈静") == sorted(twins)


class Erasing:
    def test_who_was_erased_can_not_be_read_found_or_unsealed(self, town):
        key = town.keys([ZHANG], create=False)[ZHANG]
        fact = seal({"place": "车站"}, key, stream=ZHANG, kind="exposure", nonce=bytes(12))
        assert unseal(fact, key, stream=ZHANG, kind="exposure")
        town.erase([ZHANG, NOBODY])
        assert town.reveal([ZHANG], asker="officer 7", purpose="duty-control") == {}
        assert found(town, "13812345678") == found(town, "110105194912310021") == []
        assert found(town, "张伟") == [ZHANG_SOUND]
        assert town.keys([ZHANG, NOBODY], create=True) == {}
        assert town.reveal([WANG], asker="officer 7", purpose="duty-control") == {WANG: CAST[WANG]}

    def test_erasure_is_final(self, town):
        town.erase([ZHANG])
        town.erase([ZHANG])
        with pytest.raises(Refused) as refusal:
            town.put(CAST, jurisdictions=HOMES, key="again")
        assert "张伟" not in str(refusal.value)
        town.place({ZHANG: int(LIUNAN)})
        assert town.reveal([ZHANG], asker="officer 7", purpose="duty-control") == {}

    def test_a_repeated_put_after_erasure_brings_nobody_back(self, town):
        town.erase([ZHANG])
        town.put(CAST, jurisdictions=HOMES, key="the cast")
        assert town.reveal([ZHANG], asker="officer 7", purpose="duty-control") == {}


class Linking:
    OTHER = UUID(int=77)

    def pairs(self, vault: Vault, identity: Identity, home: int = LIUNAN) -> list[Pair]:
        vault.put({self.OTHER: identity}, jurisdictions={self.OTHER: home}, key=repr(identity.phones))
        return vault.linkage([self.OTHER], scope=LIUZHOU)

    @pytest.mark.parametrize(
        ("identity", "score", "by"),
        [
            (Identity("张三", (("id-card", "110105491231002"),)), 1.0, ("document",)),
            (Identity("Zhang Wei", (), ("+8613812345678",)), 0.88, ("phone", "name")),
            (Identity("张伟", (), ("13812345678",)), 0.95, ("phone", "name")),
            (Identity("张伟", (), (), "柳南区 飞鹅路1号"), 0.8, ("name", "address")),
            (Identity("张伟", (("id-card", "11010519491231020X"),)), 0.9, ("name", "birth date")),
            (Identity("张伟", (("id-card", "11010619491231009X"),)), 0.5, ("name", "birth date")),
        ],
    )
    def test_two_records_of_one_person_are_paired(self, town, identity, score, by):
        assert self.pairs(town, identity) == [Pair(ZHANG, self.OTHER, score, by)]

    @pytest.mark.parametrize(
        "identity",
        [
            Identity("李娜", (), ("13812345678",)),
            Identity("张伟"),
            Identity("李娜", (), (), "柳南区飞鹅路1号"),
            Identity("张伟", (("id-card", "110105194912310388"),), ("13812345678",)),
        ],
    )
    def test_a_shared_phone_home_or_name_alone_makes_no_pair_and_valid_numbers_part(self, town, identity):
        assert self.pairs(town, identity) == []

    def test_both_sides_must_be_in_scope(self, town):
        assert self.pairs(town, Identity("张伟", (), ("13812345678",)), code("320412")) == []

    def test_a_phone_that_many_gave_says_nothing(self, vault):
        crowd = {UUID(int=n): Identity("张伟", (), ("13800000000",)) for n in range(100, 121)}
        vault.put(crowd, jurisdictions=dict.fromkeys(crowd, int(LIUNAN)), key="crowd")
        assert vault.linkage([*crowd], scope=LIUZHOU) == []

    def test_each_pair_comes_once_and_the_best_first(self, town):
        self.pairs(town, Identity("张伟", (("passport", "e12345678"),), ("13812345678",)))
        assert [(p.left, p.right, p.score) for p in town.linkage([*CAST, self.OTHER], scope=LIUZHOU)] == [
            (ZHANG_SOUND, self.OTHER, 1.0),
            (ZHANG, self.OTHER, 0.95),
        ]


class Logging:
    def test_every_read_is_in_the_log_with_who_why_and_whose(self, town):
        town.reveal([ZHANG, NOBODY], asker="officer 7", purpose="duty-control")
        ask(town, "张伟")
        last, before = town.accesses()
        assert (last.kind, last.asker, last.subjects) == ("search", "duty officer", (ZHANG, ZHANG_SOUND))
        assert (before.kind, before.asker, before.purpose) == ("reveal", "officer 7", "duty-control")
        assert before.subjects == (ZHANG, NOBODY)
        assert before.at <= last.at

    def test_a_person_sees_who_looked_at_them(self, town):
        town.reveal([WANG], asker="officer 7", purpose="duty-control")
        town.reveal([ZHANG], asker="officer 8", purpose="transfer")
        town.linkage([*CAST], scope=LIUZHOU)
        assert [access.asker for access in town.accesses(subject=ZHANG)] == ["officer 8"]
        assert [access.asker for access in town.accesses(limit=2)] == ["linkage", "officer 8"]

    def test_whoever_reads_sealed_facts_gets_the_keys_and_stands_in_the_log(self, town):
        keys = town.keys([ZHANG], create=True)
        assert town.unlock([ZHANG, NOBODY], asker="officer 7", purpose="duty-control") == keys
        (look,) = town.accesses(subject=ZHANG)
        assert (look.kind, look.asker, look.purpose) == ("facts", "officer 7", "duty-control")
        with pytest.raises(InvalidInput):
            town.unlock([ZHANG], asker="", purpose="duty-control")

    def test_a_day_that_is_not_over_has_no_head(self, town):
        town.reveal([ZHANG], asker="officer 7", purpose="duty-control")
        assert town.heads() == town.heads(checked=True) == []

    def test_each_entry_of_the_log_has_a_hash_that_stays(self, town):
        town.reveal([ZHANG], asker="officer 7", purpose="duty-control")
        before = town.hashes([1, 2, 0, -1, 2**40])
        town.reveal([ZHANG], asker="officer 7", purpose="duty-control")
        after = town.hashes([2, 1])
        assert list(before) == [1]
        assert after[1] == before[1] != after[2]
        assert town.hashes([]) == {}

    def test_the_first_end_of_the_ledger_of_a_day_counts_and_another_is_refused_and_logged(self, town):
        first, second = (LedgerEnd(date(2022, 7, day), day, bytes([day]) * 32) for day in (3, 4))
        for end in (second, first, first):
            town.witness(end)
        other = replace(first, hash=bytes(32))
        for _ in range(2):
            with pytest.raises(Refused):
                town.witness(other)
        assert town.witnessed() == [first, second]
        assert town.witnessed(after=first.day) == [second]
        entries = [(one.kind, one.asker, one.unit, one.subjects) for one in town.accesses()]
        assert [kind for kind, *_ in entries] == ["conflict", "witness", "witness"]
        assert entries[0][1:] == ("ledger", f"2022-07-03 3 {'00' * 32}", ())
        assert town.heads(checked=True) == [], "the chain of the log is whole"

    @pytest.mark.parametrize("wrong", [{"day": date.max}, {"seal": 0}, {"hash": b"short"}])
    def test_what_is_no_end_of_a_day_that_is_over_is_not_kept(self, town, wrong):
        with pytest.raises(InvalidInput):
            town.witness(replace(LedgerEnd(date(2022, 7, 3), 1, bytes(32)), **wrong))
        assert town.witnessed() == []

    def test_the_search_text_is_not_in_the_log(self, town):
        ask(town, "13812345678")
        assert "1381234" not in repr(town.accesses())


class VaultContract(Reading, Keys, Searching, Erasing, Linking, Logging):
    """All of it."""
