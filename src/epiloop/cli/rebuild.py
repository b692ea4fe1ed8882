"""`epiloop rebuild`: empty the projections and fill them from the ledger, to the same rows."""

import time

import click

from epiloop.cli._verbs import Installation, answer, as_json, bar, say, with_database
from epiloop.core.errors import N_


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), help="Default: one per core.")
@as_json
@with_database
def command(installation: Installation, *, processes: int | None, as_json: bool) -> None:
    """Rebuild all projections from the ledger. Stop the server meanwhile."""
    from epiloop.runtime.rebuilding import rebuild

    started = time.monotonic()
    with bar(say(N_("Rebuilding"))) as progress:
        streams = rebuild(installation.dsn("engine"), processes=processes, progress=progress)
    value = {"streams": sum(streams.values()), "by_kind": streams, "seconds": round(time.monotonic() - started, 3)}
    answer(value, lambda: say(N_("%(streams)d streams in %(seconds).1f s")) % value, as_json=as_json)
