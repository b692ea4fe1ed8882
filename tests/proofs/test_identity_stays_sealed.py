"""PRIVACY.md R16 (identity part) and R28: planted people come in by the line list and are worked with; then no dump of
the application's database, no file of its server, no WAL, log or temporary file shows who or where they are.
"""

import logging
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.looking import below, bytes_of, temporary
from tests.proofs import line_list
from tests.proofs.people import HERE, by, rows
from tests.runtime.conftest import Clock

from epiloop.core.errors import EpiloopError
from epiloop.project.binaries import find_program
from epiloop.project.home import Installation
from epiloop.project.wiring import running
from epiloop.runtime.clock import catch_up, keep_books
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.rebuilding import rebuild
from epiloop.runtime.requests import importing
from epiloop.runtime.requests.identities import reveal, search
from epiloop.runtime.verifying import verify

NAME, SECOND, WARD = "犇骉鱻羴", "Quixotrine Zzyzxova", "Wardolphus"
PHONE, OTHER_PHONE, DOCUMENT = "19987650321", "+23276500777", "45020419991231987X"
ADDRESS, HOSPITAL, PLACE = "龘靐巷 9077 号", "Mercywhistle Infirmary", "Snarkford Haberdashery"
NOTE = "dances with the Jabberwockian"
SIGNS = (
    NAME,
    NAME[:2],
    SECOND,
    "Quixotrine",
    WARD,
    PHONE,
    "23276500777",
    DOCUMENT,
    ADDRESS,
    "龘靐巷",
    HOSPITAL,
    PLACE,
    NOTE,
)


def forms(sign: str) -> set[bytes]:
    """How a text could stand in a file: in an encoding, or as hexadecimal digits of one."""
    plain = {sign.encode(), sign.encode("utf-16-le"), sign.encode("utf-16-be"), sign.encode("gb18030")}
    digits = {text.hex().encode() for text in plain}
    return plain | digits | {each.upper() for each in digits}


ALL_FORMS = {sign: forms(sign) for sign in SIGNS}


def readable(content: bytes) -> list[str]:
    return [sign for sign, some in ALL_FORMS.items() if any(form in content for form in some)]


@pytest.mark.parametrize("sign", SIGNS, ids=range(len(SIGNS)))  # a name of a test goes to logs too
@pytest.mark.parametrize(
    "turn", [lambda s: s.encode(), lambda s: s.encode("utf-16-le"), lambda s: s.encode().hex().encode()]
)
def test_the_search_itself_finds_a_sign_in_each_form(sign: str, turn: Callable[[str], bytes]) -> None:
    assert sign in readable(b"\x00before" + turn(sign) + b"after")


def planted() -> tuple[bytes, bytes]:
    """Two cases and a contact with canaries in every column that may hold something personal, and bad rows."""
    rest = ["female", "41", "confirmed", "2022-06-28", "2022-06-29", HOSPITAL, PLACE, NOTE, WARD]
    wrong = [*rest[:3], "the day after " + NAME, *rest[4:]]
    cases = [
        ["C1", NAME, PHONE, DOCUMENT, ADDRESS, *rest],
        ["C2", SECOND, OTHER_PHONE, "", ADDRESS, *rest],
        ["C3", SECOND, OTHER_PHONE, "", ADDRESS, *rest],
        ["C4", NAME, PHONE, DOCUMENT, ADDRESS, *wrong],
        ["", NAME, PHONE, DOCUMENT, ADDRESS, *rest],
    ]
    contacts = [
        ["C1", "K1", SECOND, PHONE, "2022-06-29", "household", PLACE, NOTE],
        ["C1", "", NAME, PHONE, NAME, "", "", ""],
    ]
    return line_list.as_csv(line_list.CASES, cases), line_list.as_csv(line_list.CONTACTS, contacts)


@pytest.fixture
def worked_with(clean: Installation, lawful: Parts, clock: Clock) -> Iterator[Parts]:
    """The planted people imported, twice, looked for, shown, controlled, and rebuilt; refusals on the way."""
    made = running(clean)
    live = Running(lawful, made.readers, made.stamp)
    cases, contacts = planted()
    uploads = importing.Upload(f"{NAME}.csv", cases), importing.Upload("contacts.csv", contacts)
    wanted = importing.LineList(HERE, line_list.MAPPING, *uploads)
    for _ in range(2):
        report = importing.run(live, by("data-import"), wanted)
        assert report.counts["rejected"] == 3
        assert any(NAME.encode() in content for content in report.rejects.values()), "whoever mends it sees the row"
    for text in (NAME, SECOND, PHONE, DOCUMENT):
        assert search(lawful, lawful.pool, by(), text, at=clock.at)
    people = [row[0] for row in rows(lawful, "select id from person")]
    assert NAME in {shown.name for shown in reveal(lawful, lawful.pool, by(), people, at=clock.at).values()}
    keep_books(lawful)
    catch_up(lawful)
    rebuild(clean.dsn("engine"), processes=1)
    yield lawful
    made.readers.close()
    made.parts.pool.close()


def dump(home: Installation, database: str) -> bytes:
    """All an administrator can dump of a database."""
    address = psycopg.conninfo.make_conninfo(home.dsn("admin"), dbname=database)
    return subprocess.run([find_program().bin / "pg_dump", address], check=True, capture_output=True).stdout


def files(installation: Installation) -> Iterator[Path]:
    """Every file of both servers (tables, WAL, temporary ones), of all logs, and all temporary ones of this run."""
    for home in (installation, installation.keyservice):
        yield from below(home.postgres_dir / "data", home.log_dir, home.run_dir)
    yield from temporary()


def test_neither_dump_nor_files_nor_logs_of_the_application_show_who_or_where(
    clean: Installation, worked_with: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    for home in (clean, clean.keyservice):
        with psycopg.connect(home.dsn("admin"), autocommit=True) as admin:
            admin.execute("checkpoint")
    everything = dump(clean, "epiloop")
    assert len(everything) > 10_000
    assert b"proof-list" in everything, "the dump is of the database in which they are"
    assert readable(everything) == []
    sealed = dump(clean.keyservice, "epiloop_vault")
    assert sealed.count(b"\n") > 100
    assert readable(sealed) == []
    found = {str(path): readable(bytes_of(path)) for path in files(clean)}
    assert {path: signs for path, signs in found.items() if signs} == {}
    assert len(found) > 100
    assert readable(caplog.text.encode()) == []


@pytest.mark.usefixtures("worked_with")
def test_errors_and_reports_say_nothing_of_what_stood_in_a_cell(
    clean: Installation, lawful: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = running(clean)
    cases, _ = planted()
    broken = cases.replace(b"Confirmed", b"Bestaetigt")
    told: list[str] = []
    for content, mapping in ((broken, line_list.MAPPING), (cases, line_list.MAPPING + f"\n{NAME}: x")):
        wanted = importing.LineList(HERE, mapping, importing.Upload(f"{NAME}.csv", content))
        try:
            report = importing.run(Running(lawful, made.readers, made.stamp), by("data-import"), wanted, dry_run=True)
            told += [repr(report), *(error.render() for error in (*report.errors, *report.warnings))]
        except EpiloopError as error:
            told += [f"{error} {error!r}"] if content is broken else []
    stored = rows(lawful, "select result::text from import_run") + rows(lawful, "select result::text from act")
    with lawful.pool.connection() as connection:
        told += verify(connection).broken
    assert told
    assert readable("\n".join([*told, *(row[0] for row in stored), caplog.text]).encode()) == []
    made.readers.close()
    made.parts.pool.close()
