"""The process that serves the pages: granian with a few workers of threads each."""

import os

from epiloop.project import leash

WORKERS = 2
THREADS = 8
"""Per worker: waiting for the database leaves room for others. Each keeps a connection, so the product of both stays
well under max_connections."""


def serve(address: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way get ten seconds to end."""
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
