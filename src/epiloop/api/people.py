"""People: lists, one person's page, search and identity, registration, merge and split, the working of the rules."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from epiloop.api.callers import caller
from epiloop.api.edge import DEFAULT_LIMIT, After, Instant, Key, Limit, Name, Place, Text, asked_area
from epiloop.api.shapes import Receipt, body_of, page_of, request_of, shape
from epiloop.api.telling import receipt
from epiloop.api.work import DutyLineOut, LoopOut
from epiloop.core.purposes import PURPOSES
from epiloop.registers.people.events import PersonRegistered
from epiloop.runtime import present
from epiloop.runtime.requests import explaining, identities, registering
from epiloop.runtime.requests.asking import no_such_person
from epiloop.store.reading import people as lists
from epiloop.store.reading.cases import ContactLine, contacts_of
from epiloop.store.tables import (
    CaseRow,
    ContactRow,
    EscalationRow,
    FollowUpRow,
    PersonRow,
    SampleRow,
    StageRow,
    StatusRow,
)
from epiloop.vault.port import Identity

router = Router(tags=["people"])

Purpose = Annotated[str, Field(json_schema_extra={"enum": sorted(PURPOSES)}, description="What it is needed for.")]

PersonOut = shape("Person", PersonRow)
PersonLineOut = shape("PersonLine", lists.PersonLine)
PeopleOut = page_of("People", PersonLineOut)
StatusOut = shape("StatusSpan", StatusRow)
StageOut = shape("Stage", StageRow)
ContactOut = shape("ContactLink", ContactRow)
CaseOut = shape("Case", CaseRow)
ContactLineOut = shape("ContactLine", ContactLine)
PersonPageOut = shape(
    "PersonPage",
    lists.PersonPage,
    person=PersonOut,
    status=StatusOut | None,
    spans=list[StatusOut],  # type: ignore[valid-type]
    loops=list[LoopOut],  # type: ignore[valid-type]
    stages=list[StageOut],  # type: ignore[valid-type]
    duties=list[DutyLineOut],  # type: ignore[valid-type]
    contacts=list[ContactOut],  # type: ignore[valid-type]
    cases=list[CaseOut],  # type: ignore[valid-type]
    samples=list[shape("Sample", SampleRow)],  # type: ignore[misc]
    follow_ups=list[shape("FollowUp", FollowUpRow)],  # type: ignore[misc]
    escalations=list[shape("EscalationStep", EscalationRow)],  # type: ignore[misc]
    outside_ids=list[shape("OutsideId", lists.OutsideId)],  # type: ignore[misc]
    duplicates=list[shape("DuplicatePair", lists.DuplicatePair)],  # type: ignore[misc]
    household=list[PersonLineOut],  # type: ignore[valid-type]
)


class IdentityIn(Schema):
    """Who a person is. It goes to the vault alone."""

    model_config = ConfigDict(extra="forbid")
    name: Name = ""
    documents: Annotated[tuple[tuple[Name, Name], ...], Field(max_length=5)] = ()
    phones: Annotated[tuple[Name, ...], Field(max_length=5)] = ()
    address: Text = ""

    def value(self) -> Identity:
        """As the vault takes it."""
        return Identity(self.name, self.documents, self.phones, self.address)


class IdentityOut(Schema):
    """Who a person is, out of the vault; this look was logged."""

    person: UUID
    name: str
    documents: list[tuple[str, str]]
    phones: list[str]
    address: str


class HitOut(Schema):
    """One search hit: whom, how alike (0 to 1), by what; the identity itself is another request."""

    score: float
    by: str
    person: PersonLineOut  # type: ignore[valid-type]


class SearchIn(Schema):
    """A name, a document number or a phone, exactly or nearly."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=200)]
    purpose: Purpose
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class RevealIn(Schema):
    """Whose identity, for what purpose."""

    model_config = ConfigDict(extra="forbid")
    people: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    purpose: Purpose


class PairIn(Schema):
    """Two registrations; `survivor` is the one that goes on."""

    model_config = ConfigDict(extra="forbid")
    survivor: UUID
    other: UUID


class StepOut(Schema):
    """One step of the working: a sentence, its clause, the events it rests on."""

    text: str
    clause: dict[str, str] | None
    events: list[dict[str, Any]]


class DutyWhyOut(Schema):
    """The working behind one duty."""

    loop: str
    duty: str
    steps: list[StepOut]


class ExplanationOut(Schema):
    """Why everything is as it is for a person at an instant."""

    at: datetime
    status: list[StepOut]
    loops: dict[str, list[StepOut]]
    duties: list[DutyWhyOut]


PersonIn = request_of(PersonRegistered, identity=(IdentityIn | None, None))


