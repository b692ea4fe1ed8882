"""The processes that serve the pages and the gate: granian with a few workers. What they serve, only those load."""

import os

from epiloop.project import leash

WORKERS = 2
THREADS = 8
"""Per worker: waiting for the database leaves room for others. Each keeps a connection, so the product of both stays
well under max_connections."""

WAITING = 4_096
"""Requests under way at the gate; beyond that the server itself says that it is busy."""


def serve(address: str, port: int) -> None:
    """Serve the pages until SIGTERM or SIGINT; requests under way get ten seconds to end."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    os.environ[leash.PARENT_VARIABLE] = str(os.getpid())
    Server(
        "epiloop.project.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=max(1, min(WORKERS, os.cpu_count() or 1)),
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=leash.INSIST_SECONDS,
    ).serve()


def serve_gate(address: str, port: int, *, workers: int = 1) -> None:
    """Serve the gate until SIGTERM or SIGINT; requests under way get ten seconds to end.

    Each worker has keys of the hour of its own, and counts by itself what a flood is.
    """
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    os.environ[leash.PARENT_VARIABLE] = str(os.getpid())
    Server(
        "epiloop.project.gate_asgi:application",
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        backlog=WAITING,
        backpressure=WAITING,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=leash.INSIST_SECONDS,
    ).serve()
