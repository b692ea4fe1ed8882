"""Bringing an installation from nothing, or from where it stood, to answering pages - and down again."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from compileall import compile_dir
from datetime import UTC, datetime

import click

from epiloop.core.errors import N_, EpiloopError
from epiloop.project import frontend, languages
from epiloop.project.databases import migrate, provision
from epiloop.project.holding import hold
from epiloop.project.home import Installation
from epiloop.project.steps import Steps, shown
from epiloop.project.supervisor import (
    Serving,
    Stopped,
    free_ports,
    only_one,
    signals_as_exceptions,
    wait_until_stopped,
)

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
        where = (_("Epiloop is at %s") % serving.address, _("Visitors check in at %s") % serving.gate_address)
        _tell(*where, *lines, _("Stop it with Ctrl-C."))
        serving.keep()


@contextlib.contextmanager
def made(installation: Installation, fill: Fill | None = None) -> Iterator[tuple[Steps, Sequence[str]]]:
    """The installation with its database held, at this version's schema, built and filled."""
    with shown(_) as steps, contextlib.ExitStack() as held:
        installation = installation.lay_out()
        _build(steps)
        with steps.step(N_("PostgreSQL and key service")):
            held.enter_context(hold(installation))
        with steps.step(N_("Databases and roles")):
            provision(installation)
        with steps.step(N_("Schema")):
            migrate(installation)
        _take_up_rebuild(installation, steps)
        yield steps, fill(installation, steps) if fill else ()


def _take_up_rebuild(installation: Installation, steps: Steps) -> None:
    """A rebuild that was broken off left the projections half filled: nobody is shown them before it is done."""
    from epiloop.runtime.rebuilding import is_broken_off, rebuild

    if is_broken_off(installation.dsn("engine")):
        with steps.step(N_("Rebuilding")):
            rebuild(installation.dsn("engine"))


@contextlib.contextmanager
def _serving(installation: Installation, port: int, steps: Steps) -> Iterator[Serving]:
    wanted = port or int(installation.settings.get("port", 0))
    serving = Serving(installation, *free_ports(wanted, int(installation.settings.get("gate_port", 0))))
    try:
        with steps.step(N_("Gate and pages")):
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
    from django.urls import reverse

    from epiloop.runtime.accounts.making import new_setup_token

    token = new_setup_token(datetime.now(UTC))
    if token is None:
        return ()
    return (
        _("Set up the first account at %(page)s with this token: %(token)s")
        % {"page": reverse("set-up"), "token": token},
    )


def demonstration(people: int, seed: int) -> Fill:
    """Load the demonstration county once; afterwards only tell its users."""

    def fill(installation: Installation, steps: Steps) -> Sequence[str]:
        from epiloop.project import demousers, wiring
        from epiloop.project.demonstration.loading import busiest_worker, load
        from epiloop.runtime import present

        if demousers.known(installation) is None:
            wiring.wire(installation)
            try:
                plan, stands_at = load(present.parts(), people=people, seed=seed, report=steps.report)
                wiring.shift_clock(installation, stands_at)
                demousers.make(installation, plan.tree.county, busiest_worker(present.parts(), plan, stands_at))
                _visits(installation, steps, seed)
            finally:
                present.forget()
        users = [f"  {user.login:15} {_(user.role)}" for user in demousers.known(installation) or ()]
        return [
            *users,
            _("Their password: %s") % demousers.password(installation),
            _("Their code: ./epiloop code LOGIN"),
        ]

    return fill


def _visits(installation: Installation, steps: Steps, seed: int) -> None:
    """What contact searches need; not where the key service is another machine's, which is no demonstration."""
    from epiloop.project import wiring
    from epiloop.project.demonstration import laboratory, searching
    from epiloop.project.demonstration.interviews import interviews
    from epiloop.project.demonstration.neighbours import requests
    from epiloop.runtime import present

    if installation.keyservice_url is not None:
        return
    present.forget()  # the clock was set meanwhile
    wiring.wire(installation)
    with steps.step(N_("Check-ins")):
        laboratory.let_anybody_sign(installation.keyservice)
        searching.positives(present.parts(), laboratory.enrol_laboratory(installation))
        searching.check_ins(present.parts(), seed)
        interviews(present.running(), seed)
        requests(present.running())


def _build(steps: Steps) -> None:
    """Catalogues and front end, where the source changed. Pages work without the front end, so a failure is told."""
    languages.compile_changed()
    compile_dir(str(frontend.CHECKOUT / "src"), quiet=2)  # the system user that serves may not write beside the code
    if not frontend.is_due():
        return
    try:
        with steps.step(N_("Front end")):
            frontend.build()
    except EpiloopError as wrong:
        click.echo(wrong.render(_), err=True)
