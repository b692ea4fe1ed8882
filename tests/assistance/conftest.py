"""Two installations side by side, each with a home, databases and keys of its own, that know each other's cards."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.conftest import empty
from tests.rules.cast import book
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import Code, code
from epiloop.operations.assistance import sealing
from epiloop.operations.assistance.minimal import Kind
from epiloop.operations.investigation import events as e
from epiloop.project.holding import hold
from epiloop.project.home import Installation, installation_at
from epiloop.project.supervisor import wait_until_stopped
from epiloop.project.wiring import running
from epiloop.registers.people import events as p
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.present import Running
from epiloop.runtime.requests import By
from epiloop.runtime.requests.assistance import asking, own
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person
from epiloop.vault.port import Identity

NEAR, FAR = code("450226"), code("330783")
HERE, THERE = code("450226001001"), code("330783002002")
WHO = Identity("犇骉鑫", (("id-card", "45020419991231987X"),), ("19987654321",), "龘靐巷 9077 号")
NOTE = "likes the Jabberwockian tavern"


@dataclass
class Side:
    """One installation with a clock that tests set."""

    installation: Installation
    running: Running
    clock: Clock
    county: Code

    def by(self, key: str) -> By:
        return By("operator", "case-investigation", key)

    def person(self, key: str, who: Identity = WHO, stay: int = HERE) -> UUID:
        told = p.PersonRegistered(stay=stay)
        return UUID(str(register_person(self.running.parts, self.by(key), told, who).result["person"]))

    def contact(self, key: str, who: Identity = WHO, *, stay: int = HERE) -> UUID:
        """Somebody exposed two days ago, with duties."""
        person = self.person(key, who, stay)
        last = date(2022, 6, 29)
        told = e.ContactDetermined(f"link-{key}", "covid-19", 1, (UUID(int=9),), last_exposure=last, note=NOTE)
        tell(self.running.parts, self.by(f"{key}-contact"), person, told)
        return person

    def ask(self, key: str, kind: Kind, people: list[UUID], to: "Side", **more: object) -> UUID:
        """A request to the other side; inside this installation if it is this side."""
        inside = to is self
        wanted = asking.Wanted(
            kind,
            self.county,
            more.pop("receiver", FAR if inside else to.county),  # type: ignore[arg-type]
            self.clock() + timedelta(hours=8),
            "close contacts, clause 3",
            "Disease control, duty desk",
            "0772-2620001",
            tuple(people),
            None if inside else to_peer(to),
            note=NOTE,
            **more,  # type: ignore[arg-type]
        )
        return UUID(str(asking.ask(self.running.parts, self.by(key), wanted).result["assistance"]))

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.running.parts.pool.connection() as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]


def to_peer(side: Side) -> UUID:
    return own.peer_id(own.own_card(side.running.letters))


@pytest.fixture(scope="session")
def other_home(installation: Installation) -> Iterator[Installation]:
    """A second installation, made as people make one and held for the whole run."""
    home = Path(tempfile.mkdtemp(prefix="epiloop-other-")) / "home"
    made = installation_at(home).lay_out(postgres__fsync="off", postgres__shared_buffers="64MB")
    environment = {**os.environ, "EPILOOP_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "epiloop", "init"], env=environment, check=True, capture_output=True)
    with hold(made):
        yield made
    wait_until_stopped(made)
    shutil.rmtree(home.parent, ignore_errors=True)


def side(installation: Installation, county: Code, name: str, clock: Clock) -> Side:
    made = running(installation)
    made = replace(made, parts=replace(made.parts, now=clock))
    made.letters.introduce(name, (county,), "")
    adopt(made.parts, Asked("test", "rule-keeping", "adopt:cn"), book("cn"), jurisdiction=Code(0))
    return Side(installation, made, clock, county)


def introduce(one: Side, other: Side, address: str = "") -> None:
    """One side's card, carried to the other, its digits read out on the telephone."""
    if address:
        card = own.own_card(one.running.letters)
        one.running.letters.introduce(card.name, card.jurisdictions, address)
    raw = own.card_file(one.running.letters)
    digits = own.own_card(one.running.letters).fingerprint
    key = f"peer-{one.county}-{address}"
    own.add(other.running.parts, other.running.letters, other.by(key), raw, digits)


@pytest.fixture
def pair(clean: Installation, other_home: Installation) -> Iterator[tuple[Side, Side]]:
    """Two counties, each in an installation of its own."""
    empty(other_home, {"epiloop": {"public.django_migrations"}, "epiloop_vault": {"public.schema_version"}})
    clock = Clock(datetime(2022, 7, 1, 1, 0, tzinfo=UTC))
    sides = side(clean, NEAR, "Near county", clock), side(other_home, FAR, "Far county", clock)
    introduce(sides[0], sides[1])
    introduce(sides[1], sides[0])
    yield sides
    for one in sides:
        one.running.parts.pool.close()
        one.running.readers.close()
        one.running.parts.vault.close()  # type: ignore[attr-defined]


def signs_in(raw: bytes) -> list[str]:
    """Which of the canaries can be read in some bytes."""
    signs = [WHO.name, WHO.documents[0][1], WHO.phones[0], "龘靐巷", "Jabberwockian"]
    forms = {sign: (sign.encode(), sign.encode("utf-16-le"), sign.encode().hex().encode()) for sign in signs}
    return [sign for sign, some in forms.items() if any(form in raw for form in some)]


__all__ = ["FAR", "HERE", "NEAR", "NOTE", "THERE", "WHO", "Side", "introduce", "sealing", "side", "signs_in", "to_peer"]
