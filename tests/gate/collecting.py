"""A process that hands check-ins over all the time: `python -m tests.gate.collecting HOME`."""

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import cast

import psycopg
from psycopg_pool import PoolTimeout

from epiloop.core.errors import EpiloopError
from epiloop.project.home import installation_at
from epiloop.project.wiring import running
from epiloop.runtime.collecting import Keeper, collect, keep_counts, keep_days

parts = running(installation_at(Path(sys.argv[1]))).parts
keeper = cast("Keeper", parts.vault)
while True:
    with suppress(EpiloopError, psycopg.Error, PoolTimeout):
        keep_days(parts, keeper, now=parts.now())
        collect(parts, keeper)
        keep_counts(parts, now=parts.now())
    time.sleep(0.05)
