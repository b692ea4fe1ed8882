"""A real gate over the test installation: a process of its own, a market with a code at its door, days announced."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from tests.checkins import keeping
from tests.gate.asking import Door, Phone
from tests.project.running import PATIENCE, free_port, wait_for

from epiloop.core.jurisdictions import code
from epiloop.papers.posters import Wording
from epiloop.project.home import Installation
from epiloop.project.wiring import running
from epiloop.registers.places import events as pl
from epiloop.runtime.present import Running
from epiloop.runtime.requests import By, venue_codes
from epiloop.runtime.requests.registering import tell_place
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.registers import PlacesAsked
from keyservice.days import DayKeys

TOWN = int(code("450226100"))


def started(installation: Installation, port: int, workers: int = 1) -> "subprocess.Popen[bytes]":
    """A gate; its log is log/gate.log of the installation."""
    with (installation.log_dir / "gate.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "epiloop", "gate", "--port", str(port), "--workers", str(workers)],
            env={**os.environ, "EPILOOP_HOME": str(installation.home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@pytest.fixture(scope="session")
def gate_port(installation: Installation) -> Iterator[int]:
    """A gate for the whole run."""
    port = free_port()
    process = started(installation, port)
    try:
        wait_for(lambda: Phone(port).is_up() or process.poll() is not None, "the gate")
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def live(clean: Installation) -> Iterator[Running]:
    made = running(clean)
    yield made
    made.parts.pool.close()
    made.readers.close()
    made.parts.vault.close()  # type: ignore[attr-defined]


@pytest.fixture
def days(live: Running) -> dict[date, DayKeys]:
    """Days around today are announced."""
    return keeping.announce(live.parts, datetime.now(UTC))


@pytest.fixture
def door(live: Running, days: dict[date, DayKeys]) -> Door:
    """The door of a market, and the code on its poster."""
    return door_of(live)


def door_of(live: Running, zone: str = "meat") -> Door:
    by = By("operator", "register-keeping", str(uuid4()))
    told = pl.PlaceRegistered("market", TOWN, "农贸市场", "Market", zones=(zone,))
    place = UUID(str(tell_place(live.parts, by, None, told).result["place"]))
    wanted = venue_codes.Printing("https://x.example", Wording(str, 14), PlacesAsked(EVERYWHERE, EVERYWHERE), [place])
    rows = list(venue_codes._places(live, by, wanted))
    venue_codes.issue_missing(live.parts, by.part("issue"), [place])
    [poster] = venue_codes._posters(live, by, wanted, rows, lambda *_n: None)
    return Door(place, zone, poster.address)


@pytest.fixture
def phone(gate_port: int, door: Door) -> Phone:
    """A phone in front of the door."""
    return Phone(gate_port, door)
