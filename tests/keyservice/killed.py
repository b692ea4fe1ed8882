"""A process that changes day secrets and is killed before a given step: `python killed.py PLACE STANDBY WHAT STEP`.

Steps are the calls of the operating system that change or secure something. Ends with 0 if there are fewer.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from keyservice import days

DAY, LATER = date(2022, 7, 3), date(2022, 7, 17)
left = int(sys.argv[4])


def counted(call: Callable[..., Any]) -> Callable[..., Any]:
    def step(*given: Any, **named: Any) -> Any:
        global left  # noqa: PLW0603
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(*given, **named)

    return step


for name in ("open", "write", "fsync", "rename", "unlink"):
    setattr(days.os, name, counted(getattr(os, name)))
secrets = days.DaySecrets(Path(sys.argv[1]), Path(sys.argv[2]))
if sys.argv[3] == "make":
    secrets.make(DAY, bytes(range(32)))
else:
    secrets.destroy(LATER, days.Retention())
