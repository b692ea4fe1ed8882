"""`epiloop verify`: chains and seals hold, the rows are what the ledger says, the key service's log is what it was."""

from typing import Any, cast

import click

from epiloop.cli._set_aside import set_aside_said
from epiloop.cli._verbs import Installation, answer, as_json, bar, say, with_database
from epiloop.core.errors import N_, Broken


@click.command()
@as_json
@with_database
def command(installation: Installation, *, as_json: bool) -> None:
    """Check everything; ends with exit code 7 if anything is not what it must be."""
    from epiloop.runtime import present
    from epiloop.runtime.heads import Watched, wrong_days, wrong_ends, wrong_heads
    from epiloop.runtime.verifying import verify

    with bar(say(N_("Verifying"))) as progress, present.parts().pool.connection() as connection:
        report = verify(connection, dsn=installation.dsn("engine"), progress=progress)
    ends, witnessed = wrong_ends(present.parts())
    days = wrong_days(cast("Watched", present.parts().vault))
    report.broken += dict.fromkeys([*wrong_heads(present.parts()), *ends, *days])  # one that is away says so thrice
    value = {
        "ok": report.ok,
        "streams": report.streams,
        "events": report.events,
        "seals": report.seals,
        "witnessed": witnessed and witnessed.isoformat(),
        "broken": report.broken,
        "set_aside": report.set_aside,
    }
    answer(value, lambda: _said(value), as_json=as_json)
    if not report.ok:
        raise SystemExit(Broken.exit_code)


def _said(value: dict[str, Any]) -> str:
    word = N_("In order: %(streams)d streams, %(events)d events, %(seals)d seals.")
    until = N_("The key service is witness of the ledger until the end of %(witnessed)s (UTC).")
    told = [say(until) % value] if value["witnessed"] else [say(N_("The key service is no witness of the ledger yet."))]
    return "\n".join([*(value["broken"] or [say(word) % value, *told]), *set_aside_said(value["set_aside"])])
