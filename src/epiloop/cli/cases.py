"""`epiloop cases`: the case list, the epidemic curve, the transmission tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from epiloop.cli._verbs import Installation, answer, as_json, jurisdiction, place, plain, table, with_database
from epiloop.core.jurisdictions import Code


@click.group()
def command() -> None:
    """List and count cases."""


@contextmanager
def _asked(where: Code | None) -> Iterator[tuple[Any, Any, Any, Any]]:
    """(connection, area, instant, zone) of a question."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import laws_of
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.scoped import reading

    zone = laws_of(present.parts()).zone(where or 0)
    with reading(present.readers(), EVERYWHERE) as connection:
        yield connection, area(where) if where else EVERYWHERE, present.now(), zone


@command.command(name="list")
@jurisdiction
@click.option("--disease", help="Only this disease.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@click.option("--after", help="`after` of the page before.")
@as_json
@with_database
def list_(
    _installation: Installation,
    *,
    jurisdiction: Code | None,
    disease: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """Cases as known now, the latest determined first."""
    from epiloop.store.reading.cases import CaseFilter, cases

    with _asked(jurisdiction) as (connection, area, at, _):
        page = cases(connection, area, at, CaseFilter(disease), limit=limit, after_page=after)
    shown = [{name: value for name, value in row._asdict().items() if name != "sealed"} for row in page.rows]
    names = ("outside", "person", "disease", "classification", "onset")
    rows = [[*(c[name] for name in names), place(c["jurisdiction"])] for c in shown]
    headings = ("number", "person", "disease", "classification", "onset", "jurisdiction")
    answer({"rows": shown, "after": page.after}, lambda: table(headings, rows), as_json=as_json)


@command.command()
@click.argument("disease")
@jurisdiction
@as_json
@with_database
def curve(_installation: Installation, disease: str, *, jurisdiction: Code | None, as_json: bool) -> None:
    """Cases per day of onset; where that is unknown per day of report, counted apart."""
    from epiloop.store.reading.cases import CaseFilter
    from epiloop.store.reading.cases import curve as curve_of

    with _asked(jurisdiction) as (connection, area, at, zone):
        found = curve_of(connection, area, at, zone, CaseFilter(disease))
    rows = [(day.day, day.by_onset, day.by_report) for day in found.days]
    answer(found, lambda: table(("day", "by onset", "by report"), rows), as_json=as_json)


@command.command()
@click.argument("disease")
@jurisdiction
@as_json
@with_database
def tree(_installation: Installation, disease: str, *, jurisdiction: Code | None, as_json: bool) -> None:
    """Who may have infected whom."""
    from epiloop.operations.investigation.queries import transmission_tree
    from epiloop.store.reading.cases import transmission

    with _asked(jurisdiction) as (connection, area, at, zone):
        found = transmission(connection, area, at, zone, disease)
    made = transmission_tree(found.cases, found.links)
    rows = [(edge.source, edge.person, edge.setting, edge.serial_interval) for edge in made.edges]
    value = {**plain(made), "cut": found.cut}
    answer(value, lambda: table(("source", "person", "setting", "days"), rows), as_json=as_json)
