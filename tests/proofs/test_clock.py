"""Must show (issue 2): the deadline clock never acts twice, never misses, and catches up after a night off; and it is
not stopped by what acts do meanwhile. (Being killed in the middle: test_kills.py.)
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from psycopg import Connection
from psycopg_pool import PoolTimeout
from tests.proofs.people import by, contact, only, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.operations import duties
from epiloop.operations.investigation import events as e
from epiloop.rules.plan import Plan
from epiloop.runtime import clock as clockwork
from epiloop.runtime.clock import catch_up, standing, tick
from epiloop.runtime.histories import History, load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import declare_same
from epiloop.runtime.verifying import verify
from epiloop.store.deadlines import SetAside, all_set_aside
from epiloop.store.ledger import PgLedger

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2022, 7, 1, 9, tzinfo=ZONE)
Rung = tuple[object, ...]


def climbed(parts: Parts, whom: UUID | None = None) -> Counter[Rung]:
    """What was carried up, as the ledger has it: (person, loop, duty, rung) -> how often."""
    query = """select stream, open->>'loop', open->>'duty', (open->>'rung')::int from event
               where kind = 'duty-escalated' and (%s::uuid is null or stream = %s)"""
    return Counter(rows(parts, query, whom, whom))


def reached(parts: Parts, people: list[UUID]) -> set[Rung]:
    """What lateness has reached by now, worked out anew from each person's plan."""
    found: set[Rung] = set()
    for whom in people:
        with parts.pool.connection() as connection:
            own = load(PgLedger(connection), {whom: "person"}, lock=False)[whom]
            where, plan, _ = standing(parts, connection, own)
        for draft in duties.escalate(plan.duties, {}, whom, where, at=parts.now()):
            assert isinstance(draft.body, duties.DutyEscalated)
            found.add((whom, draft.body.loop, draft.body.duty, draft.body.rung))
    return found


def contacts(parts: Parts, clock: Clock, how_many: int) -> list[UUID]:
    clock.at = START
    case = person(parts)
    made = [person(parts) for _ in range(how_many)]
    for whom in made:
        told(parts, whom, contact(case, date(2022, 6, 30)))
    return made


def test_after_a_night_off_the_clock_has_done_what_one_that_never_slept_has(lawful: Parts, clock: Clock) -> None:
    awake, asleep = contacts(lawful, clock, 2)
    hours = "select loop, duty, level, at, owner_post, owner_code from escalation where subject = %s order by 1, 2, 3"
    # The sleeper's hour is put off, so that only the other one is looked after.
    with lawful.pool.connection() as connection:
        connection.execute("update deadline set next_at = 'infinity' where subject = %s", [asleep])
    for _ in range(36):
        clock.at += timedelta(hours=1)
        catch_up(lawful)
    expected = rows(lawful, hours, awake)
    assert len(expected) >= 3
    assert rows(lawful, hours, asleep) == []
    with lawful.pool.connection() as connection:
        connection.execute("update deadline set next_at = %s where subject = %s", [START, asleep])
    assert catch_up(lawful) == 1
    assert rows(lawful, hours, asleep) == expected
    assert set(climbed(lawful)) == reached(lawful, [awake, asleep])


def test_several_clocks_at_once_act_once_each_and_miss_nothing(lawful: Parts, clock: Clock) -> None:
    people = contacts(lawful, clock, 12)
    clock.at = START + timedelta(days=3)
    with ThreadPoolExecutor(4) as pool:
        done = [each.result() for each in [pool.submit(catch_up, lawful) for _ in range(4)]]
    assert sum(done) >= len(people)
    found = climbed(lawful)
    assert set(found) == reached(lawful, people)
    assert set(found.values()) == {1}
    assert not tick(lawful), "nothing waits any more"
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_what_is_told_late_is_carried_up_also_at_an_instant_that_was_looked_at_before(
    lawful: Parts, clock: Clock
) -> None:
    (whom,) = contacts(lawful, clock, 1)
    clock.at = START + timedelta(days=3)
    catch_up(lawful)
    before = climbed(lawful)
    # An exposure of the same days that nobody had told of: its duties fell due at the same midnights.
    other = contact(person(lawful), date(2022, 6, 30), link="late", disease="mers")
    told(lawful, whom, other, START)
    with lawful.pool.connection() as connection:
        # The worst case: its next rung stands at the very instant of an act that was done.
        was = "(select split_part(key, ':', 3) || ':' || split_part(key, ':', 4)  from act"
        instant = was + " where key like 'clock:%%' order by recorded_at limit 1)::timestamptz"
        connection.execute(f"update deadline set next_at = {instant} where subject = %s".encode(), [whom])
    catch_up(lawful)
    assert set(climbed(lawful)) == reached(lawful, [whom])
    assert len(climbed(lawful)) > len(before)


