"""Installations of single tests, beside the one that all share."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import WHOLE_RUN
from tests.project.running import laid_out

from epiloop.project.holding import hold
from epiloop.project.home import Installation
from epiloop.project.supervisor import wait_until_stopped

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
OF_ITS_OWN = ("run", "log")
"""What a copy has of its own, beside its settings."""


def prepared(home: Path, **settings: object) -> Installation:
    """An installation at this version's schema that was never used, its servers stopped: a copy of one that is made
    once in the whole run. All copies have the same keys, so this is nothing for tests in which installations meet.
    """
    subprocess.run(["cp", "-a", _pattern(), home], check=True)
    return laid_out(home, **settings)


def _pattern() -> Path:
    """What is copied, made by the first process of the run that asks."""
    done = WHOLE_RUN / "pattern"
    with (WHOLE_RUN / "pattern.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made = laid_out(WHOLE_RUN / "pattern.part")
            with hold(made):
                _prepare(made)
            assert wait_until_stopped(made)
            for home in (made.home, made.keyservice.home):
                (home / "settings.toml").unlink()
                for folder in OF_ITS_OWN:
                    shutil.rmtree(home / folder)
            made.home.rename(done)
    return done


def _prepare(made: Installation) -> None:
    """Make its database. In a process of its own: Django's connections of this one belong to what tests share."""
    command = [sys.executable, "-c", MIGRATE, str(made.home)]
    subprocess.run(command, check=True, env={**os.environ, "EPILOOP_HOME": str(made.home)})
