"""Retention: sessions, letters and failed sign-ins are removed when their time is over, and not before (R17)."""

from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.web.staff import PASSWORD, signed_in

from epiloop.cli._working import each_minute
from epiloop.core.errors import NotAllowed
from epiloop.runtime.accounts import letters, lockout, signing_in
from epiloop.runtime.accounts.expired import drop_expired
from epiloop.store.models import AccountSession, SignInFailure, SubjectLetter

HOUR = timedelta(hours=1)


def wrong(login, at):
    with pytest.raises(NotAllowed):
        signing_in.check_password_step(login, "not it", "10.0.0.1", at)


def test_what_ended_goes_in_its_own_time_and_nothing_before(cast):
    now = timezone.now()
    client = signed_in(cast.officer)
    letters.give(uuid4(), by=cast.officer.id, at=now)
    wrong("duty-3", now)
    assert drop_expired(now) == 0
    assert drop_expired(now + 11 * HOUR) == 0
    assert drop_expired(now + 13 * HOUR) == AccountSession.objects.count() + 1 == 1, "the session"
    assert client.get("/account/").status_code == 302
    assert drop_expired(now + 23 * HOUR) == 0
    assert drop_expired(now + 25 * HOUR) == 3, "failures of the name, of the address, and of the two together"
    assert not SignInFailure.objects.exists()
    assert drop_expired(now + letters.HOLDS - HOUR) == 0
    assert drop_expired(now + letters.HOLDS) == 1
    assert not SubjectLetter.objects.exists()
    assert drop_expired(now + letters.HOLDS) == 0


def test_a_lock_stays_while_it_locks(cast):
    now = timezone.now()
    lockout.failed(lockout.Attempt("10.0.0.1", "duty-3"), now)
    SignInFailure.objects.update(locked_until=now + 26 * HOUR)
    assert drop_expired(now + 25 * HOUR) == 0
    assert drop_expired(now + 26 * HOUR) == 3


def test_the_worker_removes_them_by_itself(cast, outbreak):
    past = timezone.now() - 40 * letters.HOLDS
    subject = uuid4()
    letters.give(subject, by=cast.officer.id, at=past)
    wrong("duty-3", past)
    held = signed_in(cast.officer)
    each_minute(outbreak.parts, Event())
    assert not SubjectLetter.objects.filter(subject=subject).exists()
    assert not SignInFailure.objects.exists()
    assert held.get("/account/").status_code == 200
    assert signing_in.check_password_step("duty-3", PASSWORD, "10.0.0.1", timezone.now()) == cast.officer
