"""`epiloop clears`: the four clears (四清) of the people under control, and who is behind a gap."""

from typing import Any

import click

from epiloop.cli._verbs import Installation, Jurisdiction, answer, as_json, place, plain, table, with_database
from epiloop.core.jurisdictions import Code

CLEARS = ("count", "identity", "location", "control")


@click.command()
@click.argument("jurisdiction", type=Jurisdiction())
@click.option("--gaps", type=click.Choice(CLEARS), help="Instead of the counts: who is not clear in this way.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="People in a list.")
@click.option("--after", help="Where the list before ended.")
@as_json
@with_database
def command(_installation: Installation, *, jurisdiction: Code, gaps: str | None, as_json: bool, **asked: Any) -> None:
    """Count, identity, location and control status known, by the jurisdictions one level below."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import laws_of
    from epiloop.store.reading import clears as four
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.board import day_around
    from epiloop.store.scoped import reading

    parts = present.parts()
    day = day_around(parts.now(), laws_of(parts).zone(jurisdiction))
    value: dict[str, Any] = {"at": plain(day.at), "jurisdiction": place(jurisdiction)}
    with reading(present.readers(), EVERYWHERE) as connection:
        if gaps:
            which, limit, after = four.Clear(gaps), asked["limit"], asked["after"]
            page = four.gaps(connection, area(jurisdiction), day, which, limit=limit, after_page=after)
            value |= {"clear": gaps, "rows": [_person(row) for row in page.rows], "after": page.after}
        else:
            value["lines"] = [_line(line) for line in four.four_clears(connection, jurisdiction, day)]
    rows = value["rows"] if gaps else value["lines"]
    answer(value, lambda: table(tuple(rows[0]), [list(row.values()) for row in rows]) if rows else "-", as_json=as_json)


def _line(line: Any) -> dict[str, Any]:
    return {**plain(line), "code": place(line.code)}


def _person(row: Any) -> dict[str, Any]:
    return {**plain(row), "jurisdiction": place(row.jurisdiction)}
