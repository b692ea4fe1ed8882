"""The `epiloop` command: the verbs of `epiloop.cli` and those of this package, wired to the installation."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from epiloop.core.errors import N_, EpiloopError, NotFound
from epiloop.project import languages, leash
from epiloop.project.commands import OWN_VERBS
from epiloop.project.home import Installation, current_installation
from epiloop.project.rulebooks import rulebooks_folder
from epiloop.project.verbs import cli


class Wiring:
    """What verbs get from this package: the installation, database and key service running and Django set up."""

    @contextlib.contextmanager
    def database(self) -> Iterator[Installation]:
        """Hold database and key service of the current installation. Raises NotFound if there is none, Unavailable."""
        from epiloop.project.django_parts import set_up
        from epiloop.project.holding import hold
        from epiloop.project.wiring import wire
        from epiloop.runtime import present

        installation = current_installation()
        if not installation.key_file("id").exists():
            raise NotFound(
                N_("There is no installation in %(home)s."),
                remedy=N_("Make one with `epiloop init`, or set EPILOOP_HOME."),
                home=str(installation.home),
            )
        with hold(installation):
            set_up(installation)
            wire(installation)
            try:
                yield installation
            finally:
                present.forget()

    def translate(self, message: str) -> str:
        """A message in the language of the terminal."""
        return languages.of_terminal().gettext(message)

    def rulebooks(self) -> Path:
        """The folder of the rulebooks that come with Epiloop."""
        return rulebooks_folder()


for verb in OWN_VERBS:
    cli.add_command(verb)


def main() -> None:
    """Run a verb. An EpiloopError ends it with its message on standard error and its exit code.

    With --json it is the one value on standard output too.
    """
    leash.fasten()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "epiloop.project.settings")
    try:
        cli(obj=Wiring(), prog_name="epiloop")
    except EpiloopError as wrong:
        said = wrong.render(languages.of_terminal().gettext)
        if "--json" in sys.argv:
            error = {"code": wrong.code, "detail": said, "where": wrong.where, "exit_code": wrong.exit_code}
            click.echo(json.dumps({"error": error}, ensure_ascii=False))
        click.echo(said, file=sys.stderr)
        sys.exit(wrong.exit_code)
