"""Signing in: two factors always, rights and accounts withdrawn at once (PRIVACY R26). Locks: `test_lockout.py`."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.staff import PASSWORD, reuse_codes, signed_in, totp

from epiloop.core.rights import held
from epiloop.runtime.accounts import factors, making
from epiloop.runtime.accounts.views import account_view
from epiloop.store.models import Account, AccountRecord, AccountSession, Authenticator, RecoveryCode, SignInFailure


def password_step(client, login="duty-3", password=PASSWORD):
    return client.post("/sign-in/", {"login": login, "password": password})


def code_step(client, code):
    return client.post("/sign-in/second/", {"code": code})


def is_in(client):
    return client.get("/account/").status_code == 200


def test_a_password_alone_signs_nobody_in(cast):
    client = Client()
    answer = password_step(client)
    assert answer.status_code == 302
    assert answer.url == "/sign-in/second/"
    assert not is_in(client)


def test_password_and_code_sign_in_and_lead_to_the_page_that_was_asked_for(cast):
    client = Client()
    client.post("/sign-in/?next=/account/password/", {"login": "Duty-3 ", "password": PASSWORD})
    answer = code_step(client, totp())
    assert answer.url == "/account/password/"
    assert is_in(client)


def test_the_page_asked_for_is_never_on_another_site(cast):
    client = Client()
    client.post("/sign-in/?next=https://elsewhere.example/", {"login": "duty-3", "password": PASSWORD})
    assert code_step(client, totp()).url == "/"


@pytest.mark.parametrize(("login", "password"), [("duty-3", "wrong"), ("does-not-exist", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(cast, login, password):
    answer = password_step(Client(HTTP_ACCEPT_LANGUAGE="en"), login, password)
    assert answer.status_code == 422
    assert "The login name or the password is not right." in answer.content.decode()


def test_a_wrong_code_does_not_sign_in(cast):
    client = Client()
    password_step(client)
    assert code_step(client, "000000").status_code == 422
    assert not is_in(client)


def test_a_code_works_once(cast):
    first, second = Client(), Client()
    code = totp()
    password_step(first)
    password_step(second)
    assert code_step(first, code).status_code == 302
    assert code_step(second, code).status_code == 422
    assert not is_in(second)


def test_a_code_of_an_hour_ago_is_not_accepted(cast):
    client = Client()
    password_step(client)
    assert code_step(client, totp(timezone.now() - timedelta(hours=1))).status_code == 422


def test_a_code_without_the_password_step_leads_back_to_it(cast):
    assert code_step(Client(), totp()).url == "/sign-in/"


def test_a_recovery_code_replaces_the_second_factor_once(cast):
    code = factors.new_recovery_codes(cast.officer, timezone.now())[3]
    first, second = Client(), Client()
    password_step(first)
    password_step(second)
    assert code_step(first, code.upper().replace("-", " ")).status_code == 302
    assert code_step(second, code).status_code == 422
    assert RecoveryCode.objects.filter(account=cast.officer).count() == factors.RECOVERY_CODES - 1


def test_an_account_without_a_second_factor_can_do_nothing_but_set_one_up(cast):
    Authenticator.objects.filter(account=cast.worker).delete()
    client = Client()
    assert password_step(client, "village-12").url == "/account/second-factor/"
    assert not is_in(client)
    page = client.get("/account/second-factor/")
    secret = page.context["secret"]
    wrong = client.post("/account/second-factor/", {"code": "000000"})
    assert wrong.status_code == 422
    assert wrong.context["secret"] == secret, "the picture that was scanned stays good"
    assert not is_in(client)
    right = client.post("/account/second-factor/", {"code": code_of(secret)})
    assert len(right.context["codes"]) == factors.RECOVERY_CODES
    assert is_in(client)


def test_someone_with_only_a_password_cannot_replace_a_second_factor_that_exists(cast):
    client = Client()
    password_step(client)
    assert client.get("/account/second-factor/").status_code == 302
    assert client.post("/account/second-factor/", {"code": "000000"}).url == "/sign-in/"


def test_a_disabled_account_is_out_with_its_next_request(cast):
    client = signed_in(cast.officer)
    making.disable(cast.officer, by=cast.admin.id, at=timezone.now())
    assert client.get("/account/").status_code == 302
    assert password_step(Client()).status_code == 422


def test_a_session_survives_nothing_of_a_disabled_account_even_if_the_row_is_left(cast):
    client = signed_in(cast.officer)
    Account.objects.filter(pk=cast.officer.pk).update(disabled_at=timezone.now())
    assert AccountSession.objects.filter(account=cast.officer.pk).exists()
    assert client.get("/account/").status_code == 302


def test_a_withdrawn_role_counts_with_the_next_request(cast):
    client = signed_in(cast.admin)
    assert client.get("/accounts/").status_code == 200
    row = cast.admin.grants.get()
    giver = account_view(cast.admin, timezone.now())
    making.withdraw_role(row, giver=giver, at=timezone.now())
    assert client.get("/accounts/").status_code == 403


def test_a_role_ends_on_its_day_without_any_job(cast):
    at = timezone.now()
    grants = [row.as_grant() for row in cast.officer.grants.all()]
    cast.officer.grants.update(ends_at=at + timedelta(hours=1))
    cast.officer.refresh_from_db()
    assert held(grants, at)
    assert account_view(cast.officer, at).grants
    assert account_view(cast.officer, at + timedelta(hours=1)).grants == ()


def test_grave_pages_ask_for_the_second_factor_again_after_ten_minutes(cast):
    client = signed_in(cast.admin)
    assert client.get("/accounts/new/").status_code == 200
    session = client.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    asked = client.get("/accounts/new/")
    assert asked.url == "/account/confirm/?next=%2Faccounts%2Fnew%2F"
    refused = client.post("/accounts/new/", {"login": "x-1", "password": PASSWORD, "language": "en"})
    assert refused.status_code == 302
    assert not Account.objects.filter(login="x-1").exists()
    reuse_codes(cast.admin)
    assert client.post(asked.url, {"code": totp()}).url == "/accounts/new/"
    assert client.get("/accounts/new/").status_code == 200


def test_sessions_are_listed_and_another_one_can_be_ended(cast):
    here, there = signed_in(cast.officer), signed_in(cast.officer)
    sessions = here.get("/account/").context["sessions"]
    other = [row.session_key for row in sessions if row.session_key != here.get("/account/").context["this_session"]]
    assert len(sessions) == 2
    here.post(f"/account/sessions/{other[0]}/end/")
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_the_session_of_another_account(cast):
    mine, theirs = signed_in(cast.worker), signed_in(cast.officer)
    key = theirs.get("/account/").context["this_session"]
    mine.post(f"/account/sessions/{key}/end/")
    assert is_in(theirs)


def test_the_session_table_does_not_hold_what_the_cookie_says(cast):
    client = signed_in(cast.officer)
    cookie = client.cookies["epiloop"].value
    assert not AccountSession.objects.filter(session_key=cookie).exists()
    stolen = Client()
    stolen.cookies["epiloop"] = AccountSession.objects.get(account=cast.officer.id).session_key
    assert not is_in(stolen)


def test_a_new_password_ends_all_other_sessions(cast):
    here, there = signed_in(cast.officer), signed_in(cast.officer)
    answer = here.post("/account/password/", {"old": PASSWORD, "new": "seven lamps under the bridge"})
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short one", "12 to 256 characters"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("password12345", "common"),
        ("my duty-3 password", "login name"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(cast, password, reason):
    client = signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en")
    answer = client.post("/account/password/", {"old": PASSWORD, "new": password})
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_secrets_are_not_readable_in_the_database(cast):
    row = Authenticator.objects.get(account=cast.officer)
    codes = factors.new_recovery_codes(cast.officer, timezone.now())
    stored = b"".join(bytes(one.digest) for one in RecoveryCode.objects.all())
    assert cast.officer.password.startswith("argon2$argon2id$")
    assert b"JBSWY3DP" not in bytes(row.sealed_secret)
    assert not any(code.replace("-", "").encode() in stored for code in codes)


def test_a_sealed_secret_moved_to_another_account_does_not_open(cast):
    theirs = Authenticator.objects.get(account=cast.officer)
    Authenticator.objects.filter(account=cast.worker).update(sealed_secret=theirs.sealed_secret)
    client = Client(raise_request_exception=False)
    password_step(client, "village-12")
    assert code_step(client, totp()).status_code == 422
    assert not is_in(client)


def test_every_step_leaves_a_record_and_no_name_or_address_reaches_the_log(cast, caplog):
    caplog.set_level(logging.DEBUG)
    password_step(Client(REMOTE_ADDR="10.7.7.7"), password="wrong-canary-password")
    signed_in(cast.officer, REMOTE_ADDR="10.7.7.7")
    said = list(AccountRecord.objects.filter(account=cast.officer.id).order_by("id").values_list("what", flat=True))
    assert said == ["made", "granted", "refused", "signed-in"]
    for canary in ("duty-3", "wrong-canary-password", PASSWORD, "10.7.7.7"):
        assert canary not in caplog.text
    assert not SignInFailure.objects.filter(digest__contains=b"duty-3").exists()


def test_records_of_accounts_cannot_be_changed_or_deleted_by_the_pages(cast):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"):
        AccountRecord.objects.update(what="nothing")
    with pytest.raises(ProgrammingError, match="permission denied"):
        AccountRecord.objects.all()._raw_delete("default")


def test_sign_in_needs_the_token_of_its_own_form(cast):
    client = Client(enforce_csrf_checks=True)
    assert password_step(client).status_code == 403


def code_of(secret):
    import pyotp

    return pyotp.TOTP(secret).now()
