"""Roles and databases: who can enter where, and that no secret leaves its file."""

import stat

import psycopg
import pytest

from epiloop.project.databases import provision
from epiloop.project.home import DATABASES, Installation
from epiloop.project.keyservice.process import prepare


@pytest.mark.parametrize("role", ["owner", "engine", "app", "vault"])
def test_each_role_enters_its_own_database(installation: Installation, role):
    with psycopg.connect(installation.dsn(role)) as connection:
        found = connection.execute("select current_user, current_database()").fetchone()
    assert found == DATABASES[role]


@pytest.mark.parametrize("role", ["owner", "engine", "app", "vault"])
def test_no_role_of_one_server_is_known_to_the_other(installation: Installation, role):
    home, other = installation, installation.keyservice
    there = home.socket_dir if role == "vault" else other.socket_dir
    dsn = psycopg.conninfo.make_conninfo(installation.dsn(role), host=str(there), dbname="postgres")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(dsn)


def test_application_and_key_service_have_no_password_in_common(installation: Installation):
    assert installation.secret("database-admin") != installation.keyservice.secret("database-admin")
    assert not installation.key_file("database-vault").exists()
    assert not installation.keyservice.key_file("database-engine").exists()


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
    prepare(installation.keyservice)
    with psycopg.connect(installation.dsn("app")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_keys_are_readable_by_their_owner_only(installation: Installation):
    for home in (installation, installation.keyservice):
        for file in home.key_file("id").parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_text_of_an_installation_shows_no_secret(installation: Installation):
    outside = Installation(installation.home, "postgresql://someone:hidden@127.0.0.1/")
    assert "hidden" not in repr(outside)


def test_the_server_listens_on_no_network(installation: Installation):
    for home in (installation, installation.keyservice):
        with psycopg.connect(home.dsn("admin")) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_chinese_names_have_trigrams(installation: Installation):
    """Under the plain C locale PostgreSQL takes no Chinese character for a letter, and name search finds nothing."""
    with psycopg.connect(installation.dsn("owner")) as connection:
        connection.execute("create extension if not exists pg_trgm")
        assert connection.execute("select similarity('张三丰', '张三')").fetchone()[0] > 0
        connection.rollback()
