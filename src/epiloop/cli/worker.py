"""`epiloop worker`: what time brings, and the books of each minute. The supervisor starts it; one or more may run."""

import signal
from threading import Event

import click

from epiloop.cli._verbs import Installation, with_database


@click.command(hidden=True)
@with_database
def command(_installation: Installation) -> None:
    """Run the deadline clock and the sealer until SIGTERM."""
    from epiloop.cli._working import work
    from epiloop.runtime import present

    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    work(present.parts(), stopped)
