"""Making the application's database and its roles, and bringing it to the schema of this version."""

import psycopg

from epiloop.project.django_parts import set_up
from epiloop.project.home import DATABASES, Installation
from epiloop.project.provision import check_server, make_database, set_password, text
from epiloop.store import personal


def provision(installation: Installation) -> None:
    """Make the roles and the database, or bring passwords and rights to what they should be.

    The caller holds the server. Raises InvalidInput for a server that is too old, Refused for a database of another
    installation.
    """
    with psycopg.connect(installation.dsn("admin"), autocommit=True) as admin:
        check_server(admin, installation, [DATABASES["owner"][1]])
        admin.execute(text("roles.sql"))
        for role in ("owner", "engine", "app"):
            set_password(admin, installation, role)
        make_database(admin, installation, "owner")
        admin.execute(text("rights.sql"))


def migrate(installation: Installation) -> None:
    """Bring the database to this version's schema. The caller holds the server, and Django has its settings.

    Raises Broken if a table is there then, of whatever package, of which the inventory of personal fields says nothing.
    """
    set_up(installation)
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    with psycopg.connect(installation.dsn("owner")) as owner:
        owner.execute(text("tables.sql"))
        personal.check(owner.cursor())
