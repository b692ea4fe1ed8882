"""Verbs about signing keys: who may sign, in the key service's database; and signing with a key in a file."""

import os
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from epiloop.cli._texts import plain, said_authorisation
from epiloop.core.errors import N_, InvalidInput
from epiloop.project.clock import clock
from epiloop.project.home import KeyHome, current_installation, key_home_at
from epiloop.project.keyservice.result_verb import result

if TYPE_CHECKING:
    from epiloop.vault.signatures import PublicKey
    from keyservice.database import Connection
    from keyservice.enrolment import Enrolled, Role

HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Its directory. Default: that of this installation.",
)
KEY = click.option("--key", required=True, help="Public key: a file, its text, or the name of one that waits.")
FROM = click.option("--from", "since", type=click.DateTime(), help="From when it counts (UTC). Default: now.")
UNTIL = click.option("--until", type=click.DateTime(), help="Until when (UTC). Default: a year later.")
ACCOUNT = click.option("--account", required=True, help="The account's id, as the application names it.")
NAME = click.option("--name", required=True, help="The laboratory's name, as its results say it.")


@click.group()
def people() -> None:
    """Signing keys of people who make, approve or review authorisations: whose they are decides who can open visits."""


@people.command("enrol")
@HOME
@ACCOUNT
@click.option("--unit", required=True, help="The unit for which they sign.")
@KEY
@FROM
@UNTIL
def enrol_person(*, unit: str, account: str, **rest: Any) -> None:
    """Let a key sign for somebody. Compare its name with what they read from their own screen first."""
    _enrol("person", account, unit, **rest)


@people.command("list")
@HOME
def list_people(home: Path | None) -> None:
    """All keys of people; those that wait are marked."""
    _list("person", home)


@people.command("end")
@HOME
@ACCOUNT
@click.option("--key", help="One key, by its name. Default: all of the account.")
def end_person(home: Path | None, account: str, key: str | None) -> None:
    """Keys count no more, from now on; what they signed opens nothing any more."""
    _end("person", home, account, key)


@click.group()
def sources() -> None:
    """Signing keys of laboratories: without a positive that one of them signed no contact search opens anything."""


@sources.command("enrol")
@HOME
@NAME
@KEY
@FROM
@UNTIL
def enrol_source(*, name: str, **rest: Any) -> None:
    """Let a laboratory's key sign results."""
    _enrol("laboratory", name, "", **rest)


@sources.command("list")
@HOME
def list_sources(home: Path | None) -> None:
    """All keys of laboratories."""
    _list("laboratory", home)


@sources.command("end")
@HOME
@NAME
@click.option("--key", help="One key, by its name. Default: all of the laboratory.")
def end_source(home: Path | None, name: str, key: str | None) -> None:
    """A laboratory's keys count no more, and the results they signed neither."""
    _end("laboratory", home, name, key)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make(file: Path) -> None:
    """Make an Ed25519 signing key: FILE (mode 0600) and FILE.pub, which is what administrators enrol."""
    from epiloop.vault import signatures

    private = os.urandom(signatures.PRIVATE_BYTES)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(private.hex() + "\n")
    public = signatures.public_of(private)
    file.with_name(f"{file.name}.pub").write_text(public.text + "\n", "ascii")
    click.echo(f"{public.name.hex()} {public.text}")


@click.command()
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="Made by `make`."
)
@click.argument("text", type=click.File("rb"))
def sign(key: Path, text: Any) -> None:
    """Sign an authorisation or a laboratory's result. What it says is shown first; the signature is printed last."""
    from epiloop.vault import signatures

    content = text.read()
    click.echo("\n".join(_said(content)), err=True)
    click.echo(signatures.signed(content, _private(key)).text)


def _enrol(role: "Role", holder: str, unit: str, *, home: Path | None, key: str, since: Any, until: Any) -> None:
    from epiloop.project.keyservice import enrolling
    from keyservice import enrolment
    from keyservice.enrolment import Enrolled

    at = _home(home)
    starts = since.replace(tzinfo=UTC) if since else clock(at)()
    ends = until.replace(tzinfo=UTC) if until else starts + enrolment.ENROLLED_FOR
    with enrolling.database(at) as connection:
        one = Enrolled(_key(connection, key), role, holder, unit, starts, ends)
        enrolment.enrol(connection, one)
    click.echo(_line(one))


def _list(role: "Role", home: Path | None) -> None:
    from epiloop.project.keyservice import enrolling
    from keyservice import enrolment

    with enrolling.database(_home(home)) as connection:
        for one in enrolment.listed(connection, role):
            click.echo(_line(one))


def _end(role: "Role", home: Path | None, holder: str, key: str | None) -> None:
    from epiloop.project.keyservice import enrolling
    from keyservice import enrolment

    at = _home(home)
    with enrolling.database(at) as connection:
        if key:
            enrolment.end_key(connection, role, holder, _name(key), clock(at)())
        else:
            enrolment.end(connection, role, holder, clock(at)())


def _line(one: "Enrolled") -> str:
    since = one.since.isoformat() if one.since else "waits"
    unit = f" unit {one.unit}" if one.unit else ""
    return f"{one.key.name.hex()} {one.key.kind.value} {one.holder}{unit} from {since} until {one.until.isoformat()}"


def _key(connection: "Connection", given: str) -> "PublicKey":
    """A file, the text of a key, or the name of one that waits. Raises InvalidInput."""
    from epiloop.vault.signatures import PublicKey
    from keyservice import enrolment

    if ":" in given:
        return PublicKey.of(given)
    if Path(given).exists():
        return PublicKey.of(Path(given).read_text("ascii"))
    found = enrolment.by_name(connection, _name(given))
    if found is None:
        raise InvalidInput(N_("This is neither a file with a public key nor the name of one that waits."), where=given)
    return found.key


def _name(given: str) -> bytes:
    from epiloop.vault.signatures import NAME_BYTES

    try:
        name = bytes.fromhex(given)
    except ValueError:
        name = b""
    if len(name) != NAME_BYTES:
        raise InvalidInput(N_("The name of a key is 32 hexadecimal digits."), where=given)
    return name


def _private(file: Path) -> bytes:
    try:
        return bytes.fromhex(file.read_text("ascii").strip())
    except ValueError:
        raise InvalidInput(N_("This file holds no signing key."), where=str(file)) from None


def _said(content: bytes) -> list[str]:
    """What a text says, line by line. Raises InvalidInput for one that is neither."""
    from epiloop.vault import results

    try:
        result = results.read(content)
    except InvalidInput:
        return said_authorisation(content)
    return [f"laboratory: {result.laboratory}", f"sample: {result.sample}, {plain(result.taken_at)}", result.found]


def _home(given: Path | None) -> KeyHome:
    return key_home_at(given) if given else current_installation().keyservice


VERBS = (people, sources, make, sign, result)