@router.get("/people", response=PeopleOut, operation_id="people")
def people(
    request: HttpRequest,
    jurisdiction: Place = None,
    controlled: Annotated[bool, Query(description="Only people whom a status restricts now.")] = False,  # noqa: FBT002
    household: UUID | None = None,
    employer: UUID | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """People who stay in a jurisdiction, without their identity."""
    who = caller(request)
    chosen = lists.PeopleFilter(controlled, household, employer)
    with who.reading("person.read") as connection:
        return lists.people(connection, asked_area(jurisdiction), who.at, chosen, limit=limit, after_page=after)


@router.post("/people", response=Receipt, operation_id="register-person")
def register(request: HttpRequest, sent: PersonIn, key: Key) -> Receipt:  # type: ignore[valid-type]
    """Register a person. With outside ids the first names the person: the same system and id is the same person."""
    by = caller(request).by("register-keeping", key)
    body = body_of(PersonRegistered, sent)
    assert isinstance(body, PersonRegistered)
    identity = sent.identity.value() if sent.identity else None  # type: ignore[attr-defined]
    return receipt(registering.register_person(present.parts(), by, body, identity, at=sent.at))  # type: ignore[attr-defined]


@router.post("/people/search", response=list[HitOut], operation_id="search-people")
def search(request: HttpRequest, sent: SearchIn) -> Any:
    """People found by name, document or phone. The vault logs who asked and what for."""
    who = caller(request)
    hits = identities.search(
        present.parts(), present.readers(), who.by(sent.purpose), sent.text, at=who.at, limit=sent.limit
    )
    return [{"score": match.score, "by": match.by, "person": line._asdict()} for match, line in hits]


@router.post("/people/identities", response=list[IdentityOut], operation_id="reveal-identities")
def reveal(request: HttpRequest, sent: RevealIn) -> Any:
    """Who some people are. The vault logs the look before it answers."""
    who = caller(request)
    found = identities.reveal(present.parts(), present.readers(), who.by(sent.purpose), sent.people, at=who.at)
    return [
        IdentityOut(
            person=person,
            name=identity.name,
            documents=list(identity.documents),
            phones=list(identity.phones),
            address=identity.address,
        )
        for person, identity in found.items()
    ]


@router.post("/people/merges", response=Receipt, operation_id="merge-people")
def merge(request: HttpRequest, sent: PairIn, key: Key) -> Receipt:
    """Two registrations are one person."""
    by = caller(request).by("register-keeping", key)
    return receipt(registering.declare_same(present.parts(), by, sent.survivor, sent.other))


@router.post("/people/splits", response=Receipt, operation_id="split-people")
def split(request: HttpRequest, sent: PairIn, key: Key) -> Receipt:
    """What was declared one person is two after all."""
    by = caller(request).by("register-keeping", key)
    return receipt(registering.split(present.parts(), by, sent.survivor, sent.other))


@router.post("/people/different", response=Receipt, operation_id="different-people")
def different(request: HttpRequest, sent: PairIn, key: Key) -> Receipt:
    """Two registrations are not the same person; the pair is not proposed again."""
    by = caller(request).by("register-keeping", key)
    return receipt(registering.declare_different(present.parts(), by, sent.survivor, sent.other))


@router.get("/people/{person}", response=PersonPageOut, operation_id="person")
def person(request: HttpRequest, person: UUID) -> Any:
    """Status, loops, stages, duties, links, cases, samples and duplicates of one person, without the identity."""
    who = caller(request)
    with who.reading("person.read") as connection:
        found = lists.person_page(connection, person, who.at)
    if found is None:
        raise no_such_person()
    return found


@router.post("/people/{person}/identity", response=Receipt, operation_id="identify-person")
def identify(request: HttpRequest, person: UUID, sent: IdentityIn, key: Key) -> Receipt:
    """Replace who the vault says a person is."""
    by = caller(request).by("register-keeping", key)
    return receipt(registering.identify(present.parts(), by, person, sent.value()))


@router.get("/people/{person}/contacts", response=page_of("Contacts", ContactLineOut), operation_id="contacts-of")
def contacts(request: HttpRequest, person: UUID, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Any:
    """The people a case exposed, the last exposures first."""
    who = caller(request)
    with who.reading("case.read") as connection:
        return contacts_of(connection, person, who.at, limit=limit, after_page=after)


@router.get("/people/{person}/explanation", response=ExplanationOut, operation_id="explain-person")
def explanation(request: HttpRequest, person: UUID, at: Instant | None = None) -> Any:
    """The working: which measure, version and clause, which events, how days count, what would end it."""
    who = caller(request)
    found = explaining.explain(present.parts(), who.by("supervision"), person, at or who.at)
    language = "zh" if (get_language() or "").startswith("zh") else "en"

    def steps(some: Any) -> list[dict[str, Any]]:
        return [explaining.said(step, found, gettext, language=language) for step in some]

    return {
        "at": found.at,
        "status": steps(found.status),
        "loops": {key: steps(some) for key, some in found.loops.items()},
        "duties": [{"loop": loop, "duty": key, "steps": steps(some)} for (loop, key), some in found.duties.items()],
    }
