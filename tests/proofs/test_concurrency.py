"""DESIGN.md 4, "The ledger": many hands at once, on the same and on different people. Versions have no gap, no event is
lost, a key is one act whoever repeats it, and who meets a conflict tries again.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.proofs.people import contact, person, rows, told
from tests.runtime.conftest import Clock

from epiloop.core.errors import Conflict
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.registers.people import events as p
from epiloop.runtime.acts import Asked, Decision, Done, Histories, perform
from epiloop.runtime.clock import keep_books
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests import By
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.registering import register_person
from epiloop.runtime.verifying import verify

THREADS, EACH = 8, 8
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 7, 1, 12, tzinfo=ZONE)


def at_once(work: Callable[[int], object]) -> list[object]:
    """The same work by all threads, begun together; what each gave or raised."""
    gate = Barrier(THREADS)

    def begin(number: int) -> object:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(begin, number) for number in range(THREADS)]
        return [future.exception() or future.result() for future in futures]


def patiently(act: Callable[[], Done]) -> Done:
    """What a person does who is told to try again in a moment."""
    for _ in range(20):
        try:
            return act()
        except Conflict:
            continue
    raise AssertionError("nobody got through in twenty tries")


def whole(parts: Parts) -> None:
    gaps = """select stream from event group by stream
              having count(*) <> max(version) or min(version) <> 1 or count(*) <> count(distinct version)"""
    assert rows(parts, gaps) == []
    keep_books(parts)
    with parts.pool.connection() as connection:
        assert verify(connection).broken == []


@pytest.fixture
def people(lawful: Parts, clock: Clock) -> list[UUID]:
    """A case, and others who met it."""
    clock.at = NOW
    made = [person(lawful) for _ in range(4)]
    for other in made[1:]:
        told(lawful, other, contact(made[0], date(2022, 6, 29), ring=2 if other == made[3] else 1))
    return made


def test_acts_of_eight_threads_on_few_people_all_stand_in_the_ledger(lawful: Parts, people: list[UUID]) -> None:
    def work(number: int) -> list[Done]:
        chance = random.Random(number)
        done = []
        for step in range(EACH):
            by = By("operator", "testing", f"{number}-{step}")
            sample = s.SampleTaken(f"{number}-{step}")
            whom = chance.choice(people)
            done.append(patiently(lambda by=by, whom=whom, sample=sample: tell(lawful, by, whom, sample)))
        return done

    for given in at_once(work):
        assert isinstance(given, list), given
    taken = rows(lawful, "select count(*), count(distinct open->>'sample') from event where kind = 'sample-taken'")
    assert taken == [(THREADS * EACH, THREADS * EACH)]
    assert rows(lawful, "select count(*) from sample") == [(THREADS * EACH,)]
    whole(lawful)


def test_one_key_is_one_act_also_when_all_ask_at_once(lawful: Parts, people: list[UUID]) -> None:
    def work(number: int) -> list[Done]:
        follow_up = e.FollowedUp(date(2022, 7, 1), symptoms=False, by="call")
        asked = [By("operator", "duty-control", f"same-{step}") for step in range(EACH)]
        random.Random(number).shuffle(asked)
        return [patiently(lambda by=by: tell(lawful, by, people[1], follow_up)) for by in asked]

    given = at_once(work)
    results = [done for some in given for done in some]  # type: ignore[attr-defined]
    assert len(results) == THREADS * EACH
    assert sum(not done.repeated for done in results) == EACH
    assert {str(done.result) for done in results} == {str(results[0].result)}
    assert rows(lawful, "select count(*) from event where kind = 'followed-up'") == [(EACH,)]
    whole(lawful)


def test_one_new_person_registered_by_all_at_once_is_one_person(lawful: Parts, clock: Clock) -> None:
    clock.at = NOW
    body = p.PersonRegistered(stay=code("450226001001"), outside=(("clinic", "7"),))

    def work(number: int) -> Done:
        return patiently(lambda: register_person(lawful, By(f"clerk-{number}", "register-keeping", "k"), body))

    given = at_once(work)
    assert {done.result["person"] for done in given if isinstance(done, Done)} == {
        str(row[0]) for row in rows(lawful, "select id from person")
    }
    assert rows(lawful, "select count(*) from person") == [(1,)]
    assert len([done for done in given if isinstance(done, Done)]) == THREADS
    whole(lawful)


def test_acts_over_many_people_in_any_order_and_positives_among_them_end_well(
    lawful: Parts, people: list[UUID]
) -> None:
    """Each act takes several streams, and a positive result reaches into others': knots are undone and repeated."""

    def work(number: int) -> int:
        chance = random.Random(number)
        for step in range(EACH):
            some = chance.sample(people, 3)
            drafts = [Draft(whom, s.SampleTaken(f"{number}-{step}"), NOW, code("450226001001")) for whom in some]
            if step == EACH - 1:
                positive = s.ResultReceived(f"{number}-{step}", s.ResultOutcome.POSITIVE)
                drafts.append(Draft(some[0], positive, NOW, code("450226001001")))
            patiently(lambda drafts=drafts, step=step: several(lawful, f"{number}-{step}", drafts))
        return EACH

    assert at_once(work) == [EACH] * THREADS
    counted = rows(lawful, "select count(*) from event where kind = 'sample-taken'")
    assert counted == [(THREADS * EACH * 3,)]
    whole(lawful)


def several(parts: Parts, key: str, drafts: list[Draft]) -> Done:
    def decide(_histories: Histories, _now: datetime) -> Decision:
        return Decision(drafts)

    return perform(parts, Asked("test", "testing", key), dict.fromkeys((d.stream for d in drafts), "person"), decide)
