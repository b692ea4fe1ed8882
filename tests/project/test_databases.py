"""Roles and databases: who can enter where, and that no secret leaves its file."""

import stat

import psycopg
import pytest

from epiloop.project.databases import provision
from epiloop.project.home import DATABASES, Installation


@pytest.mark.parametrize("role", ["owner", "engine", "app", "vault"])
def test_each_role_enters_its_own_database(installation: Installation, role):
    with psycopg.connect(installation.dsn(role)) as connection:
        found = connection.execute("select current_user, current_database()").fetchone()
    assert found == DATABASES[role]


@pytest.mark.parametrize(
    ("role", "other"), [("owner", "vault"), ("engine", "vault"), ("app", "vault"), ("vault", "app")]
)
def test_no_role_crosses_into_the_other_database(installation: Installation, role, other):
    dsn = psycopg.conninfo.make_conninfo(installation.dsn(role), dbname=DATABASES[other][1])
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(dsn)


@pytest.mark.parametrize("role", ["owner", "engine", "app", "vault"])
def test_no_role_is_more_than_it_must_be(installation: Installation, role):
    with psycopg.connect(installation.dsn(role)) as connection:
        rights = "rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls"
        query = f"select {rights} from pg_roles where rolname = current_user"
        assert connection.execute(query).fetchone() == (False,)


def test_a_wrong_password_opens_nothing(installation: Installation):
    dsn = psycopg.conninfo.make_conninfo(installation.dsn("app"), password="guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(dsn)


def test_provisioning_again_changes_nothing(installation: Installation):
    provision(installation)
    with psycopg.connect(installation.dsn("app")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_keys_are_readable_by_their_owner_only(installation: Installation):
    for file in installation.key_file("id").parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_text_of_an_installation_shows_no_secret(installation: Installation):
    outside = Installation(installation.home, "postgresql://someone:hidden@127.0.0.1/")
    assert "hidden" not in repr(outside)


def test_the_server_listens_on_no_network(installation: Installation):
    with psycopg.connect(installation.dsn("admin")) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_chinese_names_have_trigrams(installation: Installation):
    """Under the plain C locale PostgreSQL takes no Chinese character for a letter, and name search finds nothing."""
    with psycopg.connect(installation.dsn("owner")) as connection:
        connection.execute("create extension if not exists pg_trgm")
        assert connection.execute("select similarity('张三丰', '张三')").fetchone()[0] > 0
        connection.rollback()
