"""Must show (issue 2): one person in three loops (contact, key post, arrival) gives one sample that fulfils all three;
the strictest stage holds; closing one leaves the others. Here through acts on PostgreSQL, read from the rows.
"""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.proofs.conftest import book, take
from tests.proofs.people import contact, only, person, rows, sampled, told
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import code
from epiloop.operations.arrivals import events as a
from epiloop.operations.investigation import events as e
from epiloop.registers.people import events as p
from epiloop.runtime.parts import Parts
from epiloop.runtime.verifying import verify

ZONE = ZoneInfo("Asia/Shanghai")
JINHUA = code("330702001001")
CONTACT, POST, ARRIVAL = "close-contact", "key-posts-every-2-days", "arrival-high-risk"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 11, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def driver(parts: Parts, clock: Clock) -> UUID:
    """A lorry driver back from a high-risk area, and a contact of a case on the same day."""
    for name in ("cn", "jinhua"):
        take(parts, book(name), "33")
    clock.at = at(12, 12)
    source, driver = person(parts, JINHUA), person(parts, JINHUA)
    told(parts, driver, p.PostHeld("lorry-driver", date(2022, 11, 12)), at(12, 8))
    arrived = a.Arrived(
        "a-1", origin_risk=a.OriginRisk.HIGH, channel=a.Channel.SELF, left=date(2022, 11, 12), inter_province=False
    )
    told(parts, driver, arrived, at(12, 9))
    told(parts, driver, contact(source, date(2022, 11, 12), link="link-1"), at(12, 10))
    return driver


def done_by_sample(parts: Parts, driver: UUID) -> list[tuple[object, ...]]:
    query = "select measure, done_at from duty where subject = %s and kind = 'sample' and state = 'done' order by 1"
    return rows(parts, query, driver)


def holds(parts: Parts, driver: UUID, when: datetime) -> tuple[object, ...]:
    """The strictest status span at an instant: what the person may do."""
    query = """select status, measure from status_span where subject = %s and starts <= %s and %s < ends
               order by strictness desc limit 1"""
    return only(rows(parts, query, driver, when, when))


def open_at(parts: Parts, driver: UUID, when: datetime) -> set[object]:
    query = "select measure from loop where subject = %s and (closes_at is null or closes_at > %s)"
    return {row[0] for row in rows(parts, query, driver, when)}


def test_one_sample_fulfils_duties_in_all_three_loops(parts: Parts, clock: Clock, driver: UUID) -> None:
    assert open_at(parts, driver, clock.at) == {CONTACT, POST, ARRIVAL}
    assert done_by_sample(parts, driver) == []
    due = "select due from duty where subject = %s and measure = %s and kind = 'sample' and state = 'open'"
    before = rows(parts, due, driver, POST)
    clock.at = at(13, 12)
    sampled(parts, driver, "one", at(13, 9), at(13, 9, 30))
    done = dict(done_by_sample(parts, driver))
    assert {CONTACT, ARRIVAL} <= done.keys()
    assert {done[CONTACT], done[ARRIVAL]} == {at(13, 9, 30)} or {done[CONTACT], done[ARRIVAL]} == {at(13, 9)}
    # The post's repeating duty is one row that goes on: the next is due two days after this sample.
    assert (before, rows(parts, due, driver, POST)) == ([(at(14, 0),)], [(at(16, 0),)])
    with parts.pool.connection() as connection:
        assert verify(connection).broken == []


def test_the_strictest_stage_holds_and_closing_one_loop_leaves_the_others(
    parts: Parts, clock: Clock, driver: UUID
) -> None:
    assert holds(parts, driver, at(13, 12)) == ("centralised-isolation", CONTACT)
    clock.at = at(14, 12)
    told(parts, driver, e.ContactWithdrawn("link-1", "covid-19"), at(14, 9))
    assert open_at(parts, driver, clock.at) == {POST, ARRIVAL}
    assert holds(parts, driver, clock.at) == ("home-isolation", ARRIVAL)
    query = """select distinct measure from duty where subject = %s and kind = 'sample' and state = 'open'
               and valid_from <= %s and (valid_until is null or %s < valid_until)"""
    assert {row[0] for row in rows(parts, query, driver, clock.at, clock.at)} == {POST, ARRIVAL}
