"""`epiloop board`: what is open, due and late, line by line."""

import click

from epiloop.cli._verbs import Installation, answer, as_json, jurisdiction, place, plain, table, with_database
from epiloop.core.jurisdictions import Code


@click.command()
@jurisdiction
@click.option("--measure", help="Only this measure.")
@as_json
@with_database
def command(_installation: Installation, *, jurisdiction: Code | None, measure: str | None, as_json: bool) -> None:
    """What is open, due today, late and escalated now."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import laws_of
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.board import Counts, board, day_around
    from epiloop.store.scoped import reading

    parts = present.parts()
    day = day_around(parts.now(), laws_of(parts).zone(jurisdiction or 0))
    with reading(present.readers(), EVERYWHERE) as connection:
        lines = board(connection, area(jurisdiction) if jurisdiction else EVERYWHERE, day, Counts(measure=measure))
    value = {"at": plain(day.at), "jurisdiction": place(jurisdiction) or None, "lines": plain(lines)}
    headings = tuple(plain(lines[0]))
    answer(value, lambda: table(headings, [list(plain(line).values()) for line in lines]), as_json=as_json)
