"""Wrong passwords and codes lock who tries them, hardly ever the one whose name it is (PRIVACY R26, ADR 0038)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.web.staff import PASSWORD, reuse_codes, signed_in, totp

from epiloop.core.addresses import network
from epiloop.core.errors import Refused
from epiloop.runtime.accounts import known_devices, lockout
from epiloop.runtime.accounts.lockout import Attempt
from epiloop.store.models import SignInFailure

AT = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def password_step(client, login="duty-3", password=PASSWORD):
    return client.post("/sign-in/", {"login": login, "password": password})


def code_step(client, code):
    return client.post("/sign-in/second/", {"code": code})


def is_locked(answer):
    return answer.status_code == 422 and "Too many failed attempts." in answer.content.decode()


def guesses(attempt, begin, lasting=DAY):
    """How many guesses one attempt gets through in this time, each as soon as it is let."""
    at, count = free_again(attempt, begin), 0
    while at < begin + lasting:
        lockout.check_not_locked(attempt, at)
        lockout.failed(attempt, at)
        count += 1
        at = free_again(attempt, at)
    return count


def free_again(attempt, at):
    digests = [digest for digest, _ in attempt.counters()]
    ends = SignInFailure.objects.filter(digest__in=digests, locked_until__gt=at)
    return max([at, *ends.values_list("locked_until", flat=True)])


def is_open(attempt, at):
    try:
        lockout.check_not_locked(attempt, at)
    except Refused:
        return False
    return True


def test_five_failures_lock_the_name_for_their_address_and_say_how_long(cast):
    for _ in range(5):
        password_step(Client(REMOTE_ADDR="10.0.0.1"), password="wrong")
    answer = password_step(Client(REMOTE_ADDR="10.0.0.1", HTTP_ACCEPT_LANGUAGE="en"))
    assert is_locked(answer)
    assert "Try again in 1 min." in answer.content.decode()
    assert password_step(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302
    assert password_step(Client(REMOTE_ADDR="10.0.0.1"), login="village-12").status_code == 302


@pytest.mark.parametrize("login", ["duty-3", "does-not-exist"])
def test_failures_from_ten_addresses_lock_the_name_for_strangers_whether_it_exists_or_not(cast, login):
    for number in range(50):
        assert not is_locked(password_step(Client(REMOTE_ADDR=f"10.0.{number // 5}.1"), login, "wrong"))
    assert is_locked(password_step(Client(REMOTE_ADDR="10.9.9.9", HTTP_ACCEPT_LANGUAGE="en"), login))
    assert not is_locked(password_step(Client(REMOTE_ADDR="10.9.9.9", HTTP_ACCEPT_LANGUAGE="en"), "village-12"))


def test_a_browser_that_signed_in_before_is_locked_by_its_own_failures_only(cast):
    at_home = signed_in(cast.officer, REMOTE_ADDR="10.0.0.1")
    at_home.post("/sign-out/")
    for number in range(50):
        lockout.failed(Attempt(f"10.0.{number // 5}.1", "duty-3"), timezone.now())
    for number in range(30):
        lockout.failed(Attempt("10.0.0.1", f"guess-{number}"), timezone.now())
    assert password_step(at_home, "village-12").status_code == 422, "known for its own name only"
    reuse_codes(cast.officer)
    assert password_step(at_home).status_code == 302
    assert code_step(at_home, totp()).status_code == 302
    at_home.post("/sign-out/")
    for _ in range(5):
        password_step(at_home, password="wrong")
    assert password_step(at_home).status_code == 422


def test_what_a_browser_keeps_names_nobody_and_is_out_of_reach_of_scripts(cast):
    client = signed_in(cast.officer)
    kept = client.cookies["known"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert kept["max-age"] == known_devices.KNOWN_FOR.total_seconds()
    assert "duty" not in kept.value
    assert str(cast.officer.id).replace("-", "") not in kept.value


def test_a_browser_is_known_for_half_a_year_and_for_no_other_name():
    text = known_devices.marked("", "duty-3", AT)
    number = known_devices.known_device(text, " DUTY-3 ", AT + 180 * DAY)
    assert number
    assert known_devices.known_device(text, "duty-3", AT + 181 * DAY) == ""
    assert known_devices.known_device(text, "duty-3", AT - DAY) == ""
    assert known_devices.known_device(text, "duty-4", AT) == ""
    later = known_devices.marked(text, "duty-3", AT + 100 * DAY)
    assert known_devices.known_device(later, "duty-3", AT + 200 * DAY) == number, "who signs in stays known"


def test_a_browser_that_many_share_is_known_for_the_last_eight():
    text = ""
    for name in range(10):
        text = known_devices.marked(text, f"duty-{name}", AT)
    known = [name for name in range(10) if known_devices.known_device(text, f"duty-{name}", AT)]
    assert known == list(range(2, 10))
    assert len(text) < 500


@given(st.text(max_size=120))
def test_no_made_up_mark_makes_a_browser_known(text):
    assert known_devices.known_device(text, "duty-3", AT) == ""


@pytest.fixture(scope="module")
def mark():
    """One for all examples: its number is random."""
    return known_devices.marked("", "duty-3", AT)


@given(data=st.data())
def test_a_mark_with_one_letter_changed_is_not_known(mark, data):
    text = mark
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_~é").filter(lambda one: one != text[place]))
    assert known_devices.known_device(text[:place] + letter + text[place + 1 :], "duty-3", AT) == ""


def test_guesses_stay_few_from_one_address_and_from_however_many(database):
    """The numbers of docs/explanation/pages.md."""
    assert guesses(Attempt("10.0.0.1", "duty-3"), AT) == 34
    for number in range(2, 10):
        for _ in range(5):
            lockout.failed(Attempt(f"10.0.0.{number}", "duty-3"), AT + DAY)
    assert is_open(Attempt("10.1.0.1", "duty-3"), AT + DAY), "of one address five count, however long it goes on"
    assert guesses(Attempt("10.1.0.1", "duty-3"), AT + DAY) <= 34
    assert guesses(Attempt("10.0.0.1", "duty-3"), AT + 2 * DAY) <= 24
    assert not is_open(Attempt("10.2.0.1", "duty-3"), AT + 2 * DAY), "the tenth: now all strangers wait alike"


def test_one_address_going_on_for_days_never_locks_the_name(database):
    begin = AT
    for _ in range(3):
        guesses(Attempt("10.0.0.1", "duty-3"), begin)
        begin += DAY
    assert is_open(Attempt("10.0.0.2", "duty-3"), begin)


def test_many_names_from_one_address_lock_the_address_but_nobody_elsewhere(cast):
    for number in range(30):
        password_step(Client(REMOTE_ADDR="10.0.0.1"), login=f"guess-{number}", password="wrong")
    assert password_step(Client(REMOTE_ADDR="10.0.0.1")).status_code == 422
    assert password_step(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302


def test_behind_a_server_of_this_machine_each_visitor_has_an_address_of_their_own(cast):
    def come(address, **sent):
        return password_step(Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"10.9.9.9, {address}"), **sent)

    for number in range(30):
        come("203.0.113.1", login=f"guess-{number}", password="wrong")
    assert come("203.0.113.1").status_code == 422
    assert come("203.0.113.2").status_code == 302


def test_the_many_addresses_of_one_subscriber_count_as_one():
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::4") != network("2001:db8:1:2::4")
    assert network("::ffff:10.0.0.1") == network("10.0.0.1") == "10.0.0.1"
    assert network("") == ""


def test_a_lock_ends_by_itself_and_a_success_forgets_the_failures(cast):
    for _ in range(5):
        password_step(Client(), password="wrong")
    SignInFailure.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    signed_in(cast.officer)
    assert is_open(Attempt("127.0.0.1", "duty-3"), timezone.now())
    for _ in range(4):
        password_step(Client(), password="wrong")
    assert password_step(Client()).status_code == 302


def test_wrong_codes_count_towards_the_lock(cast):
    client = Client()
    password_step(client)
    for _ in range(5):
        code_step(client, "000000")
    assert code_step(client, totp()).status_code == 422


def test_who_has_a_password_tries_five_codes_from_all_addresses_together(cast):
    for number in range(5):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        password_step(client)
        code_step(client, "000000")
    stranger = Client(REMOTE_ADDR="10.0.0.9")
    assert password_step(stranger).status_code == 302
    assert code_step(stranger, totp()).status_code == 422


def test_failed_passkeys_lock_no_name(cast):
    for _ in range(30):
        lockout.failed(Attempt("10.0.0.1", door="passkey"), timezone.now())
    assert not is_open(Attempt("10.0.0.1", door="passkey"), timezone.now())
    assert is_open(Attempt("10.0.0.2", door="passkey"), timezone.now())
    assert password_step(Client(REMOTE_ADDR="10.0.0.1")).status_code == 302


@given(st.integers(0, 60), st.integers(1, 30))
def test_the_delay_grows_with_failures_and_never_beyond_an_hour(failures, free):
    assert lockout.delay(failures, free) <= lockout.delay(failures + 1, free) <= lockout.LONGEST_DELAY
    assert bool(lockout.delay(failures, free)) == (failures >= free)
