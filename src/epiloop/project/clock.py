"""The clock of an installation: the system's, shifted where a demonstration or an exercise plays on other days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from epiloop.project.home import Installation, KeyHome

SHIFT = "clock"
"""Key file with the seconds of the shift; a key service on this machine has the same in its own keys/."""


def clock(installation: Installation) -> Callable[[], datetime]:
    """The installation's clock, as it is set now."""
    shift = _shift(installation)
    return lambda: datetime.now(UTC) + shift


def clock_that_is_watched(home: KeyHome) -> Callable[[], datetime]:
    """The clock of a key service, which runs on while a demonstration sets it."""
    return lambda: datetime.now(UTC) + _shift(home)


def shift_clock(installation: Installation, to: datetime) -> None:
    """Let the installation's clock stand at `to` now, and go on from there; that of its key service too, if it is on
    this machine. Only for demonstrations and exercises.
    """
    seconds = str(int((to - datetime.now(UTC)).total_seconds())).encode()
    installation.write_key(SHIFT, seconds)
    if installation.keyservice_url is None:
        installation.keyservice.write_key(SHIFT, seconds)


def _shift(installation: Installation) -> timedelta:
    file = installation.key_file(SHIFT)
    return timedelta(seconds=int(file.read_text())) if file.exists() else timedelta()
