"""A real installation for the whole test run: its own directory and its own PostgreSQL, gone at the end.

Tests that need a database ask for `installation` (made once, everything migrated) and, when they write,
for `clean` (whatever a test wrote is gone before the next).
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from tests.browsing import chromium

from epiloop.project.checking import find_chromium
from epiloop.project.home import Installation, installation_at
from epiloop.project.supervisor import wait_until_stopped

# No verdict hangs on how busy the machine is. All tests together draw the same examples each time, so that a change
# fails by what it changes; a test run by itself draws others every time.
TOGETHER = "PYTEST_XDIST_WORKER" in os.environ
settings.register_profile(
    "epiloop", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=TOGETHER, print_blob=True
)
settings.load_profile("epiloop")

# Temporary files of this process stand apart from those of others: some tests look through all of them.
# Those of several processes stand side by side, since the path of a socket has to be short.
OF_WHOEVER_STARTED = Path(tempfile.gettempdir())
BESIDE = OF_WHOEVER_STARTED.parent if TOGETHER else None
tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="epiloop-tests-", dir=BESIDE)
os.chmod(tempfile.tempdir, 0o711)  # noqa: PTH101 - the system user that root hands installations to passes through
WHOLE_RUN = OF_WHOEVER_STARTED if TOGETHER else Path(tempfile.tempdir)
"""What all processes of a run share; gone at its end."""
__all__ = ["chromium"]

STANDING: dict[str, psycopg.Connection[tuple[object, ...]]] = {}
"""Connections of the superuser, by address."""

# The directory is chosen before anything imports Django's settings, which read it.
HOME = Path(tempfile.tempdir) / "home"
os.environ["EPILOOP_HOME"] = str(HOME)
os.environ.pop("EPILOOP_DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "epiloop.project.settings"
# Test data may be lost in a power cut; the server is small because several test runs may share the machine, and for
# the same reason nobody gives the key service up soon.
LAID_OUT = installation_at(HOME).lay_out(
    keyservice_seconds=60,
    postgres__fsync="off",
    postgres__synchronous_commit="off",
    postgres__full_page_writes="off",
    postgres__shared_buffers="128MB",
)


def pytest_unconfigure() -> None:
    """Remove the directory, with keys and data, once the server is down."""
    while STANDING:
        STANDING.popitem()[1].close()
    wait_until_stopped(LAID_OUT)
    shutil.rmtree(HOME.parent, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Skip browser tests where there is no browser, saying how to get one; try one that fails once more (ADR 0040); and
    begin with what takes long.

    Files are dealt out to several processes in this order; a long one at the end would leave one of them alone.
    """
    if find_chromium() is None:
        reason = "Chromium was not found: apt-get install chromium, or set EPILOOP_CHROMIUM"
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if TOGETHER:
        ranks: dict[Path, int] = {}
        for item in items:
            ranks[item.path] = min(_rank(item), ranks.get(item.path, 2))
        items.sort(key=lambda item: ranks[item.path])


def _rank(item: pytest.Function) -> int:
    """0 takes long, 1 needs servers, 2 neither."""
    if item.get_closest_marker("slow") or item.get_closest_marker("browser"):
        return 0
    return 1 if "installation" in item.fixturenames else 2


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """An installation with a running PostgreSQL, both databases made and migrated."""
    from epiloop.project.databases import migrate, provision
    from epiloop.project.holding import hold

    with hold(LAID_OUT):
        provision(LAID_OUT)
        migrate(LAID_OUT)
        yield LAID_OUT
        from django.db import connections

        connections.close_all()


@pytest.fixture(scope="session")
def migrated_rows(installation: Installation) -> dict[str, set[str]]:
    """The tables that hold rows right after migration (what migrations filled in); `clean` leaves them alone."""
    return {name: _filled(_superuser(installation, name)) for name in ("epiloop", "epiloop_vault")}


@pytest.fixture
def clean(installation: Installation, migrated_rows: dict[str, set[str]]) -> Iterator[Installation]:
    """The installation with empty tables; emptied again afterwards."""
    empty(installation, migrated_rows)
    yield installation
    empty(installation, migrated_rows)


def empty(installation: Installation, kept: dict[str, set[str]]) -> None:
    """Empty every table that has rows, except those filled by migrations. Triggers that forbid it are off.

    Whoever still writes is waited for. Small tables lose their rows, which is ten times quicker than new files for the
    table and its indexes; their numbers begin anew all the same.
    """
    for name in ("epiloop", "epiloop_vault"):
        connection = _standing(_superuser(installation, name))
        filled = sorted(_filled_by(connection) - kept[name])
        if filled:
            large = {str(row[0]) for row in connection.execute(LARGE, [filled])}
            connection.execute(_emptying([table for table in filled if table not in large], sorted(large)))


LARGE = "select one from unnest(%s::text[]) one where pg_relation_size(one::regclass) > 32 * 8192"
RENUMBER = """select setval(objid::regclass, 1, false) from pg_depend
 where refobjid = any({}::regclass[]) and classid = refclassid and refclassid = 'pg_class'::regclass
 and deptype in ('a', 'i') and (select relkind from pg_class where oid = objid) = 'S'"""


def _emptying(small: list[str], large: list[str]) -> sql.Composed:
    """One transaction that leaves nothing in these tables."""
    steps = [sql.SQL("lock table {} in exclusive mode").format(_listed([*small, *large]))]
    steps += [sql.SQL("delete from {}").format(sql.SQL(table)) for table in small]
    steps += [sql.SQL(RENUMBER).format(sql.Literal(small))] if small else []
    steps += [sql.SQL("truncate {} restart identity cascade").format(_listed(large))] if large else []
    return sql.SQL("; ").join(steps)


def _listed(tables: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.SQL, tables))


@pytest.fixture(scope="session")
def quick_django() -> Iterator[None]:
    """Django's test environment, and password hashing at a cost that tests can pay; set up once for the whole run."""
    from django.test.utils import override_settings, setup_test_environment, teardown_test_environment

    setup_test_environment()
    with override_settings(PASSWORD_HASHERS=["tests.web.staff.QuickArgon2"]):
        yield
    teardown_test_environment()


def _standing(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection kept from one test to the next: a new one learns of hundreds of tables before it can look at them.

    After a test that stopped the server it is made anew.
    """
    try:
        STANDING[dsn].execute("select 1")
    except (KeyError, psycopg.OperationalError):
        if dsn in STANDING:
            STANDING.pop(dsn).close()
        STANDING[dsn] = psycopg.connect(dsn, autocommit=True)
        STANDING[dsn].execute("set session_replication_role = replica")
    return STANDING[dsn]


def _superuser(installation: Installation, database: str) -> str:
    home = installation.keyservice if database == "epiloop_vault" else installation
    return psycopg.conninfo.make_conninfo(home.dsn("admin"), dbname=database)


def _filled(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        return _filled_by(connection)


def _filled_by(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    """The names of tables (leaves of partitioned ones) that have at least one row."""
    tables = [
        row[0]
        for row in connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables join pg_class c"
            " on c.oid = format('%I.%I', schemaname, tablename)::regclass"
            " where c.relkind = 'r' and schemaname not in ('pg_catalog', 'information_schema')"
        )
    ]
    if not tables:
        return set()
    asked = " union all ".join(f"(select '{table}' from {table} limit 1)" for table in tables)
    return {str(row[0]) for row in connection.execute(asked)}
