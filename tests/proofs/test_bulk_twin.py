"""DESIGN.md 4, "Bulk work": one behaviour, two speeds. A batch act over many streams gives exactly the rows that the
same drafts give one act at a time, however a history is cut into batches (Hypothesis over small histories;
EPILOOP_PROOF_EXAMPLES sets how many).
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from tests.proofs.conftest import book, take
from tests.runtime.conftest import Clock

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Draft
from epiloop.operations.arrivals import events as a
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.project.home import Installation
from epiloop.registers.people import events as p
from epiloop.runtime.acts import Asked, Decision, perform
from epiloop.runtime.clock import keep_books
from epiloop.runtime.parts import Parts
from epiloop.runtime.verifying import verify
from epiloop.store.tables import TABLES

EXAMPLES = int(os.environ.get("EPILOOP_PROOF_EXAMPLES", "8"))
START = datetime(2022, 7, 1, 1, tzinfo=UTC)
PEOPLE = [derived("twin", str(number)) for number in range(4)]
PLACES = [code("450226001001"), code("450225001001")]
DAYS = some.dates(date(2022, 6, 25), date(2022, 7, 1))
WHOM = some.sampled_from(PEOPLE)

BODIES = some.one_of(
    some.builds(
        e.ContactDetermined,
        link=some.sampled_from(["l-1", "l-2"]),
        disease=some.sampled_from(["covid-19", "mers"]),
        ring=some.sampled_from([1, 2]),
        sources=some.tuples(WHOM),
        last_exposure=DAYS,
        note=some.sampled_from([None, "beside the stove"]),
    ),
    some.builds(e.ContactWithdrawn, link=some.sampled_from(["l-1", "l-2"]), disease=some.just("covid-19")),
    some.builds(
        e.CaseDetermined,
        case=some.just(UUID(int=5)),
        disease=some.just("covid-19"),
        classification=some.sampled_from(e.Classification),
    ),
    some.builds(s.SampleTaken, sample=some.sampled_from(["s-1", "s-2"])),
    some.builds(s.ResultReceived, sample=some.sampled_from(["s-1", "s-2"]), outcome=some.sampled_from(s.ResultOutcome)),
    some.builds(e.FollowedUp, day=DAYS, symptoms=some.booleans(), by=some.just("call")),
    some.builds(
        a.Arrived,
        arrival=some.just("a"),
        origin_risk=some.sampled_from(a.OriginRisk),
        channel=some.sampled_from(a.Channel),
    ),
    some.builds(p.StayChanged, stay=some.sampled_from(PLACES)),
    some.builds(p.PostHeld, post=some.just("courier"), since=DAYS),
    some.builds(e.Released, stage=some.just("home")),
)
INDEX = PEOPLE[0]
SECONDARY = some.builds(
    e.ContactDetermined,
    link=some.sampled_from(["l-1", "l-2"]),
    disease=some.just("covid-19"),
    ring=some.just(2),
    sources=some.sampled_from([(INDEX,), (PEOPLE[3], INDEX)]),
    last_exposure=DAYS,
)
RESULT = some.builds(
    s.ResultReceived, sample=some.sampled_from(["s-1", "s-2", "s-3"]), outcome=some.sampled_from(s.ResultOutcome)
)
WHEN = (some.integers(0, 48), some.sampled_from([None, None, "once"]))
RING = some.one_of(
    some.tuples(some.sampled_from(PEOPLE[1:3]), SECONDARY, *WHEN), some.tuples(some.just(INDEX), RESULT, *WHEN)
)
"""What happens between an index contact and those who met it: here one act reaches into others' streams."""
ANYTHING = some.tuples(WHOM, BODIES, *WHEN)


@dataclass(frozen=True)
class Told:
    """A history as a list of drafts, and where a batch ends."""

    drafts: Sequence[Draft]
    cuts: Sequence[int]

    def batches(self) -> Iterator[Sequence[Draft]]:
        edges = sorted({0, *self.cuts, len(self.drafts)})
        return (self.drafts[one:two] for one, two in pairwise(edges) if one < two)


@some.composite
def histories(draw: some.DrawFn) -> Told:
    """Four people, registered first, and up to ten things that happened to them."""
    drafts = [Draft(whom, p.PersonRegistered(stay=PLACES[0], sex=p.Sex.MALE), START, PLACES[0]) for whom in PEOPLE]
    stays = dict.fromkeys(PEOPLE, PLACES[0])
    for whom, body, hours, key in draw(some.lists(some.one_of(ANYTHING, RING), min_size=1, max_size=12)):
        stays[whom] = getattr(body, "stay", stays[whom])  # an event is told where the person stays then
        drafts.append(Draft(whom, body, START - timedelta(hours=hours), stays[whom], key and f"{key}:{body.kind}"))
    return Told(drafts, draw(some.lists(some.integers(1, len(drafts)), max_size=4)))