def test_one_subject_that_cannot_be_dealt_with_stops_nobody_else(
    lawful: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    people = contacts(lawful, clock, 4)
    wrong, others = people[0], people[1:]
    with failing(monkeypatch, wrong):
        clock.at = START + timedelta(days=3)
        assert catch_up(lawful) == len(people)
        assert set(climbed(lawful)) == reached(lawful, others), "the others went on"
        assert not tick(lawful), "and it is not tried again at once"
        with lawful.pool.connection() as connection:
            report = verify(connection)
        (waiting,) = report.set_aside
        assert (waiting.subject, waiting.tries, waiting.problem) == (wrong, 1, "ZeroDivisionError")
        assert report.broken == [], "nothing is lost"
        distances = []
        for _ in range(10):
            clock.at = only(aside(lawful)).retry_at
            assert catch_up(lawful)
            distances.append(only(aside(lawful)).retry_at - clock.at)
    assert distances[0] == timedelta(minutes=2)
    assert distances == sorted(distances)
    assert distances[-1] == timedelta(hours=1)
    assert str(wrong) in caplog.text
    assert "Wei" not in caplog.text, "what the error said about the person stays out of the log"
    clock.at = only(aside(lawful)).retry_at
    catch_up(lawful)
    assert aside(lawful) == []
    found = climbed(lawful)
    assert set(found) == reached(lawful, people)
    assert set(found.values()) == {1}


def test_what_a_subject_is_told_makes_the_clock_look_at_once(
    lawful: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whom,) = contacts(lawful, clock, 1)
    clock.at = START + timedelta(days=3)
    with failing(monkeypatch, whom):
        catch_up(lawful)
    assert aside(lawful)
    assert not tick(lawful)
    told(lawful, whom, e.FollowedUp(date(2022, 7, 2), symptoms=False, by="call"), START + timedelta(days=1))
    assert tick(lawful)
    catch_up(lawful)
    assert aside(lawful) == []


def test_a_database_that_is_away_is_nobodys_fault(lawful: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts(lawful, clock, 1)
    clock.at = START + timedelta(days=3)

    def away(*_: object) -> None:
        raise PoolTimeout("nobody answers")

    monkeypatch.setattr(clockwork, "standing", away)
    with pytest.raises(PoolTimeout):
        tick(lawful)
    assert aside(lawful) == []


def aside(parts: Parts) -> list[SetAside]:
    with parts.pool.connection() as connection:
        return all_set_aside(connection)


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, whom: UUID) -> Iterator[None]:
    """A fault of the program that shows with one person only."""

    def stands(parts: Parts, connection: Connection[Any], own: History) -> tuple[int, Plan, duties.Steps]:
        if own.stream == whom:
            connection.execute("select 1")
            raise ZeroDivisionError("Wei Xiaoming, 13800000000")
        return standing(parts, connection, own)

    with monkeypatch.context() as patched:
        patched.setattr(clockwork, "standing", stands)
        yield


def test_acts_and_the_clock_do_not_stop_each_other(lawful: Parts, clock: Clock) -> None:
    people = contacts(lawful, clock, 6)
    clock.at = START + timedelta(hours=1)
    stop = Event()

    def look() -> None:
        while not stop.is_set():
            clock.at += timedelta(minutes=20)
            tick(lawful)

    def ask(number: int) -> None:
        for whom in people:
            body = e.FollowedUp(date(2022, 7, 1), symptoms=False, by="call")
            tell(lawful, by(key=f"ask-{number}-{whom}"), whom, body, at=START)

    with ThreadPoolExecutor(4) as pool:
        looking = [pool.submit(look) for _ in range(2)]
        asking = [pool.submit(ask, number) for number in range(2)]
        errors = [each.exception() for each in asking]
        stop.set()
        errors += [each.exception() for each in looking]
    assert errors == [None] * 4
    assert len(rows(lawful, "select from act where key like 'operator:ask-%'")) == 2 * len(people)
    catch_up(lawful)
    found = climbed(lawful)
    assert reached(lawful, people) <= set(found)
    assert set(found.values()) == {1}


def test_two_loops_of_one_measure_climb_each_their_own_ladder(lawful: Parts, clock: Clock) -> None:
    clock.at = START
    whom, case = person(lawful), person(lawful)
    told(lawful, whom, contact(case, date(2022, 6, 30)))
    clock.at = START + timedelta(days=20)
    catch_up(lawful)
    first = {rung[1] for rung in climbed(lawful)}
    told(lawful, whom, contact(case, date(2022, 7, 20), link="again"))
    clock.at = START + timedelta(days=40)
    catch_up(lawful)
    found = climbed(lawful)
    assert len({rung[1] for rung in found}) == len(first) + 1
    assert set(found.values()) == {1}
    assert set(found) == reached(lawful, [whom])


def test_loops_of_registrations_that_were_merged_keep_apart_what_was_climbed(lawful: Parts, clock: Clock) -> None:
    """Both were opened by the second event of a stream, so that a number alone would not tell them apart."""
    clock.at = START
    case, one, other = person(lawful), person(lawful), person(lawful)
    told(lawful, one, contact(case, date(2022, 6, 30)))
    clock.at = START + timedelta(days=20)
    catch_up(lawful)
    told(lawful, other, contact(case, date(2022, 7, 20)))
    declare_same(lawful, by(), one, other)
    assert len(rows(lawful, "select key from loop where subject = %s", one)) == 2
    clock.at = START + timedelta(days=40)
    catch_up(lawful)
    assert set(climbed(lawful, one)) == reached(lawful, [one])
    with lawful.pool.connection() as connection:
        assert verify(connection).broken == []


def test_what_was_climbed_before_a_merge_is_not_climbed_again_after_it(lawful: Parts, clock: Clock) -> None:
    clock.at = START
    case, one, other = person(lawful), person(lawful), person(lawful)
    told(lawful, other, contact(case, date(2022, 6, 30)))
    clock.at = START + timedelta(days=2)
    catch_up(lawful)
    before = climbed(lawful)
    assert before
    declare_same(lawful, by(), one, other)
    catch_up(lawful)
    assert climbed(lawful) == before
