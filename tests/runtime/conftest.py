"""The real parts over a clean installation, with a clock that tests set."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from tests.rules.cast import book

from epiloop.core.jurisdictions import code
from epiloop.project.home import Installation
from epiloop.project.wiring import running
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.parts import Parts


@dataclass
class Clock:
    """A clock that stands where it was put."""

    at: datetime = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts(clean: Installation, clock: Clock) -> Iterator[Parts]:
    """Parts with nothing adopted."""
    made = running(clean)
    yield replace(made.parts, now=clock)
    made.parts.pool.close()
    made.readers.close()
    made.parts.vault.close()  # type: ignore[attr-defined]


@pytest.fixture
def lawful(parts: Parts) -> Parts:
    """Parts with the rulebooks `cn` and `who` adopted."""
    for name in ("cn", "who"):
        asked = Asked("test", "rule-keeping", f"adopt:{name}")
        adopt(parts, asked, book(name), jurisdiction=code("45"))
    return parts
