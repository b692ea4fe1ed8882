"""From the synthetic county's records to drafts, as the product's own capabilities write them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.ledger.events import Body, Draft
from epiloop.operations.arrivals import events as arrivals
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as screening
from epiloop.project.demonstration import records as r
from epiloop.project.demonstration.columns import NOBODY, Ints
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.kinds import OCCUPATIONS
from epiloop.project.demonstration.population import Chunk
from epiloop.project.demonstration.roster import BEIJING
from epiloop.registers.people import events as people
from epiloop.vault.port import Identity

DISEASE = "covid-19"
SEXES = {1: people.Sex.MALE, 2: people.Sex.FEMALE}


def person_id(seed: int, index: int) -> UUID:
    """The stream of the person with this index."""
    return derived("demonstration", str(seed), "person", str(index))


def unit_id(seed: int, index: int) -> UUID:
    """The stream of the unit with this index."""
    return derived("demonstration", str(seed), "unit", str(index))


def place_id(seed: int, index: int) -> UUID:
    """The stream of the place with this index."""
    return derived("demonstration", str(seed), "place", str(index))


def registered(county: County, chunk: Chunk, at: datetime) -> Iterator[Draft]:
    """What the register says of the people of one community: who they are, where they live and work."""
    for row in range(len(chunk)):
        frame = chunk.frame
        stream = person_id(county.seed, int(frame.index[row]))
        stay = int(frame.stay[row])
        for body in _register_bodies(county, chunk, row):
            yield Draft(stream, body, at, stay, f"register:{body.kind}")


def _register_bodies(county: County, chunk: Chunk, row: int) -> Iterator[Body]:
    frame, seed = chunk.frame, county.seed
    yield people.PersonRegistered(
        sex=SEXES[int(frame.sex[row])],
        birth_year=int(str(frame.born[row].astype("datetime64[D]"))[:4]),
        occupation=OCCUPATIONS[int(frame.occupation[row])][0],
        residence=int(frame.residence[row]),
        stay=int(frame.stay[row]),
        household=derived("demonstration", str(seed), "household", str(int(frame.household[row]))),
        birth_date=frame.born[row].astype("datetime64[D]").item(),
    )
    yield people.IdentityRecorded(name=True, document=True, phone=True, address=True)
    if int(frame.employer[row]) != NOBODY:
        yield people.Employed(unit_id(seed, int(frame.employer[row])))


def identities(county: County, chunk: Chunk) -> dict[UUID, Identity]:
    """Who the people of one community are, for the vault."""
    return {
        person_id(county.seed, int(index)): Identity(
            str(chunk.names[row]),
            (("id-card", str(chunk.documents[row])),),
            (str(chunk.phones[row]),),
            str(chunk.addresses[row]),
        )
        for row, index in enumerate(chunk.frame.index)
    }


@dataclass(frozen=True, slots=True)
class Telling:
    """What turning records into drafts needs: the county, and where each person stays."""

    county: County
    stay: Ints
    numbers: Mapping[int, str]
    """The case number of each person who is a case."""

    def drafts(self, record: r.Record) -> list[Draft]:
        """What one record says, in the stream of its person."""
        stream = person_id(self.county.seed, record.person)
        bodies = _SAYS[type(record)](self, record)
        code = int(self.stay[record.person])
        return [
            Draft(stream, body, record.occurred_at, code, f"{body.kind}:{record.occurred_at.isoformat()}:{number}")
            for number, body in enumerate(bodies)
        ]

    def person(self, index: int) -> UUID:
        """A person's stream."""
        return person_id(self.county.seed, index)

    def case(self, index: int) -> UUID:
        """What names a person's case."""
        return derived("demonstration", str(self.county.seed), "case", self.numbers[index])

    def unit(self, index: int) -> UUID | None:
        """A unit's stream, if there is one."""
        return None if index == NOBODY else unit_id(self.county.seed, index)


def _case(of: Telling, told: r.CaseFound) -> list[Body]:
    case = of.case(told.person)
    return [
        e.CaseDetermined(
            case=case,
            disease=DISEASE,
            classification=e.Classification(told.classification),
            onset=told.onset,
            detected=e.Detection(told.found),
            infected=told.infected,
            outside=(("county", told.number),),
        )
    ]


def _contact(of: Telling, told: r.ContactDetermined) -> list[Body]:
    place = None if told.place == NOBODY else of.county.places.names[told.place][0]
    return [
        e.ContactDetermined(
            link=told.link,
            disease=DISEASE,
            ring=told.ring,
            sources=(of.person(told.source),),
            first_exposure=told.first_exposure,
            last_exposure=told.last_exposure,
            setting=e.SettingKind(told.setting),
            place=place,
        )
    ]


def _follow_up(_of: Telling, told: r.FollowUp) -> list[Body]:
    day = told.occurred_at.astimezone(BEIJING).date()
    return [e.FollowedUp(day=day, symptoms=told.symptoms, by=told.by, temperature=told.temperature)]


def _recovered(of: Telling, told: r.Recovered) -> list[Body]:
    on = told.occurred_at.astimezone(BEIJING).date()
    return [e.OutcomeRecorded(of.case(told.person), DISEASE, e.Outcome.RECOVERED, on)]


def _arrival(_of: Telling, told: r.Arrival) -> list[Body]:
    return [
        arrivals.Arrived(
            arrival=told.arrival,
            origin_risk=arrivals.OriginRisk(told.origin_risk),
            channel=arrivals.Channel(told.channel),
            left=told.left,
            origin=told.origin,
            inter_province=told.inter_province,
        )
    ]


_SAYS: dict[type[r.Record], Callable[[Telling, Any], list[Body]]] = {
    r.CaseFound: _case,
    r.ContactDetermined: _contact,
    r.SampleTaken: lambda _, told: [
        screening.SampleTaken(told.sample, screening.SampleKind(told.kind), told.tube or None)
    ],
    r.ResultReceived: lambda of, told: [
        screening.ResultReceived(told.sample, screening.ResultOutcome(told.outcome), told.ct, of.unit(told.laboratory))
    ],
    r.Admitted: lambda of, told: [
        e.Transferred(destination=of.unit(told.unit)),
        e.Admitted(told.stage, of.unit(told.unit)),
    ],
    r.FollowUp: _follow_up,
    r.Recovered: _recovered,
    r.Arrival: _arrival,
    r.PostHeld: lambda of, told: [people.PostHeld(told.post, told.since, of.unit(told.unit))],
}
