"""Sealed days of an installation of its own, as processes keep them: killed while they collect (nothing acknowledged is
lost, nothing is doubled), looked through byte by byte (PRIVACY R16), destroyed at night (R15).
"""

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.installations import prepared
from tests.keyservice.sealing import HOUR
from tests.looking import below, bytes_of, temporary
from tests.project.running import children, wait_for

from epiloop.core.errors import Broken, NotFound, Unavailable
from epiloop.core.instants import start_of_day
from epiloop.gateways.keys import KeyClient
from epiloop.project import account, postgres
from epiloop.project.binaries import find_program
from epiloop.project.holding import hold
from epiloop.project.home import Installation, installation_at
from epiloop.project.keyservice import daykeeping, holding, master
from epiloop.store import inbox
from epiloop.vault.hours import announced, signer_of, wrap
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.spots import spot_of_place
from epiloop.vault.visits import Kind, Said
from keyservice.blocks import row_of
from keyservice.days import DayKeys, keys_of
from keyservice.gathering import gathered
from keyservice.keeping import Keeping
from keyservice.opening import Piece, stays
from keyservice.stored import Keeper

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
CLOCK = daykeeping.zone_of({})
HERE, PLACE = 4502260010010000, UUID("01890000-0000-7000-8000-00000000cafe")
PHONE, DOCUMENT = "19987650321", "45020419991231987X"
ZONE = spot_of_place(HERE, PLACE, "Snarkford Haberdashery")
PEOPLE = code_of(ReachKind.PHONE, PHONE), code_of(ReachKind.DOCUMENT, DOCUMENT)
SECONDS_OF_A_DAY = 86_400


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with both its databases and a key service."""
    made = prepared(tmp_path_factory.mktemp("days") / "home")
    with hold(made):
        yield made
    wait_for(lambda: not postgres.is_kept(made) and not postgres.is_kept(made.keyservice), "both servers to stop")


@pytest.fixture
def client(own: Installation) -> Iterator[KeyClient]:
    made = holding.client(own)
    yield made
    made.close()


def keeping(home: Installation) -> Keeping:
    """The days as the key service has them, looked at from outside."""
    return daykeeping.keeping(home.keyservice, master.unlocked(home.keyservice))


def visit(number: int, at: int, person: bytes = b"somebody unnamed") -> Said:
    return Said(number.to_bytes(16, "big"), Kind.IN, at, at + 1800, ZONE, person)


def noon(day: date, kept: Keeping) -> int:
    return int(start_of_day(day, kept.zone).timestamp()) + 12 * 3600


def sealed(said: Iterable[Said], day: date, public: bytes) -> tuple[bytes, bytes]:
    """As a gate does it: rows of one day and the wrapped key."""
    key = wrap(public, day, hour=HOUR, key=os.urandom(32), once=os.urandom(32))
    sealer = key.sealer()
    return b"".join(sealer.seal(one).pack() for one in said), key.wrapped


def pieces(kept: Keeping) -> list[Piece]:
    segments, keys = kept.days()
    return [
        Keeper(keys[day]).open(row_of(one, at, day))
        for day, some in segments.items()
        for one in some
        for at in range(len(one))
    ]


@dataclass
class Gate:
    """Gives check-ins to the key service, each batch until it is acknowledged."""

    client: KeyClient
    first: int
    at: int
    acknowledged: list[int] = field(default_factory=list)
    tries: int = 0

    def work(self, stop: threading.Event) -> None:
        text = insisted(self.client.announcement)
        publics = announced(text, signer_of(text))
        day = max(day for day in publics if start_of_day(day, CLOCK).timestamp() <= self.at)
        number = self.first
        while not stop.is_set():
            batch = range(number, number + 150)
            rows, keys = sealed([visit(one, self.at + one % 900) for one in batch], day, publics[day])
            number += len(batch)
            self.insist(rows, keys)
            self.acknowledged += batch

    def insist(self, rows: bytes, keys: bytes) -> None:
        def sent() -> dict[str, int]:
            self.tries += 1
            return self.client.collect(rows, keys)

        assert insisted(sent) == {"kept": 150}


def insisted(call):
    """What a call answers as soon as it does."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            return call()
        except Unavailable:
            time.sleep(0.05)
    raise AssertionError("nothing was acknowledged for three minutes")


def workers_of(pid: int) -> list[int]:
    command = b"epiloop.project.keyservice"
    return [one for one in children(pid) if command in bytes_of(Path(f"/proc/{one}/cmdline")).split(b"\0")]


def killed(own: Installation, whole: bool) -> None:
    """The key service's process is gone with its workers, or one of the workers is."""
    main = int((own.keyservice.run_dir / "keyservice.pid").read_text())
    wait_for(lambda: workers_of(main), "its workers")
    os.kill(main if whole else workers_of(main)[0], signal.SIGKILL)
    if whole:
        wait_for(lambda: not holding.is_running(own.keyservice), "its workers to notice")
        holding.start(own.keyservice).wait()


