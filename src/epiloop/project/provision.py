"""What both databases need when they are made: a server new enough, nobody else's data, passwords, an owner."""

from collections.abc import Iterable
from importlib.resources import files

import psycopg
from psycopg import sql

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.project.binaries import OLDEST
from epiloop.project.home import DATABASES, Installation, Role

Connection = psycopg.Connection[tuple[object, ...]]


def text(name: str) -> str:
    """A file of SQL of this package."""
    return files("epiloop.project").joinpath("sql", name).read_text("utf-8")


def check_server(admin: Connection, installation: Installation, names: Iterable[str]) -> None:
    """Raise InvalidInput for a server that is too old, Refused for databases of another installation."""
    if admin.info.server_version < OLDEST * 10000:
        raise InvalidInput(
            N_("The server is PostgreSQL %(major)s; %(oldest)s or later is needed."),
            major=admin.info.server_version // 10000,
            oldest=OLDEST,
        )
    query = "select datname, shobj_description(oid, 'pg_database') from pg_database where datname = any(%s)"
    for name, mark in admin.execute(query, (list(names),)):
        if mark is not None and mark != _mark(installation):
            raise Refused(
                N_("The database %(name)s on this server belongs to another installation."),
                remedy=N_("Use that installation's EPILOOP_HOME, or another server."),
                name=name,
            )


def set_password(admin: Connection, installation: Installation, role: Role) -> None:
    """Only the verifier goes to the server, so no log can hold the password."""
    user, password = DATABASES[role][0], installation.secret(f"database-{role}")
    verifier = admin.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(user), sql.Literal(verifier)))


def make_database(admin: Connection, installation: Installation, role: Role) -> None:
    """The database of an owning role, marked as this installation's, if it is missing."""
    owner, name = DATABASES[role]
    if not admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
        # characters and case as the server knows them, order by bytes: indexes survive an update of the system
        template = sql.SQL("create database {} owner {} template template0 encoding 'UTF8' lc_collate 'C'")
        admin.execute(template.format(sql.Identifier(name), sql.Identifier(owner)))
    comment = sql.SQL("comment on database {} is {}")
    admin.execute(comment.format(sql.Identifier(name), sql.Literal(_mark(installation))))


def _mark(installation: Installation) -> str:
    return f"Epiloop installation {installation.secret('id')[:12]}"
