"""The first administrator of an empty installation, and accounts made by administrators."""

import re

import pyotp
from django.test import Client
from django.utils import timezone
from tests.web.staff import PASSWORD, account, signed_in

from epiloop.runtime.accounts import making
from epiloop.store.models import Account, AccountRecord, SetupToken
from epiloop.web.accounts import manage

NEW = {"login": "admin-1", "password": "violet tram to the harbour"}


def test_an_empty_installation_leads_to_its_set_up(database):
    assert Client().get("/sign-in/").url == "/set-up/"


def test_the_printed_token_makes_one_administrator_who_must_set_up_a_second_factor(database):
    token, client = making.new_setup_token(timezone.now()), Client()
    assert client.post("/set-up/", NEW | {"token": f" {token} "}).url == "/account/second-factor/"
    assert client.get("/accounts/").status_code == 302, "not before the second factor"
    secret = client.get("/account/second-factor/").context["secret"]
    client.post("/account/second-factor/", {"code": pyotp.TOTP(secret).now()})
    assert client.get("/accounts/").status_code == 200
    assert not SetupToken.objects.exists()


def test_the_first_administrator_is_told_what_comes_next_and_not_to_ask_an_administrator_only(database):
    client = signed_in(account("admin-1", "administrator"))
    Account.objects.update(language="en")
    assert "Nobody else works here yet" in client.get("/accounts/").content.decode()
    refused = client.get("/board/")
    assert refused.status_code == 403
    assert "an account gets its roles from you" in refused.content.decode()


def test_a_wrong_token_makes_nobody_and_keeps_what_was_typed(database):
    making.new_setup_token(timezone.now())
    answer = Client().post("/set-up/", NEW | {"token": "guess"})
    assert answer.status_code == 422
    assert 'value="admin-1"' in answer.content.decode()
    assert not Account.objects.exists()


def test_a_new_token_replaces_the_old_one(database):
    old = making.new_setup_token(timezone.now())
    making.new_setup_token(timezone.now())
    assert Client().post("/set-up/", NEW | {"token": old}).status_code == 422


def test_the_token_is_not_readable_in_the_database(database):
    token = making.new_setup_token(timezone.now())
    assert token.encode() not in bytes(SetupToken.objects.get().digest)


def test_set_up_is_closed_once_there_is_an_account(cast):
    assert making.new_setup_token(timezone.now()) is None
    assert Client().get("/set-up/").url == "/sign-in/"
    assert Client().post("/set-up/", NEW | {"token": ""}).url == "/sign-in/"


def test_an_administrator_makes_an_account_and_grants_it_a_role(cast):
    client = signed_in(cast.admin)
    made = client.post("/accounts/new/", {"login": "duty-9", "password": PASSWORD, "language": "en"})
    answer = client.post(made.url, {"role": "duty-officer", "jurisdiction": "450226"})
    new = Account.objects.get(login="duty-9")
    assert answer.status_code == 302
    assert [(row.role, row.jurisdiction) for row in new.grants.all()] == [("duty-officer", 4502260000000000)]
    assert AccountRecord.objects.filter(account=new.id, what="granted", by=cast.admin.id).exists()


def test_a_county_administrator_grants_nothing_outside_the_county_and_sees_nobody_above(cast):
    client = signed_in(account("admin-2", "administrator"))
    assert client.get(f"/accounts/{cast.admin.id}/").status_code == 404
    assert "admin-1" not in client.get("/accounts/").content.decode()
    outside = client.post(f"/accounts/{cast.outsider.id}/", {"role": "auditor", "jurisdiction": "4502"})
    assert outside.status_code == 422
    assert not cast.outsider.grants.exists()
    inside = client.post(f"/accounts/{cast.outsider.id}/", {"role": "auditor", "jurisdiction": "450226"})
    assert inside.status_code == 302


def test_a_role_everywhere_is_asked_for_with_a_nought_and_no_jurisdiction_of_that_name_is_refused(cast):
    client = signed_in(cast.admin)
    page = f"/accounts/{cast.outsider.id}/"
    assert client.post(page, {"role": "auditor", "jurisdiction": "nowhere"}).status_code == 422
    assert not cast.outsider.grants.exists()
    assert client.post(page, {"role": "auditor", "jurisdiction": "0"}).status_code == 302
    assert [row.jurisdiction for row in cast.outsider.grants.all()] == [0]


def test_nobody_disables_themselves_and_others_are_out_at_once(cast):
    admin, officer = signed_in(cast.admin), signed_in(cast.officer)
    assert admin.post(f"/accounts/{cast.admin.id}/disable/").status_code == 403
    admin.post(f"/accounts/{cast.officer.id}/disable/")
    assert officer.get("/account/").status_code == 302
    admin.post(f"/accounts/{cast.officer.id}/enable/")
    assert signed_in(cast.officer).get("/account/").status_code == 200


def test_a_reset_second_factor_has_to_be_set_up_again(cast):
    signed_in(cast.admin).post(f"/accounts/{cast.officer.id}/reset/")
    client = Client()
    assert client.post("/sign-in/", {"login": "duty-3", "password": PASSWORD}).url == "/account/second-factor/"


def test_those_without_the_right_do_not_reach_the_management_of_accounts(cast):
    client = signed_in(cast.officer)
    for path in ("/accounts/", "/accounts/new/", f"/accounts/{cast.worker.id}/"):
        assert client.get(path).status_code == 403
    assert client.post(f"/accounts/{cast.worker.id}/disable/").status_code == 403


def test_accounts_are_listed_page_by_page_and_no_address_holds_a_login(cast, monkeypatch):
    monkeypatch.setattr(manage, "PAGE", 1)
    client, address, seen = signed_in(cast.admin), "/accounts/", list[str]()
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'<td class="first"><a href="/accounts/[0-9a-f-]{36}/">([^<]+)</a>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        assert following is None or re.fullmatch(r"\?after=[0-9a-f-]{36}", following[1])
        address = f"/accounts/{following[1]}" if following else ""
    assert seen == ["admin-1", "duty-3", "nobody-1", "village-12"]
    assert client.get("/accounts/?after=nobody").status_code == 200
