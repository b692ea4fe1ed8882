"""`epiloop codes`: the signed codes at the doors of places - printed, rotated, ended, looked at."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from epiloop.cli._verbs import (
    Installation,
    Jurisdiction,
    answer,
    as_json,
    bar,
    note,
    operator,
    say,
    table,
    with_database,
)
from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code

if TYPE_CHECKING:
    from epiloop.store.reading.asking import Area

PURPOSE = "register-keeping"


@click.group()
def command() -> None:
    """Venue codes: print posters, rotate and end codes, look at one."""


@command.command(name="print")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--place", "places", type=click.UUID, multiple=True, help="The id of a place; may be given again.")
@click.option("--jurisdiction", type=Jurisdiction(), help="All places of a jurisdiction. Default: everywhere.")
@click.option("--kind", help="Only places of this kind.")
@click.option("--size", type=click.Choice(["A4", "A5"]), default="A4")
@click.option("--site", help="Address of the gate, https://... Default: that of the settings.")
@as_json
@with_database
def print_(
    installation: Installation,
    *,
    out: Path,
    places: tuple[UUID, ...],
    jurisdiction: Code | None,
    kind: str | None,
    size: str,
    site: str | None,
    as_json: bool,
) -> None:
    """Write posters as PDF, one page for each zone; codes that are missing are issued."""
    from epiloop.papers.posters import Wording
    from epiloop.runtime import present
    from epiloop.runtime.accounts.orders import translator
    from epiloop.runtime.requests import venue_codes
    from epiloop.store.reading.registers import PlacesAsked

    by = operator(PURPOSE)
    asked = PlacesAsked(_area(jurisdiction), by.scope(venue_codes.RIGHT), kind=kind)
    wording = Wording(translator("zh-hans"), int(installation.settings.get("checkin_days", venue_codes.DAYS)))
    wanted = venue_codes.Printing(site or _site(installation), wording, asked, places, size)
    part = out.with_name(f".{out.name}.part")  # whoever stops it finds no file that looks whole
    part.touch(mode=0o600)
    try:
        with bar(say(N_("Posters"))) as progress, part.open("wb") as file:
            pages = venue_codes.print_posters(present.running(), by, wanted, file, progress=progress)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    found = {"pages": pages, "file": str(out)}
    answer(found, lambda: say(N_("%(pages)d pages in %(file)s")) % found, as_json=as_json)


@command.command()
@click.argument("place_id", type=click.UUID)
@click.option("--zone", help="Only this zone.")
@click.option("--days", type=click.IntRange(0, 366), default=7, help="How long the old code is still taken.")
@as_json
@with_database
def rotate(_installation: Installation, *, place_id: UUID, zone: str | None, days: int, as_json: bool) -> None:
    """Give the zones of a place new codes; the old ones end after some days."""
    from epiloop.runtime import present
    from epiloop.runtime.requests import venue_codes

    ends = present.now() + timedelta(days=days)
    venue_codes.rotate(present.parts(), operator(PURPOSE), place_id, ends, zone=zone)
    _answer_codes(place_id, as_json=as_json)


@command.command()
@click.argument("place_id", type=click.UUID)
@click.argument("number", type=click.IntRange(1))
@click.option("--zone", default="", help="Its zone; none: the code of the place as a whole.")
@click.option("--reason", type=click.Choice(["rotated", "copied", "altered", "gone"]), default="copied")
@as_json
@with_database
def end(_installation: Installation, *, place_id: UUID, number: int, zone: str, reason: str, as_json: bool) -> None:
    """Refuse a code from now on."""
    from epiloop.operations.checkins.events import Ending, VenueCodeEnded
    from epiloop.runtime import present
    from epiloop.runtime.requests import venue_codes

    told = VenueCodeEnded(zone, number, present.now(), Ending(reason))
    venue_codes.end(present.parts(), operator(PURPOSE), place_id, told)
    _answer_codes(place_id, as_json=as_json)


@command.command(name="list")
@click.argument("place_id", type=click.UUID)
@as_json
@with_database
def list_(_installation: Installation, *, place_id: UUID, as_json: bool) -> None:
    """All codes there ever were at a place."""
    _answer_codes(place_id, as_json=as_json)


@command.command()
@click.argument("text")
@as_json
@with_database
def verify(_installation: Installation, *, text: str, as_json: bool) -> None:
    """What a code says, if it is one of ours that holds."""
    from epiloop.runtime import present
    from epiloop.runtime.requests import venue_codes

    said = venue_codes.verified(present.running(), text, present.now())
    found = {name: getattr(said, name) for name in said.__dataclass_fields__}
    answer(
        found,
        lambda: " · ".join(str(part) for part in (said.name_zh, said.zone_zh or said.zone) if part),
        as_json=as_json,
    )


def _answer_codes(place_id: UUID, *, as_json: bool) -> None:
    from epiloop.runtime import present
    from epiloop.store.reading import registers
    from epiloop.store.reading.asking import EVERYWHERE
    from epiloop.store.scoped import reading

    with reading(present.readers(), EVERYWHERE) as connection:
        rows = registers.venue_codes(connection, [place_id]).get(place_id, [])
    headings = [say(word) for word in (N_("Zone"), N_("Code"), N_("Short code"), N_("Issued"), N_("Ends"))]
    cells: list[list[Any]] = [
        [row.zone, row.number, row.short, _said(row.issued_at), _said(row.ends_at)] for row in rows
    ]
    answer(rows, lambda: table(headings, cells), as_json=as_json)


def _said(at: datetime | None) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def _area(jurisdiction: Code | None) -> "Area":
    from epiloop.store.reading.asking import EVERYWHERE, area

    return area(jurisdiction) if jurisdiction else EVERYWHERE


def _site(installation: Installation) -> str:
    site = installation.gate_address
    if site.startswith("http://"):
        note(say(N_("The settings name no public address: these posters only work on this machine. Give --site.")))
    return site
