"""A child process that ends when its parent does, however that ended.

The parent keeps the writing end of a pipe and gives the child the number of the reading end in EPILOOP_LEASH. When
the parent is gone the kernel closes its end; the child reads that, asks itself to stop, and after a while insists.
"""

import contextlib
import os
import signal
import threading
import time

VARIABLE = "EPILOOP_LEASH"
PARENT_VARIABLE = "EPILOOP_PARENT"
INSIST_SECONDS = 10


def fasten() -> None:
    """Watch the pipe named in the environment, if any. The process must lead its own session."""
    number = os.environ.pop(VARIABLE, "")
    if number:
        threading.Thread(target=_watch, args=(int(number),), daemon=True).start()


def fasten_to_parent() -> None:
    """End when the process named in EPILOOP_PARENT does: for a server's own workers, which cannot be handed a pipe."""
    number = os.environ.get(PARENT_VARIABLE, "")
    if number:
        threading.Thread(target=_watch_parent, args=(int(number),), daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(INSIST_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
