"""The verbs of the key service: `keyservice serve` runs it alone; `keys` shows how it stands and renews its keys."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from epiloop.core.errors import N_, Unavailable
from epiloop.project import account
from epiloop.project.home import Installation, KeyHome, current_installation, key_home_at
from epiloop.project.keyservice.signing_verbs import VERBS

if TYPE_CHECKING:
    from keyservice.keeping import Keeping

HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Its directory. Default: that of this installation.",
)


@click.group()
def keyservice() -> None:
    """The key service on a machine of its own."""


@keyservice.command()
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), required=True, help="Its directory.")
def serve(home: Path) -> None:
    """Serve until Ctrl-C; on a socket, or at `listen` of its settings with certificates on both sides."""
    from epiloop.project.keyservice.process import serve_alone

    made = key_home_at(home)
    serve_alone(made, lambda: click.echo(made.listen or str(made.socket)))


@click.group()
def keys() -> None:
    """The key service: how it stands, its master key, who may sign, whether check-ins are collected; and signing."""


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value on standard output, nothing else.")
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """Process, database, master key, log and days of the key service. Starts what does not run, and stops it again."""
    from epiloop.project.keyservice.holding import client

    with context.obj.database() as installation:
        asked = client(installation)
        found: dict[str, Any] = {"address": installation.keyservice_url or "socket"}
        try:
            # What it says of a large vault may take minutes, and whether it says anything at all only moments.
            found |= asked.status() if asked.answers() else {"process": {"up": False}}
        except Unavailable:
            found["process"] = {"up": False}
        asked.close()
    click.echo(json.dumps(found) if as_json else "\n".join(_lines(found)))
    if not found["process"]["up"]:
        click.echo(_away(installation).render(context.obj.translate), err=True)
        raise SystemExit(Unavailable.exit_code)


@keys.command()
@HOME
@click.option("--to", type=click.Choice(["file", "environment", "transit", "pkcs11"]), help="Another provider.")
def rotate(home: Path | None, to: str | None) -> None:
    """Wrap the master key under a new key. What is sealed stays as it is; a service that runs goes on."""
    from epiloop.project.keyservice.master import wrap_anew

    wrapping = wrap_anew(_home(home), to)
    click.echo(f"{wrapping.provider} {wrapping.version}")


@keys.command()
@HOME
@click.option("--host", required=True, help="Name or address under which the application reaches the service.")
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), required=True, help="Directory for the application's."
)
def certificates(home: Path | None, host: str, to: Path) -> None:
    """Make certificates for both ends. Those in the directory TO go into keys/ of the application, and nowhere else."""
    from epiloop.project.keyservice.certificates import make

    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in make(_home(home).lay_out(), host, at=datetime.now(UTC)).items():
        path = to / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        account.give(path, account.owner_of(to))
        click.echo(str(path))


@keys.group()
def collection() -> None:
    """Whether check-ins are collected: going on by decision, and the end of the event."""


@collection.command()
@HOME
@click.option("--decision", required=True, help="Who decided it, and where it is published.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day; 30 days at most.")
def renew(home: Path | None, decision: str, until: datetime) -> None:
    """Collect check-ins until a day. Needed where the settings say `renewal = true`, and after an end."""
    from epiloop.project.keyservice import daykeeping

    at = _home(home)
    kept = daykeeping.keeping(at)
    with _given(kept, at):
        made = kept.renew(decision, until.date())
    click.echo(made.line())


@collection.command()
@HOME
@click.option("--decision", required=True, help="Who decided it, and where it is published.")
@click.confirmation_option(prompt="Destroy every sealed check-in? Nobody can read them afterwards.")
def end(home: Path | None, decision: str) -> None:
    """End collecting: destroy the secrets of all days and their copies at once, and write a record of it."""
    from epiloop.project.keyservice import daykeeping

    at = _home(home)
    kept = daykeeping.keeping(at)
    with _given(kept, at):
        gone = kept.end(decision)
    click.echo("\n".join([*map(str, gone), kept.decisions.all()[-1].line()]))


for verb in VERBS:
    keys.add_command(verb)


@contextmanager
def _given(kept: "Keeping", home: KeyHome) -> Iterator[None]:
    """What is written here, by whoever calls it, belongs to the account of the service afterwards."""
    try:
        yield
    finally:
        for file in (kept.decisions.file, kept.record.file):
            if file.exists():
                account.give(file, home.owner)


def _home(given: Path | None) -> KeyHome:
    return key_home_at(given) if given else current_installation().keyservice


def _away(installation: Installation) -> Unavailable:
    what = N_("The key service does not answer: nothing can be opened, and check-ins wait, sealed.")
    if installation.keyservice_url:
        return Unavailable(what, where=installation.keyservice_url, remedy=N_("Call those who look after its machine."))
    log = installation.keyservice.log_dir / "keyservice.log"
    return Unavailable(
        what, where=str(log), remedy=N_("Read its log; if its process is stuck, end it: `epiloop up` starts it again.")
    )


def _lines(found: dict[str, Any]) -> list[str]:
    """`name: value`, parts of parts as `name.part: value`."""
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines += [f"{name}.{line}" for line in _lines(value)]
        elif name == "days" and isinstance(value, list):
            lines += [f"day {day['day']}: " + ", ".join(_of_day(day)) for day in value]
        else:
            lines.append(f"{name}: {value}")
    return lines


def _of_day(day: dict[str, Any]) -> list[str]:
    states = [state for state in ("held", "copied", "leftover") if day[state]]
    lost = [] if day["whole"] else [f"MISSING: rows {day['missing_rows']} in files {day['missing_files']}"]
    return [*states, f"rows {day['rows']}", f"bytes {day['bytes']}", *lost]