def _turning() -> Told:
    """A positive that was none, and another one: the link was determined anew in between, within the same act."""
    link = e.ContactDetermined(link="l-1", disease="covid-19", ring=2, sources=(INDEX,), last_exposure=date(2022, 7, 1))
    results = [("s-3", "positive", 22), ("s-3", "negative", 40), ("s-2", "positive", 41)]
    drafts = [Draft(whom, p.PersonRegistered(stay=PLACES[0], sex=p.Sex.MALE), START, PLACES[0]) for whom in PEOPLE]
    drafts.append(Draft(PEOPLE[1], link, START - timedelta(hours=37), PLACES[0]))
    for sample, outcome, hours in results:
        result = s.ResultReceived(sample, s.ResultOutcome(outcome))
        drafts.append(Draft(INDEX, result, START - timedelta(hours=hours), PLACES[0]))
    return Told(drafts, [])


class Twins:
    """One installation that is emptied of people between two tellings of the same history."""

    def __init__(self, installation: Installation, parts: Parts, clock: Clock) -> None:
        dsn = psycopg.conninfo.make_conninfo(installation.dsn("admin"), dbname="epiloop")
        self.admin = psycopg.connect(dsn, autocommit=True)
        self.parts, self.clock, self.runs = parts, clock, 0
        names = [table.name for table in TABLES.values() if table.name not in ("adoption", "division")]
        self.names = sorted(names)

    def rows_after(self, batches: Iterator[Sequence[Draft]]) -> dict[str, list[str]]:
        """All rows after these acts, one a batch, told to people nobody knew."""
        self.forget()
        self.runs += 1
        self.clock.at = START
        for number, batch in enumerate(batches):
            self.act(f"{self.runs}:{number}", batch)
        keep_books(self.parts)
        with self.parts.pool.connection() as connection:
            assert verify(connection).broken == []
            found = {
                name: sorted(plain(row) for row in connection.execute(f"select * from {name}".encode()).fetchall())
                for name in self.names
            }
        found["event"] = self.events()
        return found

    def act(self, key: str, drafts: Sequence[Draft]) -> None:
        asked = Asked("test", "data-import", key)
        streams = dict.fromkeys((draft.stream for draft in drafts), "person")
        perform(self.parts, asked, streams, lambda _histories, _now: Decision(drafts))

    def events(self) -> list[str]:
        query = "select stream, version, kind, occurred_at, jurisdiction, source_key, open::text from event"
        return sorted(str(row) for row in self.admin.execute(query.encode() + b" where kind <> 'rulebook-adopted'"))

    def forget(self) -> None:
        """Everything but the adopted rulebooks; ciphertext differs from run to run and is left out of the rows."""
        self.admin.execute("set session_replication_role = replica")
        kept = "(select stream from adoption)"
        for statement in (
            f"delete from event where stream not in {kept}",
            f"delete from stream where id not in {kept}",
            "delete from act where id not in (select act from event)",
            "insert into unsealed select id, recorded_at from act on conflict do nothing",
            # deleted, not truncated: of a few rows that is quicker by far
            *(f"delete from {name}" for name in ("seal", "seal_act", "audit", "tally", "tally_delta", *self.names)),
            "delete from unsealed where act not in (select id from act)",
        ):
            self.admin.execute(statement.encode())
        self.admin.execute(f"delete from computed where subject not in {kept}".encode())


@pytest.fixture
def twins(clean: Installation, parts: Parts, clock: Clock) -> Iterator[Twins]:
    take(parts, book("cn"))
    take(parts, book("who"))
    made = Twins(clean, parts, clock)
    yield made
    made.admin.close()


def plain(row: tuple[Any, ...]) -> str:
    """The row as text; a sealed part is another one each time, so only that there is one is compared."""
    return str(["sealed" if isinstance(value, bytes) else value for value in row])


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=histories())
@example(told=_turning())
def test_a_batch_gives_the_rows_that_single_acts_give_however_it_is_cut(twins: Twins, told: Told) -> None:
    singly = twins.rows_after(iter([[draft] for draft in told.drafts]))
    cut = twins.rows_after(told.batches())
    whole = twins.rows_after(iter([told.drafts]))
    assert cut == singly
    assert whole == singly
