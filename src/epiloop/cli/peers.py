"""`epiloop peers`: other installations, by the cards that people exchange and compare by telephone."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from epiloop.cli._verbs import Installation, Jurisdiction, answer, as_json, operator, plain, say, table, with_database
from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code, short

if TYPE_CHECKING:
    from epiloop.operations.assistance.peers import Card

PURPOSE = "register-keeping"


@click.group()
def command() -> None:
    """Other installations: exchange cards, compare fingerprints, register and drop them."""


@command.command()
@click.option("--name", help="What others call this installation.")
@click.option("--jurisdiction", "codes", type=Jurisdiction(), multiple=True, help="For which it stands; once or more.")
@click.option("--address", default="", help="Where it takes messages, https://...; none: files only.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the card to this file.")
@as_json
@with_database
def card(
    _installation: Installation,
    *,
    name: str | None,
    codes: tuple[Code, ...],
    address: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show our card and its fingerprint; with a name and jurisdictions, say first what it says from now on."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import own

    letters = present.running().letters
    if name or codes:
        own.introduce(letters, operator(PURPOSE), name or "", codes, address)
    found = _said(own.own_card(letters))
    if out:
        out.write_bytes(own.card_file(letters))
        found["file"] = str(out)
    answer(found, lambda: "\n".join(f"{key}: {value}" for key, value in found.items()), as_json=as_json)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--digits", help="The 30 digits that the other side reads out on the telephone.")
@as_json
@with_database
def add(_installation: Installation, *, file: Path, digits: str | None, as_json: bool) -> None:
    """Register the installation whose card is in FILE, once its fingerprint was compared by telephone."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import own

    running = present.running()
    said = digits or click.prompt(say(N_("The digits that the other side reads out")), err=True)
    done = own.add(running.parts, running.letters, operator(PURPOSE), file.read_bytes(), said)
    answer(dict(done.result), lambda: str(done.result["peer"]), as_json=as_json)


@command.command(name="list")
@as_json
@with_database
def list_(_installation: Installation, *, as_json: bool) -> None:
    """All other installations known."""
    from epiloop.runtime import present
    from epiloop.store.reading.asking import EVERYWHERE
    from epiloop.store.reading.assistance import peers
    from epiloop.store.scoped import reading

    with reading(present.readers(), EVERYWHERE) as connection:
        rows = peers(connection)
    names = ("id", "name", "jurisdictions", "address", "fingerprint", "dropped")
    found: list[dict[str, Any]] = [{name: plain(getattr(row, name)) for name in names} for row in rows]
    answer(found, lambda: table(names, [list(one.values()) for one in found]) if found else "-", as_json=as_json)


@command.command()
@click.argument("peer", type=click.UUID)
@click.argument("url")
@as_json
@with_database
def address(_installation: Installation, *, peer: UUID, url: str, as_json: bool) -> None:
    """Messages go to PEER over the network at URL; "" for files only."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import own

    done = own.set_address(present.parts(), operator(PURPOSE), peer, url)
    answer(dict(done.result), lambda: url, as_json=as_json)


@command.command()
@click.argument("peer", type=click.UUID)
@as_json
@with_database
def drop(_installation: Installation, *, peer: UUID, as_json: bool) -> None:
    """Exchange nothing with PEER any more."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import own

    done = own.drop(present.parts(), operator(PURPOSE), peer)
    answer(dict(done.result), lambda: str(peer), as_json=as_json)


def _said(found: "Card") -> dict[str, Any]:
    return {
        "name": found.name,
        "jurisdictions": " ".join(short(Code(code)) for code in found.jurisdictions),
        "address": found.address,
        "fingerprint": found.fingerprint,
    }
