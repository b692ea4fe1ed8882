"""Bringing an installation from nothing, or from where it stood, to answering pages - and down again."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec

import click

from epiloop.core.errors import N_, EpiloopError
from epiloop.project import frontend, languages
from epiloop.project.databases import migrate, provision
from epiloop.project.home import Installation
from epiloop.project.postgres import hold
from epiloop.project.steps import Report, Steps, shown
from epiloop.project.supervisor import (
    Serving,
    Stopped,
    free_port,
    only_one,
    signals_as_exceptions,
    wait_until_stopped,
)

DEMONSTRATION = "demonstration"
"""The key file that says a demonstration was loaded, with its users and their passwords."""

Fill = Callable[[Installation, Steps], Sequence[str]]
"""What puts the first data into a migrated installation and gives the lines to tell the operator."""


def make(installation: Installation) -> None:
    """`epiloop init`: an empty installation, with its databases at this version's schema; nothing stays running."""
    with made(installation):
        pass
    wait_until_stopped(installation)


def run(installation: Installation, *, port: int, fill: Fill) -> None:
    """Everything up, until Ctrl-C or SIGTERM; then everything down, and only then back."""
    installation = installation.lay_out()
    with signals_as_exceptions(), contextlib.suppress(Stopped), only_one(installation):
        _run(installation, port, fill)
    if not wait_until_stopped(installation):
        click.echo(_("The database goes on for another command that uses it."), err=True)


def _run(installation: Installation, port: int, fill: Fill) -> None:
    with made(installation, fill) as (steps, lines), _serving(installation, port, steps) as serving:
        steps.end()
        _tell(_("Epiloop is at %s") % serving.address, *lines, _("Stop it with Ctrl-C."))
        serving.keep()


@contextlib.contextmanager
def made(installation: Installation, fill: Fill | None = None) -> Iterator[tuple[Steps, Sequence[str]]]:
    """The installation with its database held, at this version's schema, built and filled."""
    with shown(_) as steps, contextlib.ExitStack() as held:
        installation = installation.lay_out()
        _build(steps)
        with steps.step(N_("PostgreSQL")):
            held.enter_context(hold(installation))
        with steps.step(N_("Databases and roles")):
            provision(installation)
        with steps.step(N_("Schema")):
            migrate(installation)
        yield steps, fill(installation, steps) if fill else ()


@contextlib.contextmanager
def _serving(installation: Installation, port: int, steps: Steps) -> Iterator[Serving]:
    serving = Serving(installation, free_port(port or int(installation.settings.get("port", 0))))
    try:
        with steps.step(N_("Pages")):
            serving.start()
        yield serving
    finally:
        serving.stop()


def _tell(*lines: str) -> None:
    click.echo("\n".join(lines))


def _(message: str) -> str:
    """The message in the language of the terminal."""
    return languages.of_terminal().gettext(message)


def first_run(_installation: Installation, _steps: Steps) -> Sequence[str]:
    """The way to the first administrator, while there is none."""
    if find_spec("epiloop.runtime.accounts") is None:
        return ()
    making = import_module("epiloop.runtime.accounts.making")
    token = making.new_setup_token(datetime.now(UTC))
    return () if token is None else (_("Set up the first account at /setup/ with this token: %s") % token,)


def demonstration(people: int, seed: int) -> Fill:
    """Load the demonstration county once; afterwards only tell its users."""

    def fill(installation: Installation, steps: Steps) -> Sequence[str]:
        kept = installation.key_file(DEMONSTRATION)
        if not kept.exists():
            loaded = _load(installation, people, seed, steps.report)
            if not loaded:
                return ()
            installation.write_key(DEMONSTRATION, json.dumps(loaded, ensure_ascii=False).encode())
        told: list[dict[str, str]] = json.loads(kept.read_text("utf-8"))
        return [f"  {user['login']:24} {user['password']:24} {user.get('what', '')}" for user in told]

    return fill


def _load(installation: Installation, people: int, seed: int, report: Report) -> list[dict[str, str]]:
    """The users of the demonstration, as dicts with login, password and what they are."""
    load = getattr(import_module("epiloop.project.demonstration"), "load", None)
    if load is None:
        return []
    return list(load(installation, people=people, seed=seed, progress=report))


def _build(steps: Steps) -> None:
    """Catalogues and front end, where the source changed. Pages work without the front end, so a failure is told."""
    languages.compile_changed()
    if not frontend.is_due():
        return
    try:
        with steps.step(N_("Front end")):
            frontend.build()
    except EpiloopError as wrong:
        click.echo(wrong.render(_), err=True)
