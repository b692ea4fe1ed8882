"""File locks of an installation: the kernel frees them whatever becomes of the process that holds them."""

import fcntl
import os
from dataclasses import dataclass
from types import TracebackType

from epiloop.project import account
from epiloop.project.home import Installation


@dataclass(slots=True)
class Lock:
    """An open lock file. Closing it, or the end of the process, gives the lock back."""

    descriptor: int

    def take(self, *, whole: bool, wait: bool) -> bool:
        """Take the lock, alone (`whole`) or together with others; False if not to be had and not to be waited for."""
        try:
            fcntl.flock(self.descriptor, (fcntl.LOCK_EX if whole else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self.descriptor)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def opened(installation: Installation, name: str) -> Lock:
    """The lock file of that name in run/, made if missing, not yet taken. Never inherited by a child process."""
    path = installation.run_dir / name
    made = not path.exists()
    lock = Lock(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if made:
        account.give(path, installation.owner)
    return lock
