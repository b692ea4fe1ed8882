"""`epiloop keys result`: the statement that a laboratory signs. It runs at the laboratory and needs no service."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from epiloop.core.errors import N_, Refused


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--laboratory", required=True, help="The name that the laboratory's key is enrolled under.")
@click.option("--sample", required=True, help="The sample's number.")
@click.option("--taken-at", required=True, help="When it was taken, with the time zone: 2022-07-03T09:30+08:00.")
@click.option(
    "--found",
    type=click.Choice(["positive", "confirmed", "withdrawn"]),
    required=True,
    help="How sure it is; withdrawn: it is taken back, all else being as it was told.",
)
@click.option(
    "--by",
    "kind",
    type=click.Choice(["document", "phone"]),
    default="document",
    show_default=True,
    help="Which number is given.",
)
def result(*, file: Path, laboratory: str, sample: str, taken_at: str, found: str, kind: str) -> None:
    """Write a positive result to FILE, or that it is taken back, to be signed with `sign`. The person's number is read
    from standard input.
    """
    from epiloop.vault import results
    from epiloop.vault.reach import ReachKind, code_of
    from epiloop.vault.results import Found, LaboratoryResult

    number = click.prompt(f"{kind} of the person", hide_input=sys.stdin.isatty(), err=True)
    person = code_of(ReachKind[kind.upper()], number)
    text = results.write(LaboratoryResult(laboratory, sample, _moment(taken_at), Found(found), person))
    try:
        written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(N_("%(path)s is there already."), path=str(file)) from None
    with os.fdopen(written, "wb") as opened:
        opened.write(text)


def _moment(given: str) -> datetime:
    """An instant with its time zone. Raises a usage error for anything else."""
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise click.BadParameter("a time with its time zone, such as 2022-07-03T09:30+08:00", param_hint="--taken-at")
    return at.astimezone(UTC)
