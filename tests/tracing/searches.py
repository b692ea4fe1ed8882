"""A case, people who met it, a laboratory and staff with keys, on the real key service: for trying searches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.rules.cast import book

from epiloop.core.ids import derived
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import AccountView, Grant
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.project.clock import SHIFT, shift_clock
from epiloop.project.home import Installation
from epiloop.project.keyservice import enrolling
from epiloop.project.wiring import running, wire
from epiloop.registers.people import events as p
from epiloop.registers.places import events as pl
from epiloop.runtime import present
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.collecting import collect, keep_days
from epiloop.runtime.inbox import seal_visits
from epiloop.runtime.present import Running
from epiloop.runtime.requests import By
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person, tell_place
from epiloop.vault import results
from epiloop.vault.port import Identity
from epiloop.vault.reach import ReachKind, code_of, subject_code
from epiloop.vault.results import Found, LaboratoryResult
from epiloop.vault.signatures import public_of, signed
from epiloop.vault.spots import spot_of_place
from epiloop.vault.visits import Kind, Said, kind_number
from keyservice import enrolment
from keyservice.enrolment import Enrolled

COUNTY, HERE = code("450226"), code("450226100201")
NOW = datetime(2022, 7, 4, 4, 0, tzinfo=UTC)
LONG_AGO = Interval(datetime(2020, 1, 1, tzinfo=UTC))
CARD, PHONE, STRANGER = "450226198002030018", "13900001234", "10655500001"
NAME, MARKET = "欧阳晓晨", "Canary Hall Market"
NOWHERE = UUID(int=0)
LABORATORY = "county-laboratory"
KEYS = {name: bytes([number]) * 32 for number, name in enumerate(("asker", "colleague", "approver", "lab"), start=1)}


@dataclass
class Searches:
    """The installation as it stands after a case was found, and those who act."""

    made: Running
    people: dict[str, UUID] = field(default_factory=dict)
    place: UUID = NOWHERE

    @property
    def parts(self) -> Any:
        return self.made.parts

    def by(self, who: str, key: str, role: str = "investigator") -> By:
        """Somebody of the cast with a role in the county."""
        account = AccountView(account_id(who), (Grant(role, COUNTY, LONG_AGO),))
        return By(str(account.id), "case-investigation", key, account)

    def operator(self, key: str, purpose: str = "case-investigation") -> By:
        return By("operator", purpose, key)

    def person(self, name: str, identity: Identity) -> UUID:
        told = p.PersonRegistered(sex=p.Sex.FEMALE, birth_year=1980, residence=HERE, stay=HERE)
        done = register_person(self.parts, self.operator(f"person:{name}", "register-keeping"), told, identity)
        self.people[name] = UUID(str(done.result["person"]))
        return self.people[name]

    def visits(self, *stays: tuple[bytes, datetime, int], zone: bytes | None = None) -> None:
        """Sealed check-ins at the one place, or in a zone: whose code, from when, for how many minutes; handed to the
        key service.
        """
        said = [
            Said(
                derived("visit", person.hex(), came.isoformat()).bytes,
                Kind.OUT,
                int(came.timestamp()),
                int((came + timedelta(minutes=minutes)).timestamp()),
                zone or spot_of_place(HERE, self.place, "hall"),
                person,
                kind_number("market"),
            )
            for person, came, minutes in stays
        ]
        keep_days(self.parts, self.parts.vault, now=self.parts.now())
        with self.parts.pool.connection() as connection:
            seal_visits(self.parts, connection, said)
        collect(self.parts, self.parts.vault)

    def attest(self, found: Found, sample: str = "S1") -> None:
        """The laboratory signs what it found of the case."""
        told = LaboratoryResult(LABORATORY, sample, NOW - timedelta(days=1), found, code_of(ReachKind.DOCUMENT, CARD))
        text = results.write(told)
        self.parts.vault.attest(text, signed(text, KEYS["lab"]))


def account_id(who: str) -> UUID:
    return derived("test", "account", who)


def enrol(installation: Installation, key: bytes, role: str, holder: str, unit: str) -> None:
    """As administrators of the key service do."""
    one = Enrolled(public_of(key), role, holder, unit, NOW - timedelta(days=9), NOW + timedelta(days=99))
    with enrolling.database(installation.keyservice) as connection:
        enrolment.enrol(connection, one)


def enrol_all(installation: Installation) -> None:
    for who, unit in (("asker", "county office"), ("colleague", "county office"), ("approver", "city office")):
        enrol(installation, KEYS[who], "person", str(account_id(who)), unit)
    enrol(installation, KEYS["lab"], "laboratory", LABORATORY, "")


@contextmanager
def playing(installation: Installation) -> Iterator[Searches]:
    """The clock of both services stands at NOW; a case, two people who met it, one who passed by."""
    shift_clock(installation, NOW)
    made = running(installation)
    present.install(lambda: made)
    story = Searches(made)
    try:
        adopt(made.parts, Asked("test", "rule-keeping", "adopt"), book("cn"), jurisdiction=code("45"))
        _outbreak(story)
        enrol_all(installation)
        yield story
    finally:
        present.forget()
        for home in (installation, installation.keyservice):
            home.key_file(SHIFT).unlink(missing_ok=True)
        wire(installation)


def _outbreak(story: Searches) -> None:
    case = story.person("case", Identity(NAME, (("id-card", CARD),), (PHONE,), "古宜镇 1 号"))
    known = story.person("known", Identity("陆某", (), ("13800002222",)))
    market = pl.PlaceRegistered("market", HERE, "金丝雀市场", MARKET, zones=("hall",))
    done = tell_place(story.parts, story.operator("place", "register-keeping"), None, market)
    story.place = UUID(str(done.result["place"]))
    told = e.CaseDetermined(UUID(int=7), "covid-19", e.Classification.CONFIRMED, onset=date(2022, 7, 3))
    tell(story.parts, story.operator("sample"), case, s.SampleTaken("S1"), at=NOW - timedelta(days=1))
    tell(story.parts, story.operator("result"), case, s.ResultReceived("S1", s.ResultOutcome.POSITIVE))
    tell(story.parts, story.operator("case"), case, told)
    came = NOW - timedelta(days=2)
    story.visits(
        (subject_code(case), came, 60),
        (code_of(ReachKind.PHONE, "13800002222"), came + timedelta(minutes=10), 30),
        (code_of(ReachKind.PHONE, STRANGER), came + timedelta(minutes=20), 20),
        (code_of(ReachKind.PHONE, "10655500002"), came + timedelta(minutes=55), 20),
    )
    assert known
