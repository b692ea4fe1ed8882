"""A rule change rewrites what it changes and nothing else; the rows are then what the ledger and the new law say."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests.rules.cast import book
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.events import ContactDetermined
from epiloop.operations.screening.events import SampleTaken
from epiloop.registers.people.events import DeclaredSame, PersonRegistered
from epiloop.rules.loader import load_text
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.adopting import adopt, recompute
from epiloop.runtime.parts import Parts
from epiloop.runtime.verifying import verify

HERE = code("450226001001")
CONTACTS = [UUID(int=number) for number in range(10, 16)]
BYSTANDER, SURVIVOR, ABSORBED = UUID(int=1), CONTACTS[4], CONTACTS[5]


def registered(person: UUID, at: datetime) -> Draft:
    return Draft(person, PersonRegistered(residence=HERE, stay=HERE), at, HERE, "registered")


def told(at: datetime) -> list[Draft]:
    drafts = [registered(person, at) for person in (BYSTANDER, *CONTACTS)]
    for number, person in enumerate(CONTACTS):
        later = at + timedelta(minutes=number)
        contact = ContactDetermined(
            link="a", disease="covid-19", ring=1, sources=(BYSTANDER,), last_exposure=date(2022, 6, 28)
        )
        drafts.append(Draft(person, contact, later, HERE, "contact"))
        drafts.append(Draft(person, SampleTaken(f"s{number}"), later + timedelta(hours=5), HERE, "sample"))
    drafts.append(Draft(SURVIVOR, DeclaredSame(ABSORBED, survives=True), at, HERE, "same"))
    drafts.append(Draft(ABSORBED, DeclaredSame(SURVIVOR, survives=False), at, HERE, "same"))
    return drafts


def change(parts: Parts, clock: Clock) -> None:
    """Everybody is told of, then another day of the tests is adopted and applied."""
    drafts = told(datetime(2022, 6, 28, 3, tzinfo=UTC))
    streams = {draft.stream: "person" for draft in drafts}
    perform(parts, Asked("test", "import", "told"), streams, lambda _histories, _now: Decision(drafts))
    clock.at += timedelta(hours=1)
    text = book("cn").text.replace("[1, 2, 3, 5, 7]", "[1, 2, 4, 5, 7]")
    adopt(parts, Asked("test", "rule-keeping", "changed"), load_text(text), jurisdiction=code("45"))


def written(parts: Parts, table: str, column: str) -> dict[tuple[UUID, str], str]:
    """Which transaction wrote each row of a table."""
    with parts.pool.connection() as connection:
        rows = connection.execute(f"select {column}, ctid::text, xmin::text from {table}".encode())
        return {(row[0], row[1]): row[2] for row in rows}


def test_after_a_rule_change_the_rows_are_what_the_ledger_says(lawful: Parts, clock: Clock) -> None:
    change(lawful, clock)
    assert recompute(lawful) == len(CONTACTS) + 1
    with lawful.pool.connection() as connection:
        report = verify(connection)
        days = connection.execute("select distinct day from duty where kind = 'sample' and subject = %s", [CONTACTS[0]])
        assert {row[0] for row in days} >= {3, 4}
    assert report.ok, report.broken
    assert recompute(lawful) == 0


def test_what_a_rule_change_leaves_alone_is_not_written_again(lawful: Parts, clock: Clock) -> None:
    change(lawful, clock)
    tables = {"sample": "subject", "contact_link": "contact", "person": "id"}
    before = {table: written(lawful, table, owner) for table, owner in tables.items()}
    duties = written(lawful, "duty", "subject")
    recompute(lawful)
    of_merged = {SURVIVOR, ABSORBED}
    for table, owner in tables.items():
        after = written(lawful, table, owner)
        assert {key for key in after.items() if key[0][0] not in of_merged} == {
            key for key in before[table].items() if key[0][0] not in of_merged
        }, table
    assert written(lawful, "duty", "subject") != duties