def test_killed_while_it_collects_nothing_acknowledged_is_lost_and_nothing_is_doubled(own, client) -> None:
    kept, chance = keeping(own), random.Random(int(os.environ.get("EPILOOP_PROOF_SEED", "1")))
    at = noon(kept.today() - timedelta(days=2), kept)
    gates = [Gate(holding.client(own), first * 10**9, at) for first in (1, 2)]
    stop = threading.Event()
    threads = [threading.Thread(target=gate.work, args=[stop], daemon=True) for gate in gates]
    for thread in threads:
        thread.start()
    for whole in (True, False, True):
        before = sum(len(gate.acknowledged) for gate in gates)
        wait_for(lambda seen=before: sum(len(gate.acknowledged) for gate in gates) > seen + 600, "batches")
        time.sleep(chance.uniform(0, 0.2))
        killed(own, whole)
    stop.set()
    for thread in threads:
        thread.join(200)
    for gate in gates:
        gate.client.close()
    acknowledged = {number for gate in gates for number in gate.acknowledged}
    assert sum(gate.tries for gate in gates) > len(acknowledged) // 150  # something was sent again
    found = pieces(kept)
    assert {int.from_bytes(piece.said.visit, "big") for piece in found} == acknowledged
    assert len(stays(found)) == len(acknowledged)


def canaries(day: date, kept: Keeping) -> list[Said]:
    at = noon(day, kept)
    return [visit(number, at, person) for number, person in enumerate(PEOPLE, 1)]


def given(own: Installation, client: KeyClient, days: Iterable[date]) -> None:
    """Check-ins of these days come by A's inbox, and wait there; the key service has them too."""
    text = client.announcement()
    publics = announced(text, signer_of(text))
    with psycopg.connect(own.dsn("engine")) as connection:
        for day in days:
            rows, keys = sealed(canaries(day, keeping(own)), day, publics[day])
            inbox.put(connection, rows, keys, keeping(own).clock())
            assert client.collect(rows, keys) == {"kept": 2}


def signs(*more: bytes) -> set[bytes]:
    """What must stand in no file: as it is, as codes, and as PostgreSQL writes bytes in a dump."""
    plain = {PHONE.encode(), DOCUMENT.encode(), b"Snarkford", PLACE.bytes, ZONE, ZONE[4:], PEOPLE[0][:6], PEOPLE[1][:8]}
    plain |= set(more)
    return plain | {sign.hex().encode() for sign in plain}


def showing(paths: Iterable[Path], some: set[bytes]) -> list[str]:
    """The files in which any of these signs stands."""
    found = []
    for path in paths:
        text = bytes_of(path)
        found += [str(path) for sign in some if sign in text]
    return found


def dumped(home: Installation, database: str, to: Path) -> Path:
    address = make_conninfo(home.dsn("admin"), dbname=database)
    to.write_bytes(subprocess.run([find_program().bin / "pg_dump", address], check=True, capture_output=True).stdout)
    return to


def test_no_file_of_either_home_shows_who_checked_in_where(own, client, tmp_path, caplog) -> None:
    days = [keeping(own).today() - timedelta(days=number) for number in (0, 3)]
    given(own, client, days)
    for home in (own, own.keyservice):
        with psycopg.connect(home.dsn("admin"), autocommit=True) as admin:
            admin.execute("checkpoint")
    dumps = [dumped(own, "epiloop", tmp_path / "a.sql"), dumped(own.keyservice, "epiloop_vault", tmp_path / "b.sql")]
    every = [*below(own.home)]
    assert any(path.suffix == ".seg" for path in every)
    assert any("pg_wal" in path.parts for path in every)
    assert showing([*every, *dumps, *temporary()], signs()) == []
    assert PHONE not in caplog.text
    # The search finds what is there, and the secrets of days stand in their two files only.
    (tmp_path / "found").write_bytes(b"x" + PEOPLE[0].hex().encode())
    assert set(showing([tmp_path / "found"], signs())) == {str(tmp_path / "found")}
    secret = (own.keyservice.days_dir / "secrets" / str(days[0])).read_bytes()
    places = {Path(name).parent.name for name in showing([*every, *dumps], {secret, secret.hex().encode()})}
    assert places == {"secrets", "standby"}


