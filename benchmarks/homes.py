"""A directory for one benchmark's servers, removed when they have ended."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from epiloop.project import postgres
from epiloop.project.home import Installation, installation_at
from epiloop.project.supervisor import is_up


@contextmanager
def own_home() -> Iterator[Path]:
    """A place for an installation, or for a key service alone; nothing of it is there after the block."""
    with tempfile.TemporaryDirectory(prefix="epiloop-bench-") as made:
        os.chmod(made, 0o755)  # noqa: PTH101 - the servers run as a user of their own
        home = Path(made) / "home"
        try:
            yield home
        finally:
            while is_up(installation_at(home)):  # a server that stops still writes
                time.sleep(0.05)


def stopped(installation: Installation) -> None:
    """Wait until the PostgreSQL that nobody holds any more is gone."""
    while postgres.is_kept(installation):
        time.sleep(0.05)
