"""Installations of single tests, beside the one that all share."""

import os
import subprocess
import sys

from epiloop.project.home import Installation

MIGRATE = """
import pathlib, sys
import django
from epiloop.project.databases import migrate, provision
from epiloop.project.home import installation_at

django.setup()
made = installation_at(pathlib.Path(sys.argv[1]))
provision(made)
migrate(made)
"""


def prepare(made: Installation) -> None:
    """Make its database at this version's schema; the caller holds its servers.

    In a process of its own: Django's connections of this one belong to the installation that tests share.
    """
    command = [sys.executable, "-c", MIGRATE, str(made.home)]
    subprocess.run(command, check=True, env={**os.environ, "EPILOOP_HOME": str(made.home)})
