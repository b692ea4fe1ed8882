"""Visitors in front of a gate: a process that sends made-up check-ins over kept connections and measures the answers.

    python benchmarks/visitors.py < orders.json

Orders: port, codes, seconds, connections, rate (requests a second at a fixed pace, whatever the answers take; 0: the
next one when the last is answered), rows (visits per request) and token. An answer's time counts from when it was due.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uvloop

END = b"\r\n\r\n"


@dataclass
class Orders:
    """What is to be sent."""

    port: int
    codes: list[str]
    seconds: float
    connections: int
    rate: float
    rows: int
    seed: int
    token: str = ""
    came: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def requests(self) -> Iterator[bytes]:
        """Requests without end, no two alike."""
        draw = random.Random(self.seed)
        path = "/C/batch" if self.token else "/C/said"
        bearer = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        while True:
            said = ",".join(self._said(draw) for _ in range(self.rows))
            body = f'{{"id":"{_uuid(draw)}","said":[{said}]}}'
            address = ".".join(str(draw.randrange(1, 255)) for _ in range(3))
            head = f"POST {path} HTTP/1.1\r\nHost: gate\r\nX-Forwarded-For: 10.{address}\r\n{bearer}"
            yield f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def _said(self, draw: random.Random) -> str:
        way = "gate" if self.token else "phone"
        return (
            f'{{"what":"came","visit":"{_uuid(draw)}","code":"{draw.choice(self.codes)}","came":"{self.came}",'
            f'"visitor":{{"phone":"108{draw.randrange(10**8):08}"}},"way":"{way}"}}'
        )


def _uuid(draw: random.Random) -> str:
    return str(UUID(int=draw.getrandbits(128), version=4))


class Visitor(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd, self.buffer, self.due = crowd, b"", 0.0
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.crowd.free(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(END)
        if found and len(rest) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
            self.buffer = b""
            self.crowd.answered(self, head[9:12].decode())


@dataclass
class Crowd:
    """All connections, what waits to be sent, and how long answers took."""

    orders: Orders
    ready: deque[bytes]
    idle: deque[Visitor] = field(default_factory=deque)
    due: deque[float] = field(default_factory=deque)
    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    until: float = 0.0

    def free(self, visitor: Visitor) -> None:
        """A connection may send."""
        if self.due and self.ready:
            self._send(visitor, self.due.popleft())
        elif not self.orders.rate and time.perf_counter() < self.until and self.ready:
            self._send(visitor, time.perf_counter())
        else:
            self.idle.append(visitor)

    def _send(self, visitor: Visitor, due: float) -> None:
        visitor.due = due
        visitor.transport.write(self.ready.popleft())

    def answered(self, visitor: Visitor, status: str) -> None:
        """An answer is there."""
        self.took.append(time.perf_counter() - visitor.due)
        self.statuses[status] += 1
        self.free(visitor)

    async def run(self) -> float:
        """Send for so many seconds; how long until the last answer."""
        loop = asyncio.get_running_loop()
        for _ in range(self.orders.connections):
            await loop.create_connection(lambda: Visitor(self), "127.0.0.1", self.orders.port)
        start = time.perf_counter()
        self.until = start + self.orders.seconds
        total = int(self.orders.rate * self.orders.seconds)
        if self.orders.rate:
            await self._pace(start, total)
        else:
            for visitor in [self.idle.popleft() for _ in range(len(self.idle))]:
                self.free(visitor)
            await asyncio.sleep(0.01)
        while len(self.idle) < self.orders.connections and time.perf_counter() < self.until + 60:
            await asyncio.sleep(0.01)
        return time.perf_counter() - start

    async def _pace(self, start: float, total: int) -> None:
        sent = 0
        while sent < total:
            wanted = min(total, int((time.perf_counter() - start) * self.orders.rate) + 1)
            for number in range(sent, wanted):
                self.due.append(start + number / self.orders.rate)
                if self.idle:
                    self._send(self.idle.popleft(), self.due.popleft())
            sent = wanted
            await asyncio.sleep(0.001)


def main() -> None:
    """Prepare, tell that it is ready, wait for a line, send, tell what came of it."""
    given = json.loads(sys.stdin.readline())
    count = given.pop("count")
    orders = Orders(**given)
    made = orders.requests()
    crowd = Crowd(orders, deque(next(made) for _ in range(count)))
    print("ready", flush=True)
    sys.stdin.readline()
    cpu = time.process_time()
    taken = uvloop.run(crowd.run())  # half the processor of asyncio's own: it is wanted for the gate
    cpu = round(time.process_time() - cpu, 3)
    times = sorted(crowd.took)

    def at(share: float) -> float:
        return round(1000 * times[min(len(times) - 1, int(share * len(times)))], 2) if times else 0.0

    found = {"requests": len(times), "seconds": round(taken, 3), "statuses": dict(crowd.statuses)}
    print(json.dumps({**found, "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "most": at(1), "cpu": cpu}))


if __name__ == "__main__":
    main()
