"""`epiloop traces`: requests for contact searches - list, approve, end; and the key files that sign."""

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

import click

from epiloop.cli._histories import VERBS
from epiloop.cli._texts import said_authorisation
from epiloop.cli._tracing import account, acting_as, clock, key_file, make_key, read_key, unit_of
from epiloop.cli._verbs import Installation, answer, as_json, jurisdiction, note, plain, table, with_database
from epiloop.core.jurisdictions import Code

if TYPE_CHECKING:
    from epiloop.store.tables import TraceRow


@click.group()
def command() -> None:
    """List, approve and end requests for contact searches; make keys that sign."""


@command.command(name="list")
@jurisdiction
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@as_json
@with_database
def list_(_installation: Installation, *, jurisdiction: Code | None, limit: int, as_json: bool) -> None:
    """Requests, the latest first: who asked, who approved, how many were found. Never who."""
    from epiloop.runtime import present
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.tracing import requests
    from epiloop.store.scoped import reading

    with reading(present.readers(), EVERYWHERE) as connection:
        page = requests(connection, area(jurisdiction) if jurisdiction else EVERYWHERE, limit=limit)
    value = [plain(row) for row in page.rows]
    headings = ("id", "kind", "state", "case", "ring", "asked for", "approved for", "due", "met", "confirmed")
    answer(value, lambda: table(headings, [_cells(row) for row in page.rows]), as_json=as_json)


def _cells(row: "TraceRow") -> list[Any]:
    units = row.asked_unit, row.decided_unit
    return [row.id, row.kind, row.step, row.person, row.ring, *units, clock(row.due), row.first_ring, row.confirmed]


@command.command()
@click.argument("trace", type=click.UUID)
@account
@key_file
@as_json
@with_database
def approve(_installation: Installation, *, trace: UUID, account: str | None, key: Path | None, as_json: bool) -> None:
    """Sign the text of a request that somebody of another unit made. What it says is shown first; compare the
    fingerprint with theirs.
    """
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.deciding import approve as approved
    from epiloop.runtime.requests.tracing.deciding import standing
    from epiloop.runtime.requests.tracing.desk import desk_of
    from epiloop.vault.signatures import signed

    if key is None or account is None:
        raise click.UsageError("An approval needs --key and --account.")
    by, private, parts = acting_as(account), read_key(key), present.parts()
    unit = unit_of(by, private)
    text = desk_of(parts).text(trace, by.actor)
    note("\n".join(said_authorisation(text)))
    approved(parts, by, trace, unit, signed(text, private))
    state = standing(parts, trace)[0].step  # a legal order waits for a second approval
    answer({"trace": str(trace), "state": state}, lambda: str(trace), as_json=as_json)


@command.command()
@click.argument("trace", type=click.UUID)
@click.option("--reason", default="", help="Why; sealed, for whoever asked.")
@account
@as_json
@with_database
def refuse(_installation: Installation, *, trace: UUID, reason: str, account: str | None, as_json: bool) -> None:
    """Do not approve a request of another unit; whoever asked sees why."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.deciding import refuse as refused

    if account is None:
        raise click.UsageError("A refusal needs --account.")
    refused(present.parts(), acting_as(account), trace, reason)
    answer({"trace": str(trace), "state": "refused"}, lambda: str(trace), as_json=as_json)


@command.command()
@click.argument("trace", type=click.UUID)
@account
@as_json
@with_database
def withdraw(_installation: Installation, *, trace: UUID, account: str | None, as_json: bool) -> None:
    """End a request: nothing can be searched with it any more."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.deciding import withdraw as withdrawn

    withdrawn(present.parts(), acting_as(account), trace)
    answer({"trace": str(trace), "state": "withdrawn"}, lambda: str(trace), as_json=as_json)


@command.command()
@click.option("--unit", required=True, help="The unit that the account signs for.")
@account
@key_file
@as_json
@with_database
def key(_installation: Installation, *, unit: str, account: str | None, key: Path | None, as_json: bool) -> None:
    """Make a key file if there is none, and hand its public half to the key service."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.desk import desk_of
    from epiloop.vault.signatures import public_of

    if key is None or account is None:
        raise click.UsageError("A key needs --key and --account.")
    public = public_of(make_key(key))
    enrolled = desk_of(present.parts()).enrol(public, acting_as(account).actor, unit)
    value = {"key": public.name.hex(), "account": account, "unit": unit, "waiting": not enrolled}
    answer(value, public.name.hex, as_json=as_json)


@command.command()
@click.argument("file", type=click.File("rb"))
@click.argument("signature", type=click.File("r"))
@as_json
@with_database
def attest(_installation: Installation, *, file: IO[bytes], signature: IO[str], as_json: bool) -> None:
    """Hand in a laboratory's result: the FILE that `keys result` wrote, and what `keys sign` printed for it."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.desk import desk_of
    from epiloop.vault.signatures import Signature

    number = desk_of(present.parts()).attest(file.read(), Signature.of(signature.read()))
    answer({"attestation": str(number)}, lambda: str(number), as_json=as_json)


for verb in VERBS:
    command.add_command(verb)
