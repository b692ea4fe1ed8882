"""Some people with a history in the ledger, for pages that read it: a case and its contacts, four days into control."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.events import (
    Admitted,
    CaseDetermined,
    Classification,
    ContactDetermined,
    FollowedUp,
)
from epiloop.operations.screening.events import ResultOutcome, ResultReceived, SampleTaken
from epiloop.registers.people.events import PersonRegistered, Sex
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.parts import Parts

CONTACTS = 40
DAYS = 4


def person(number: int) -> UUID:
    """The nth person; the case is number 0."""
    return derived("benchmark of pages", str(number))


def write(parts: Parts, at: datetime, community: Code) -> None:
    """The case and its contacts, as one act."""
    drafts = [draft for number in range(CONTACTS + 1) for draft in life(number, at - timedelta(days=DAYS), community)]
    asked = Asked("benchmark", "duty-control", "lives")
    perform(parts, asked, {draft.stream: "person" for draft in drafts}, lambda _histories, _now: Decision(drafts))


def life(number: int, since: datetime, community: Code) -> Iterator[Draft]:
    """Everybody is registered; the first is a case, the others contacts: admitted, sampled and followed up."""
    bodies: list[tuple[float, object]] = [(0, _registered(number, community))]
    bodies += [(0.5, _case())] if number == 0 else list(_contact(number, since.date()))
    for n, (hours, body) in enumerate(bodies):
        yield Draft(person(number), body, since + timedelta(hours=hours), community, f"e{n}")  # type: ignore[arg-type]


def _registered(number: int, community: Code) -> PersonRegistered:
    born = 1950 + number % 60
    return PersonRegistered(
        sex=Sex.FEMALE, birth_year=born, residence=community, stay=community, birth_date=date(born, 1, 2)
    )


def _case() -> CaseDetermined:
    return CaseDetermined(
        case=derived("benchmark of pages", "case"), disease="covid-19", classification=Classification.CONFIRMED
    )


def _contact(number: int, day: date) -> Sequence[tuple[float, object]]:
    link = ContactDetermined(
        link=f"l{number}", disease="covid-19", ring=1, sources=(person(0),), last_exposure=day, place="市场"
    )
    found: list[tuple[float, object]] = [(1, link), (20, Admitted("centralised"))]
    for n in range(1, DAYS):
        found.append((24 * n + 1, SampleTaken(f"{number}-{n}")))
        found.append((24 * n + 9, ResultReceived(f"{number}-{n}", ResultOutcome.NEGATIVE)))
        found.append((24 * n + 10, FollowedUp(day + timedelta(days=n), symptoms=False, by="visit")))
    return found
