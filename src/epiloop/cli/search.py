"""`epiloop search`: people by name, document or phone, through the vault, which logs who asked and for what."""

import sys

import click

from epiloop.cli._verbs import Installation, answer, as_json, operator, place, plain, table, with_database
from epiloop.core.purposes import PURPOSES


@click.command()
@click.argument("text", default="-")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), default="register-keeping", show_default=True)
@click.option("--asker", default="operator", show_default=True, help="Who asks, for the vault's log.")
@click.option("--limit", type=click.IntRange(1, 100), default=20)
@as_json
@with_database
def command(_installation: Installation, text: str, *, purpose: str, asker: str, limit: int, as_json: bool) -> None:
    """Find people. Without TEXT it is read from standard input, and so stands in no list of processes, no history."""
    from dataclasses import replace

    from epiloop.runtime import present
    from epiloop.runtime.requests import identities

    wanted = sys.stdin.readline().strip() if text == "-" else text
    by = replace(operator(purpose), actor=asker)
    hits = identities.search(present.parts(), present.readers(), by, wanted, at=present.now(), limit=limit)
    value = plain(
        [{"person": str(line.id), "score": match.score, "by": match.by, **line._asdict()} for match, line in hits]
    )
    rows = [[one["person"], f"{one['score']:.2f}", one["by"], place(one["jurisdiction"])] for one in value]
    answer(value, lambda: table(("person", "score", "by", "jurisdiction"), rows), as_json=as_json)
