"""Servers that hang: alive, and answering nobody, until they go on."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from tests.project.running import children, server_pid

from epiloop.project.home import Installation
from epiloop.project.keyservice.holding import client
from epiloop.runtime import present


def hurried(installation: Installation, seconds: float) -> Installation:
    """The installation as one whose settings let pages wait so long for the key service."""
    made = replace(installation)
    vars(made)["settings"] = {**installation.settings, "keyservice_seconds": seconds}
    return made


def hurry(installation: Installation, seconds: float) -> None:
    """From now on pages of this process wait for the key service as those of the web server do, and so long."""
    now, vault = present.running(), client(hurried(installation, seconds), hurried=True)
    changed = replace(now, parts=replace(now.parts, vault=vault), keys_away=lambda: vault.away)
    present.install(lambda: changed)


@contextmanager
def hung(installation: Installation, name: str) -> Iterator[Callable[[], None]]:
    """A server (see `running.SERVERS`) with all its processes stopped inside the block, or until what is given is
    called."""
    first = server_pid(installation, name)
    assert first
    family = [first, *children(first)]
    _each(family, signal.SIGSTOP)
    try:
        yield lambda: _each(family, signal.SIGCONT)
    finally:
        _each(family, signal.SIGCONT)


def _each(family: list[int], number: int) -> None:
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
