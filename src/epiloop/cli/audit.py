"""`epiloop audit`: who did what, for which purpose, how much of it where; never its content."""

import click

from epiloop.cli._verbs import Installation, answer, as_json, jurisdiction, place, plain, table, with_database
from epiloop.core.jurisdictions import Code


@click.command()
@jurisdiction
@click.option("--actor", help="Only this one's acts.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@click.option("--after", help="`after` of the page before.")
@as_json
@with_database
def command(
    _installation: Installation,
    *,
    jurisdiction: Code | None,
    actor: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """Acts, the latest first."""
    from epiloop.runtime import present
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.audit import AuditFilter, audit
    from epiloop.store.scoped import reading

    wanted = area(jurisdiction) if jurisdiction else EVERYWHERE
    with reading(present.readers(), EVERYWHERE) as connection:
        page = audit(connection, wanted, AuditFilter(actor=actor), limit=limit, after_page=after)
    rows = [(plain(r.at), r.actor, r.purpose, place(r.jurisdiction), r.subjects, r.events) for r in page.rows]
    headings = ("at", "actor", "purpose", "jurisdiction", "subjects", "events")
    answer(page, lambda: table(headings, rows), as_json=as_json)
