"""The verbs that start, check and build: init, up, demo, serve, test, messages, reference."""

from datetime import UTC, datetime

import click

from epiloop.core.errors import N_, NotFound, Refused
from epiloop.project.home import current_installation
from epiloop.project.keyservice.verbs import keys, keyservice

PORT = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the pages; the next free one.")


@click.command()
@click.option(
    "--exercise",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    help="For training: its clock stands at this time (UTC) now and goes on from there. New installations only.",
)
def init(exercise: datetime | None) -> None:
    """Make an empty installation in EPILOOP_HOME. Doing it again changes nothing."""
    from epiloop.project.starting import make
    from epiloop.project.wiring import shift_clock

    installation = current_installation()
    if exercise and installation.key_file("id").exists():
        raise Refused(N_("There is an installation already; its clock stays as it is."), where=str(installation.home))
    make(installation)
    if exercise:
        shift_clock(installation, exercise.replace(tzinfo=UTC))
    click.echo(str(installation.home))


@click.command()
@PORT
def up(port: int) -> None:
    """Serve this installation until Ctrl-C."""
    from epiloop.project.starting import first_run, run

    run(current_installation(), port=port, fill=first_run)


@click.command()
@PORT
@click.option("--people", type=click.IntRange(10_000, 1_000_000), default=10_000, help="Size of the county.")
@click.option("--seed", type=int, default=1, help="Another seed gives another county.")
def demo(port: int, people: int, seed: int) -> None:
    """Serve a demonstration county with a running outbreak, all of it made up."""
    from epiloop.project.starting import demonstration, run

    run(current_installation(), port=port, fill=demonstration(people, seed))


@click.command()
@click.argument("login")
def code(login: str) -> None:
    """Print the present sign-in code of a demonstration user, in place of an authenticator app."""
    from epiloop.project.demousers import present_code

    click.echo(present_code(current_installation(), login))


@click.command(hidden=True)
@click.option("--port", type=int, required=True)
def serve(port: int) -> None:
    """Serve the pages only; what `up` starts."""
    from epiloop.project.serving import serve as serve_pages
    from epiloop.project.supervisor import LOOPBACK

    serve_pages(LOOPBACK, port)


@click.command(hidden=True)
@click.option("--port", type=int, required=True)
@click.option("--workers", type=click.IntRange(1), help="Processes; else as the settings say.")
def gate(port: int, workers: int | None) -> None:
    """Serve the gate only: where phones and gateways check in; what `up` starts."""
    from epiloop.project.serving import serve_gate
    from epiloop.project.supervisor import LOOPBACK

    serve_gate(LOOPBACK, port, workers=workers or int(current_installation().settings.get("gate_workers", 1)))


@click.command()
@click.option("--fast", is_flag=True, help="Leave out slow and browser tests.")
@click.argument("tests", nargs=-1)
def test(fast: bool, tests: tuple[str, ...]) -> None:  # noqa: FBT001 - an option of the command line
    """Run every check this machine can; TESTS are given to pytest."""
    from epiloop.project.checking import check_everything

    raise SystemExit(check_everything(fast=fast, tests=tests))


@click.command(hidden=True)
def build() -> None:
    """Compile message catalogues and the front end where their source changed."""
    from epiloop.project import frontend, languages

    languages.compile_changed()
    if frontend.is_due():
        frontend.build()


@click.command()
def messages() -> None:
    """Collect the messages of the source into the catalogues, for translators."""
    from epiloop.project.collecting import collect

    for path, missing in collect():
        click.echo(f"{path}: {missing} without translation")


@click.command()
def reference() -> None:
    """Write the pages of docs/reference that are made from the code."""
    from epiloop.project.reference import write

    for path in write():
        click.echo(str(path))


@click.command()
@click.option("--stolen", is_flag=True, help="Believe nothing the old key ever signed: every poster is printed anew.")
def venue_key(*, stolen: bool) -> None:
    """Let another key sign venue codes from now on; what the old one signed until now stays good."""
    from epiloop.project.venue_keys import replace_signing
    from epiloop.project.wiring import clock

    installation = current_installation()
    if not installation.key_file("id").exists():
        raise NotFound(N_("There is no installation in %(home)s."), home=str(installation.home))
    click.echo(replace_signing(installation, clock(installation)(), dropped=stolen).hex())


OWN_VERBS = (init, up, demo, keyservice, keys, code, serve, gate, test, build, messages, reference, venue_key)
