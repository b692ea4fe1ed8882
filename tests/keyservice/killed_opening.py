"""Carries out a trace and is killed at each of its steps: `python killed_opening.py DSN GRANT`. For each step one line:
whether days were opened, whether people were shown, how many entries the log had gained.

A step is before and after each statement and each commit.
"""

import os
import signal
import sys
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool
from tests.keyservice.casework import KEYS, Clock, blocks, service

dsn, grant = sys.argv[1], UUID(sys.argv[2])
BLOCKS = blocks()
left = 0


def tick() -> None:
    global left  # noqa: PLW0603
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1


def counted(call):
    def step(*given, **named):
        tick()
        done = call(*given, **named)
        tick()
        return done

    return step


def entries() -> int:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT count(*) FROM access").fetchone()[0]


def carry_out(writing: int) -> None:
    psycopg.Connection.execute = counted(psycopg.Connection.execute)
    psycopg.Connection.commit = counted(psycopg.Connection.commit)

    def days():
        os.write(writing, b"o")
        return BLOCKS, KEYS

    with ConnectionPool(dsn, min_size=1, max_size=1, open=True) as pool:
        answer = service(pool, Clock(), days=days).trace(grant, "maker")
        os.write(writing, b"s" * bool(answer.people))
    os._exit(0)


number = 0
while True:
    before, (reading, writing) = entries(), os.pipe()
    left = number
    child = os.fork()
    if child == 0:
        carry_out(writing)
    os.close(writing)
    said = os.read(reading, 16) + os.read(reading, 16)
    _, status = os.waitpid(child, 0)
    sys.stdout.write(f"{int(b'o' in said)} {int(b's' in said)} {entries() - before}\n")
    sys.stdout.flush()
    if os.WIFEXITED(status):
        break
    number += 1
