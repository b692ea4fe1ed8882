"""A small outbreak for pages: a case, two contacts and their household, a worker on shift, all through real acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests.rules.cast import book

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code
from epiloop.operations.investigation import events as e
from epiloop.project.home import Installation
from epiloop.project.wiring import running, wire
from epiloop.registers.people import events as p
from epiloop.registers.units import events as u
from epiloop.runtime import present
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests import By
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person, tell_unit
from epiloop.vault.port import Identity

VILLAGE, GRID, ELSEWHERE = code("450226100201"), code("45022610020101"), code("320412001001")
START = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
NAME, PHONE, CARD = "欧阳晓晨", "13900001234", "450226198002030018"
CASE = UUID(int=7)


@dataclass
class Outbreak:
    """The people of the story by role, and the clock it plays by."""

    parts: Parts
    at: datetime = START
    people: dict[str, UUID] = field(default_factory=dict)

    def by(self, key: str, purpose: str = "case-investigation") -> By:
        return By("operator", purpose, key)

    def person(self, who: str, stay: int = GRID, identity: Identity | None = None) -> UUID:
        told = p.PersonRegistered(
            sex=p.Sex.FEMALE, birth_year=1980, occupation="farmer", residence=stay, stay=stay, household=UUID(int=50)
        )
        done = register_person(self.parts, self.by(f"person:{who}", "register-keeping"), told, identity)
        self.people[who] = UUID(str(done.result["person"]))
        return self.people[who]

    def contact(self, who: str, source: str, last: date = date(2022, 6, 30)) -> None:
        told = e.ContactDetermined(f"link-{who}", "covid-19", 1, (self.people[source],), last_exposure=last)
        tell(self.parts, self.by(f"contact:{who}"), self.people[who], told)

    def shift(self, kind: str, login: str, *, hours: int = 12) -> None:
        """A post of the county with somebody on shift from the start of the story."""
        post = derived("post", kind)
        created = u.PostCreated(post, kind, code("450226"), "county", "10700000001")
        registered = u.UnitRegistered("headquarters", code("450226"), "指挥部", "Headquarters", (("test", "hq"),))
        unit = UUID(str(tell_unit(self.parts, self.by("unit", "roster-keeping"), None, registered).result["unit"]))
        tell_unit(self.parts, self.by(f"post:{kind}", "roster-keeping"), unit, created)
        for start in range(-1, hours, 20):  # a shift lasts a day at most
            span = START + timedelta(hours=start), START + timedelta(hours=min(start + 20, hours))
            rostered = u.ShiftRostered(post, login, *span, "10700000001")
            tell_unit(self.parts, self.by(f"shift:{kind}:{start}", "roster-keeping"), unit, rostered)


def begin(out: Outbreak) -> None:
    """The rulebook, a station with its worker on shift, a case and a contact of three days ago."""
    adopt(out.parts, Asked("test", "rule-keeping", "adopt"), book("cn"), jurisdiction=code("45"))
    out.person("case")
    out.person("contact", identity=Identity(NAME, (("id-card", CARD),), (PHONE,), "古宜镇 1 号"))
    out.person("free")
    out.person("far", stay=ELSEWHERE)
    told = e.CaseDetermined(CASE, "covid-19", e.Classification.CONFIRMED, onset=date(2022, 6, 29))
    tell(out.parts, out.by("case"), out.people["case"], told)
    tell(out.parts, out.by("hospital"), out.people["case"], e.Admitted("hospital"))
    out.contact("contact", "case")


@contextmanager
def playing(installation: Installation) -> Iterator[Outbreak]:
    """Pages run on the parts of the installation with the clock of the story."""
    made = running(installation)
    out = Outbreak(made.parts)
    out.parts = replace(made.parts, now=lambda: out.at)
    present.install(lambda: replace(made, parts=out.parts))
    try:
        begin(out)
        yield out
    finally:
        present.forget()
        wire(installation)