def backed_up(home: Installation, to: Path) -> Path:
    """A base backup with its WAL; nobody may take one until an administrator lets them."""
    rights = home.postgres_dir / "data" / "pg_hba.conf"
    with rights.open("a") as file:
        file.write("local replication postgres scram-sha-256\n")
    with psycopg.connect(home.dsn("admin"), autocommit=True) as admin:
        admin.execute("select pg_reload_conf()")
    address = {name: value for name, value in conninfo_to_dict(home.dsn("admin")).items() if name != "dbname"}
    command = [
        find_program().bin / "pg_basebackup",
        "-D",
        to,
        "-X",
        "stream",
        "-c",
        "fast",
        "-d",
        make_conninfo(**address),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return to


def in_hand(own: Installation, to: Path) -> Path:
    """All that anybody can have copied before the night: both homes with base backups in place of the running servers,
    dumps, WAL and sealed days - without the secrets of days, which are in no backup.
    """
    left_out = shutil.ignore_patterns("postgres", "run", "secrets", "standby")
    shutil.copytree(own.home, to / "home", ignore=left_out)
    for home, name in ((own, "home"), (own.keyservice, "home/keyservice")):
        (to / name / "postgres").mkdir(exist_ok=True)
        backed_up(home, to / name / "postgres" / "data")
        (to / name / "wal").mkdir()
        for path in below(home.postgres_dir / "data" / "pg_wal"):  # the server renames them as it goes on
            (to / name / "wal" / path.name).write_bytes(bytes_of(path))
    dumped(own, "epiloop", to / "a.sql")
    dumped(own.keyservice, "epiloop_vault", to / "b.sql")
    return to


def night_falls(own: Installation, day: date, within: float = 60) -> float:
    """The clock of the installation goes on by a day; seconds until the day was gone."""
    clock = own.keyservice.key_file("clock")
    shift = int(clock.read_text()) if clock.exists() else 0
    own.keyservice.write_key("clock", str(shift + SECONDS_OF_A_DAY).encode())
    began = time.monotonic()
    gone = [own.keyservice.days_dir / name / str(day) for name in ("secrets", "standby", "segments")]
    while any(path.exists() for path in gone):
        assert time.monotonic() - began < within, "a day was not destroyed in time"
        time.sleep(0.2)
    return time.monotonic() - began


def restored(own: Installation, copy: Path) -> Installation:
    """Everything in hand put back, with the secrets of days that are still there."""
    for name in ("secrets", "standby"):
        shutil.copytree(own.keyservice.days_dir / name, copy / "home" / "keyservice" / "days" / name)
    home = installation_at(copy / "home")
    for path in [home.home, *home.home.rglob("*")]:
        account.give(path, own.owner)
    for one in (home, home.keyservice):
        for folder in (one.run_dir, one.postgres_dir / "data"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
            account.give(folder, own.owner)
    return home


def readable(kept: Keeping, keys: dict[date, DayKeys], waiting: list[inbox.Block]) -> set[date]:
    """The days of which anything can be read with these keys: of the sealed days, or of what waited in the inbox."""
    found = set(
        gathered(b"".join(one.sealed for one in waiting), b"".join(one.keys for one in waiting), keys, CLOCK).blocks
    )
    for day, segments in kept.segments.opened(keys).items():
        for segment in segments:
            people = [Keeper(keys[day]).open(row_of(segment, at, day)).said.person for at in range(len(segment))]
            found |= {day} if set(PEOPLE) & set(people) else set()
    return found


def test_after_the_night_nothing_in_hand_reads_the_day_that_went_and_a_later_one_is_still_there(
    own, client, tmp_path
) -> None:
    kept = keeping(own)
    gone, later = kept.today() - timedelta(days=13), kept.today()
    given(own, client, [gone, later])
    aside = {day: (own.keyservice.days_dir / "secrets" / str(day)).read_bytes() for day in (gone, later)}
    copy = in_hand(own, tmp_path / "copy")
    night_falls(own, gone)

    home = restored(own, copy)
    with postgres.hold(home), postgres.hold(home.keyservice):
        with psycopg.connect(home.dsn("engine")) as connection:
            waiting = inbox.some(connection)
        with psycopg.connect(make_conninfo(home.keyservice.dsn("admin"), dbname="epiloop_vault")) as vault:
            assert vault.execute("select count(*) >= 0 from access").fetchone() == (True,)
    wait_for(lambda: not postgres.is_kept(home) and not postgres.is_kept(home.keyservice), "the copies to stop")
    there = keeping(home)
    assert (home.keyservice.days_dir / "segments" / str(gone)).is_dir()
    every = there.secrets.held(date.min, date.max)
    assert gone not in every
    assert readable(there, every, waiting) & {gone, later} == {later}
    with pytest.raises(NotFound):
        there.secrets.keys(gone)
    wrong = every | {gone: keys_of(gone, aside[later])}
    with pytest.raises(Broken):
        readable(there, wrong, waiting)
    # With the secret it could have been read; but neither that nor a key made of it is anywhere.
    known = keys_of(gone, aside[gone])
    assert readable(there, every | {gone: known}, waiting) >= {gone, later}
    keys = {aside[gone], known.private, known.payload, known.zone, known.person, known.nonce, known.file}
    everywhere = [*below(copy, own.home)]
    assert len(everywhere) > 2000
    assert showing(everywhere, keys | {key.hex().encode() for key in keys}) == []
    assert showing(everywhere, {aside[later]})


def test_a_large_day_is_destroyed_within_the_minute(own, client) -> None:
    many = int(os.environ.get("EPILOOP_PROOF_ROWS", "20000"))
    kept = keeping(own)
    day = kept.today() - timedelta(days=13)
    text = client.announcement()
    publics = announced(text, signer_of(text))
    for first in range(0, many, 20_000):
        said = [visit(5 * 10**9 + first + number, noon(day, kept)) for number in range(min(20_000, many))]
        client.collect(*sealed(said, day, publics[day]))
    night_falls(own, day)
