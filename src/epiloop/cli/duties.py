"""`epiloop duties`: the lists behind the board's numbers, and taking a duty."""

from typing import Any
from uuid import UUID

import click

from epiloop.cli._verbs import Installation, answer, as_json, jurisdiction, operator, plain, table, with_database
from epiloop.core.jurisdictions import Code


@click.group()
def command() -> None:
    """List duties, and take them."""


@command.command(name="list")
@click.option("--lateness", type=click.Choice(["late", "due-today", "later", "done"]), default="late")
@jurisdiction
@click.option("--measure", help="Only this measure.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@click.option("--after", help="`after` of the page before.")
@as_json
@with_database
def list_(
    _installation: Installation,
    *,
    lateness: str,
    jurisdiction: Code | None,
    measure: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """Duties: late ones by consequence and then by how long, others by when they are due."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import laws_of
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.board import day_around
    from epiloop.store.reading.lists import DutyFilter, Lateness, duties
    from epiloop.store.scoped import reading

    parts = present.parts()
    day = day_around(parts.now(), laws_of(parts).zone(jurisdiction or 0))
    wanted = (area(jurisdiction) if jurisdiction else EVERYWHERE, day, Lateness(lateness), DutyFilter(measure=measure))
    with reading(present.readers(), EVERYWHERE) as connection:
        page = duties(connection, *wanted, limit=limit, after_page=after)
    found: dict[str, Any] = plain(page)
    rows = [
        [
            one["duty"]["due"],
            one["duty"]["kind"],
            one["duty"]["subject"],
            one["duty"]["owner_post"],
            one["owner"]["account"],
        ]
        for one in found["rows"]
    ]
    answer(found, lambda: table(("due", "duty", "subject", "owner", "on duty"), rows), as_json=as_json)


@command.command()
@click.argument("subject", type=click.UUID)
@click.argument("loop")
@click.argument("duty")
@as_json
@with_database
def take(_installation: Installation, subject: UUID, loop: str, duty: str, *, as_json: bool) -> None:
    """Take the duty DUTY of the loop LOOP of SUBJECT."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.duties import acknowledge

    done = acknowledge(present.parts(), operator("duty-control"), subject, loop, duty, login="operator")
    answer(dict(done.result), lambda: duty, as_json=as_json)
