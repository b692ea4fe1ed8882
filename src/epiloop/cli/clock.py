"""`epiloop clock`: do now what time has brought, once; what the worker does all the time."""

import click

from epiloop.cli._verbs import Installation, answer, as_json, bar, say, with_database
from epiloop.core.errors import N_


@click.command()
@as_json
@with_database
def command(_installation: Installation, *, as_json: bool) -> None:
    """Escalate what is late, seal the acts, fold the counts."""
    from epiloop.runtime import present
    from epiloop.runtime.clock import catch_up, keep_books

    with bar(say(N_("Deadlines"))) as progress:
        subjects = catch_up(present.parts(), progress=progress)
    keep_books(present.parts())
    value = {"subjects": subjects}
    answer(value, lambda: say(N_("%(subjects)d subjects looked at")) % value, as_json=as_json)
