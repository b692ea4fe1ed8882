"""An installation for one benchmark: its own directory and PostgreSQL, with durable settings, gone at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from epiloop.core.jurisdictions import code
from epiloop.project.databases import migrate, provision
from epiloop.project.holding import hold
from epiloop.project.home import Installation, installation_at
from epiloop.project.rulebooks import read_rulebook
from epiloop.project.wiring import running
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.parts import Parts
from homes import own_home
from machines import machine

__all__ = ["AT", "PROVINCE", "installed", "machine"]

AT = datetime(2022, 7, 3, 4, 0, tzinfo=UTC)
PROVINCE = code("45")


@contextmanager
def installed(**settings: Any) -> Iterator[tuple[Installation, Parts]]:
    """The installation and its parts, with the rulebooks `cn` and `who` adopted and a clock that stands at AT."""
    with own_home() as home:
        os.environ["EPILOOP_HOME"] = str(home)
        large: dict[str, Any] = {"postgres__shared_buffers": "2GB", "postgres__max_wal_size": "8GB"}
        installation = installation_at(home).lay_out(**large, **settings)
        with hold(installation):
            provision(installation)
            migrate(installation)
            made = running(installation)
            parts = replace(made.parts, now=lambda: AT)
            for name in ("cn", "who"):
                adopt(parts, Asked("benchmark", "rule-keeping", name), read_rulebook(name), jurisdiction=PROVINCE)
            yield installation, parts
            made.parts.pool.close()
            made.readers.close()
