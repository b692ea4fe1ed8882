"""Making the two databases and their roles, and bringing both to the schema of this version."""

from importlib.resources import files

import psycopg
from psycopg import sql

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.project.binaries import OLDEST
from epiloop.project.django_parts import set_up
from epiloop.project.home import DATABASES, Installation, Role
from keyservice.schema import migrate as migrate_vault

OWNERS: tuple[Role, ...] = ("owner", "vault")

Connection = psycopg.Connection[tuple[object, ...]]


def provision(installation: Installation) -> None:
    """Make the roles and the two databases, or bring passwords and rights to what they should be.

    The caller holds the server. Raises InvalidInput for a server that is too old, Refused for databases of
    another installation.
    """
    with psycopg.connect(installation.dsn("admin"), autocommit=True) as admin:
        _check_version(admin)
        _check_ours(admin, installation)
        admin.execute(_text("roles.sql"))
        for role in ("owner", "engine", "app", "vault"):
            _set_password(admin, DATABASES[role][0], installation.secret(f"database-{role}"))
        for role in OWNERS:
            _make_database(admin, *DATABASES[role], mark=_mark(installation))
        admin.execute(_text("rights.sql"))


def migrate(installation: Installation) -> None:
    """Bring both databases to this version's schema. The caller holds the server, and Django has its settings."""
    set_up(installation)
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    with psycopg.connect(installation.dsn("owner")) as owner:
        owner.execute(_text("tables.sql"))
    migrate_vault(installation.dsn("vault"))


def _text(name: str) -> str:
    return files("epiloop.project").joinpath("sql", name).read_text("utf-8")


def _check_version(admin: Connection) -> None:
    if admin.info.server_version < OLDEST * 10000:
        raise InvalidInput(
            N_("The server is PostgreSQL %(major)s; %(oldest)s or later is needed."),
            major=admin.info.server_version // 10000,
            oldest=OLDEST,
        )


def _check_ours(admin: Connection, installation: Installation) -> None:
    query = "select datname, shobj_description(oid, 'pg_database') from pg_database where datname = any(%s)"
    for name, mark in admin.execute(query, ([DATABASES[role][1] for role in OWNERS],)):
        if mark is not None and mark != _mark(installation):
            raise Refused(
                N_("The database %(name)s on this server belongs to another installation."),
                remedy=N_("Use that installation's EPILOOP_HOME, or another server."),
                name=name,
            )


def _mark(installation: Installation) -> str:
    return f"Epiloop installation {installation.secret('id')[:12]}"


def _set_password(admin: Connection, user: str, password: str) -> None:
    """Only the verifier goes to the server, so no log can hold the password."""
    verifier = admin.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(user), sql.Literal(verifier)))


def _make_database(admin: Connection, owner: str, name: str, *, mark: str) -> None:
    if not admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
        # characters and case as the server knows them, order by bytes: indexes survive an update of the system
        template = sql.SQL("create database {} owner {} template template0 encoding 'UTF8' lc_collate 'C'")
        admin.execute(template.format(sql.Identifier(name), sql.Identifier(owner)))
    admin.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(mark)))
