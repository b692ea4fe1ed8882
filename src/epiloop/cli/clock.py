"""`epiloop clock`: do now what time has brought, once; what the worker does all the time."""

from typing import Any

import click

from epiloop.cli._set_aside import set_aside_said
from epiloop.cli._verbs import Installation, answer, as_json, bar, say, with_database
from epiloop.core.errors import N_


@click.command()
@as_json
@with_database
def command(_installation: Installation, *, as_json: bool) -> None:
    """Escalate what is late, seal the acts, fold the counts."""
    from epiloop.runtime import present
    from epiloop.runtime.clock import catch_up, keep_books
    from epiloop.store.deadlines import all_set_aside

    with bar(say(N_("Deadlines"))) as progress:
        subjects = catch_up(present.parts(), progress=progress)
    keep_books(present.parts())
    with present.parts().pool.connection() as connection:
        value = {"subjects": subjects, "set_aside": all_set_aside(connection)}
    answer(value, lambda: _said(value), as_json=as_json)


def _said(value: dict[str, Any]) -> str:
    return "\n".join([say(N_("%(subjects)d subjects looked at")) % value, *set_aside_said(value["set_aside"])])
