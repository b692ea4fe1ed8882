"""How often one address may ask, and how what arrives together becomes durable together."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest

from epiloop.core.errors import EpiloopError, Refused, Unavailable
from epiloop.gate import commits
from epiloop.gate.asked import Asked
from epiloop.gate.commits import Commits
from epiloop.gate.rates import Rates, TooMany
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.visits import Said, Spot, Visitor, What

SPOT = Spot(UUID(int=1), "", "market", 4502261000000000)


def alone(work: Coroutine[None, None, None]) -> int:
    """Run in a thread of its own, whose id comes back: a browser that tests drive leaves a loop in the main one."""

    def run() -> int:
        asyncio.run(work)
        return threading.get_ident()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def test_one_address_cannot_keep_all_others_out() -> None:
    rates = Rates(rate=2, burst=3, most=2)
    for _ in range(3):
        rates.check("a", 10.0)
    for _ in range(2):
        with pytest.raises(TooMany):
            rates.check("a", 10.0)
    rates.check("b", 10.0)
    rates.check("a", 10.5)
    for _ in range(5):
        Rates(rate=0, burst=0).check("a", 1.0)
    rates.check("c", 10.5)
    assert len(rates._left) == 2


@pytest.mark.parametrize(
    ("client", "passed_on", "address"),
    [
        ("192.0.2.1", b"192.0.2.9", "192.0.2.1"),
        ("127.0.0.1", b"192.0.2.9, 192.0.2.3", "192.0.2.3"),
        ("127.0.0.1", b"", "127.0.0.1"),
    ],
)
def test_only_a_server_of_this_machine_is_believed_about_addresses(client: str, passed_on: bytes, address: str) -> None:
    headers = [(b"x-forwarded-for", passed_on)] if passed_on else []
    asked = Asked.of({"method": "POST", "path": "/", "headers": headers, "client": (client, 1)})
    assert asked.address == address
    assert "192" not in repr(asked)


def batch(number: int, rows: int = 1) -> Batch:
    said = Said(UUID(int=number), What.CAME, SPOT, datetime(2022, 7, 1, tzinfo=UTC), Visitor(phone="1"))
    return Batch(UUID(int=number), (said,) * rows)


class Inbox:
    """Takes groups; refuses the batch with number 2, and fails when told."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.failing: Exception | None = None
        self.threads: set[int] = set()

    def accept_all(self, batches: Sequence[Batch]) -> list[EpiloopError | None]:
        self.groups.append(len(batches))
        self.threads.add(threading.get_ident())
        if self.failing:
            raise self.failing
        return [Refused("no") if one.id.int == 2 else None for one in batches]


def test_what_arrives_together_is_committed_together_and_each_hears_its_own() -> None:
    inbox = Inbox()

    async def work() -> None:
        waiting = Commits(inbox.accept_all, gather=0.01)
        running = asyncio.create_task(waiting.run())
        answers = await asyncio.gather(*(waiting.take(batch(n)) for n in range(1, 51)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None), Refused, *[type(None)] * 48]
        for failing in (Unavailable("away"), RuntimeError("a bug")):
            inbox.failing = failing
            with pytest.raises(Unavailable):
                await waiting.take(batch(60))
        inbox.failing = None
        gone = asyncio.create_task(waiting.take(batch(61)))
        await asyncio.sleep(0)
        gone.cancel()
        await waiting.take(batch(62))
        running.cancel()
        last = asyncio.create_task(waiting.take(batch(63)))
        await asyncio.sleep(0)
        await waiting.close()
        await last

    loop = alone(work())
    assert inbox.groups == [50, 1, 1, 2, 1]
    assert loop not in inbox.threads


def test_what_is_worth_a_transaction_by_itself_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    monkeypatch.setattr(commits, "ENOUGH_ROWS", 30)

    async def work() -> None:
        waiting = Commits(inbox.accept_all, gather=3600)
        running = asyncio.create_task(waiting.run())
        for _ in range(2):
            await asyncio.wait_for(asyncio.gather(*(waiting.take(batch(n, 10)) for n in (3, 4, 5))), 60)
        few = asyncio.create_task(waiting.take(batch(6, 10)))
        await asyncio.sleep(0.1)
        assert not few.done()
        running.cancel()
        await waiting.close()
        await few

    alone(work())
    assert inbox.groups == [3, 3, 1]


def test_a_full_queue_sends_back_and_a_group_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox()
    monkeypatch.setattr(commits, "MOST_WAITING", 30)
    monkeypatch.setattr(commits, "MOST_ROWS", 10)

    async def work() -> None:
        waiting = Commits(inbox.accept_all, gather=0)
        taken = [asyncio.create_task(waiting.take(batch(n + 10, 10))) for n in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="at once"):
            await waiting.take(batch(99))
        running = asyncio.create_task(waiting.run())
        await asyncio.gather(*taken)
        await waiting.take(batch(99))
        running.cancel()
        await waiting.close()

    alone(work())
    assert inbox.groups == [1, 1, 1, 1]
