"""`epiloop checkins`: what waits in the inbox for the key service, and handing it over now."""

from typing import TYPE_CHECKING, cast

import click

from epiloop.cli._verbs import Installation, answer, as_json, say, with_database
from epiloop.core.errors import N_

if TYPE_CHECKING:
    from epiloop.runtime.collecting import Keeper


@click.group()
def command() -> None:
    """Sealed check-ins on their way to the key service."""


@command.command()
@as_json
@with_database
def status(_installation: Installation, *, as_json: bool) -> None:
    """How many check-ins wait, since when, and for how many days keys are known."""
    from epiloop.runtime import present
    from epiloop.runtime.collecting import backlog

    found = backlog(present.parts())
    since = f"{found.oldest:%Y-%m-%d %H:%M %z}" if found.oldest else "-"
    line = N_("%(rows)d check-ins wait since %(since)s; keys of %(days)d days are known.")
    answer(found, lambda: say(line) % {"rows": found.rows, "since": since, "days": found.days}, as_json=as_json)


@command.command()
@as_json
@with_database
def collect(_installation: Installation, *, as_json: bool) -> None:
    """Hand over what waits now. The worker does it each minute."""
    from epiloop.runtime import present
    from epiloop.runtime.collecting import collect as collect_all
    from epiloop.runtime.collecting import keep_counts, keep_days

    parts = present.parts()
    keeper = cast("Keeper", parts.vault)
    keep_days(parts, keeper, now=parts.now())
    found = collect_all(parts, keeper)
    keep_counts(parts, now=parts.now())
    line = N_("%(rows)d check-ins were handed over.")
    answer(found, lambda: say(line) % {"rows": found.rows}, as_json=as_json)
