"""While the key service hangs check-ins are taken, the worker soon turns to other things, and nothing is lost (R30)."""

import time
from contextlib import suppress
from typing import cast

import pytest
from tests.gate.asking import Phone
from tests.gate.conftest import door_of
from tests.project.running import wait_for
from tests.web.stopping import hung, hurried

from epiloop.core.errors import Unavailable
from epiloop.gateways.silence import LATELY
from epiloop.project.home import Installation
from epiloop.project.wiring import running
from epiloop.runtime.collecting import Keeper, backlog, collect, keep_days

PEOPLE = 5


def test_who_checks_in_notices_nothing_and_all_arrive_when_it_goes_on(clean: Installation, gate_port: int) -> None:
    made = running(hurried(clean, 2))
    parts, keeper = made.parts, cast("Keeper", made.parts.vault)

    def days_kept() -> bool:
        with suppress(Unavailable):  # a busy machine may take longer than it waits here
            keep_days(parts, keeper, now=parts.now())
            return True
        return False

    wait_for(days_kept, "the days to be kept")
    phone = Phone(gate_port, door_of(made))
    with hung(clean, "keyservice") as go_on:
        for _ in range(PEOPLE):
            assert phone.send(phone.came()).status == 200
        time.sleep(LATELY)
        began = time.monotonic()
        for _ in range(10):  # handing over may take minutes; that it does not answer is known in two seconds
            with pytest.raises(Unavailable):
                collect(parts, keeper)
        assert time.monotonic() - began < 20
        assert backlog(parts).rows == PEOPLE
        go_on()
        deadline = time.monotonic() + 120
        while backlog(parts).rows:
            assert time.monotonic() < deadline
            try:
                collect(parts, keeper)
            except Unavailable:
                time.sleep(0.2)
    made.parts.pool.close()
    made.readers.close()
    made.parts.vault.close()  # type: ignore[attr-defined]
