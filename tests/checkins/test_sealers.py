"""Keys of the hour: held while their hour lasts, by no process that did not make them, and by nobody after it."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from tests.checkins import keeping
from tests.project.running import wait_for

from epiloop.runtime.sealers import Days, Sealers, check_days
from epiloop.vault.visits import Kind, Said, form_of

AT = datetime(2022, 7, 3, 4, tzinfo=UTC)
DAYS = Days({day: keys.public for day, keys in keeping.held(AT.date()).items()}, UTC)


@pytest.fixture
def sealers() -> Sealers:
    return Sealers()


def sealed(sealers: Sealers, now: datetime) -> bytes:
    entered = int(AT.timestamp())
    forms = [form_of(Said(bytes(16), Kind.IN, entered, entered + 60, bytes(16), bytes(16)))]
    return sealers.seal(forms, check_days(forms, DAYS), DAYS, now, os.urandom).keys


def test_a_key_serves_its_hour_and_no_key_is_held_after_it_though_nobody_checks_in(sealers):
    assert sealed(sealers, AT) == sealed(sealers, AT + timedelta(minutes=59))
    assert sealed(sealers, now := AT + timedelta(minutes=59, seconds=59.8)) == sealed(sealers, now)
    before = sealed(sealers, last := AT + timedelta(hours=1, minutes=59, seconds=58))
    assert sealed(sealers, last) == before
    wait_for(lambda: not sealers._made, "the end of the hour")
    assert sealed(sealers, last) != before


def test_whoever_asks_the_clock_forgets_too_and_only_then(sealers):
    sealed(sealers, AT)
    sealers.forget(AT + timedelta(minutes=59))
    assert len(sealers._made) == 1
    sealers.forget(AT + timedelta(hours=1))
    assert sealers._made == {}


def test_a_forked_process_holds_no_key_of_where_it_came_from(sealers):
    sealed(sealers, AT)
    if not (child := os.fork()):
        os._exit(len(sealers._made))
    assert os.waitpid(child, 0)[1] == 0
    assert len(sealers._made) == 1
