"""R11, R16 (identity part), R28 of the privacy page: nothing readable at rest, no read without a log, true erasure."""

import contextlib
import hashlib
import json
import subprocess
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from epiloop.core.errors import Broken, EpiloopError, Unavailable
from epiloop.core.jurisdictions import code, scope
from epiloop.project.binaries import find_program
from epiloop.project.home import Installation
from epiloop.vault.port import Identity
from keyservice import upkeep
from keyservice.identity import LocalVault

TOWN = int(code("450204001"))
WITHIN = scope(code("4502"))
CANARY, OTHER = UUID(int=0xCA), UUID(int=0x07)
PERSON = Identity(
    "犇骉鑫",
    (("id-card", "45020419991231987X"), ("passport", "QZX7788991")),
    ("19987654321", "+23276555777"),
    "龘靐巷 9077 号",
)
SIGNS = (
    "犇骉鑫",
    "犇骉",
    "45020419991231987X",
    "QZX7788991",
    "19987654321",
    "23276555777",
    "龘靐巷",
    "9077 号",
    "Quixotrine",
)


@pytest.fixture
def planted(local: LocalVault) -> LocalVault:
    people = {CANARY: PERSON, OTHER: Identity("Quixotrine Zzyzx")}
    local.put(people, jurisdictions=dict.fromkeys(people, TOWN), key="canaries 45020419991231987X")
    local.search("犇骉鑫", scope=WITHIN, limit=5, asker="tracer", purpose="case-investigation")
    local.search("19987654321", scope=WITHIN, limit=5, asker="tracer", purpose="case-investigation")
    local.reveal([CANARY], asker="tracer", purpose="duty-control")
    local.linkage([CANARY], scope=WITHIN)
    return local


def encodings(sign: str) -> set[bytes]:
    """How a text could stand in a file: as it is, in UTF-16, or as PostgreSQL writes bytes in a dump."""
    plain = sign.encode()
    return {plain, plain.hex().encode(), sign.encode("utf-16-le"), sign.encode("gb18030")}


def readable(content: bytes, signs: tuple[str, ...] = SIGNS) -> list[str]:
    return [sign for sign in signs if any(form in content for form in encodings(sign))]


