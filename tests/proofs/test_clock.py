"""Must show (issue 2): the deadline clock never acts twice, never misses, and catches up after a night off; and it is
not stopped by what acts do meanwhile. (Being killed in the middle: test_kills.py.)
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.proofs.people import by, contact, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.operations import duties
from epiloop.operations.investigation import events as e
from epiloop.runtime.clock import catch_up, standing, tick
from epiloop.runtime.histories import load
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.people import tell
from epiloop.runtime.verifying import verify
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
            who, plan, _ = standing(parts, connection, own)
        for draft in duties.escalate(plan.duties, {}, whom, who.jurisdiction, at=parts.now()):
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