def files(installation: Installation) -> list[Path]:
    """Every file of the server's data, write-ahead log and logs."""
    homes = (installation, installation.keyservice)
    places = [place for home in homes for place in (home.postgres_dir / "data", home.log_dir)]
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def files_with(installation: Installation, *signs: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in files(installation):
        with contextlib.suppress(FileNotFoundError):  # the server removes files of its own while we look
            found[str(path)] = readable(path.read_bytes(), signs)
    return {path: signs for path, signs in found.items() if signs}


def dump(installation: Installation) -> bytes:
    """All an administrator can dump of the vault's database."""
    address = psycopg.conninfo.make_conninfo(installation.keyservice.dsn("admin"), dbname="epiloop_vault")
    return subprocess.run([find_program().bin / "pg_dump", address], check=True, capture_output=True).stdout


def test_no_file_of_the_server_holds_anything_readable(planted, clean, superuser):
    superuser.execute("CHECKPOINT")
    assert files_with(clean, *SIGNS) == {}


def test_what_is_readable_would_be_seen_in_files_and_dump(planted, clean, superuser):
    sign = "麤鱻靇"  # of this test only: it stays in the write-ahead log
    superuser.execute("CREATE TABLE readable (name text)")
    try:
        superuser.execute("INSERT INTO readable VALUES (%s)", (sign,))
        superuser.execute("CHECKPOINT")
        places = {"pg_wal" if "pg_wal" in path else "base" for path in files_with(clean, sign)}
        assert places == {"pg_wal", "base"}
        assert readable(dump(clean), (sign,)) == [sign]
    finally:
        superuser.execute("DROP TABLE readable")


def test_a_dump_holds_nothing_readable(planted, clean):
    assert b"sought" in dump(clean)
    assert readable(dump(clean)) == []


def test_a_dump_without_the_master_key_opens_no_identity(planted, clean, tmp_path, superuser):
    salt, sealed = superuser.execute("SELECT salt, sealed FROM identity JOIN salt USING (subject)").fetchone()
    assert (tmp_path / "master").read_bytes() not in dump(clean)
    assert len(salt) == 32
    assert readable(sealed) == []


def test_erased_bytes_leave_the_tables_when_scrubbed(clean, superuser, tmp_path):
    made: list[bytes] = []

    def randomness(size: int) -> bytes:
        made.append(hashlib.shake_256(f"scrubbed {len(made)}".encode()).digest(size))
        return made[-1]

    with ConnectionPool(clean.dsn("vault"), min_size=1, open=True) as pool:
        vault = LocalVault(pool, bytes(32), randomness=randomness)
        vault.put({CANARY: PERSON}, jurisdictions={CANARY: TOWN}, key="one")
        salt = next(some for some in made if len(some) == 32)
        assert _files_with(clean, superuser, salt)
        vault.erase([CANARY])
    upkeep.scrub(clean.dsn("vault"))
    assert _files_with(clean, superuser, salt) == []


def _files_with(installation: Installation, superuser: psycopg.Connection, content: bytes) -> list[Path]:
    superuser.execute("CHECKPOINT")
    tables = (installation.keyservice.postgres_dir / "data" / "base").rglob("*")
    return [path for path in tables if path.is_file() and content in path.read_bytes()]


def test_an_identity_moved_to_another_person_does_not_open(planted, superuser):
    superuser.execute(
        "UPDATE identity SET sealed = (SELECT sealed FROM identity WHERE subject = %s) WHERE subject = %s",
        (CANARY, OTHER),
    )
    with pytest.raises(Broken):
        planted.reveal([OTHER], asker="tracer", purpose="duty-control")


def test_a_read_that_fails_is_in_the_log_all_the_same(planted, superuser):
    superuser.execute("UPDATE identity SET sealed = sealed || '\\x00'")
    with pytest.raises(Broken):
        planted.reveal([CANARY], asker="late tracer", purpose="duty-control")
    assert planted.accesses(subject=CANARY)[0].asker == "late tracer"


@pytest.mark.parametrize(
    "read",
    [
        lambda vault: vault.reveal([CANARY], asker="tracer", purpose="duty-control"),
        lambda vault: vault.search("犇骉鑫", scope=WITHIN, limit=5, asker="tracer", purpose="case-investigation"),
        lambda vault: vault.linkage([CANARY], scope=WITHIN),
    ],
)
def test_without_a_log_nothing_is_read(planted, superuser, read):
    superuser.execute("REVOKE INSERT ON access FROM epiloop_vault")
    try:
        with pytest.raises(Broken):
            read(planted)
    finally:
        superuser.execute("GRANT INSERT ON access TO epiloop_vault")
    assert read(planted) is not None


@pytest.mark.parametrize("change", ["UPDATE access SET asker = 'nobody'", "DELETE FROM access", "TRUNCATE access"])
def test_the_vaults_role_can_change_no_row_of_the_log(planted, clean, change):
    with psycopg.connect(clean.dsn("vault")) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute(change)


def test_a_log_changed_by_an_administrator_shows_where(planted, superuser):
    assert planted.broken_accesses() == []
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("UPDATE access SET asker = 'nobody' WHERE id = 2")
    assert planted.broken_accesses() == [2]
    superuser.execute("DELETE FROM access WHERE id = 2")
    assert planted.broken_accesses() == [3, 4]


def test_the_chain_of_the_log_is_what_its_description_says(planted, superuser):
    prev = b""
    rows = superuser.execute(
        "SELECT id, at, kind, asker, unit, purpose, about, subjects, prev, hash FROM access ORDER BY id"
    )
    for number, at, *said, about, subjects, before, digest in rows:
        micros = round(at.timestamp() * 1_000_000)
        whose = [about and str(about), [str(one) for one in subjects]]
        text = json.dumps([number, micros, *said, *whose], ensure_ascii=False)
        assert before == prev
        assert digest == hashlib.sha256(prev + text.encode()).digest()
        prev = digest
    assert prev


def test_an_unreachable_vault_says_so_and_nothing_else(tmp_path):
    with ConnectionPool(
        f"host={tmp_path} password=secret dbname=x", min_size=0, max_size=1, timeout=0.3, open=True
    ) as pool:
        vault = LocalVault(pool, bytes(32))
        with pytest.raises(Unavailable) as refusal:
            vault.put({CANARY: PERSON}, jurisdictions={CANARY: TOWN}, key="one")
    assert readable(str(refusal.value).encode()) == []
    assert "secret" not in str(refusal.value)


def test_an_error_of_the_database_quotes_no_row(planted, superuser):
    superuser.execute(f"ALTER TABLE sought ADD CONSTRAINT narrow CHECK (jurisdiction <> {TOWN + 1})")
    try:
        with pytest.raises(EpiloopError) as refusal:
            planted.put({CANARY: PERSON}, jurisdictions={CANARY: TOWN + 1}, key="two")
    finally:
        superuser.execute("ALTER TABLE sought DROP CONSTRAINT narrow")
    assert str(refusal.value) == "vault: The vault's database refused: 23514."
    assert refusal.value.__suppress_context__
