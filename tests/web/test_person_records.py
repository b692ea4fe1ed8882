"""What can be recorded on a person's page beyond daily work: places of isolation, decisions, arrivals, the register."""

import html
import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from tests.web.outbreak import CARD, NAME, PHONE, START
from tests.web.staff import COUNTY, account, signed_in

from epiloop.registers.units import events as u
from epiloop.runtime.requests import By, divisions
from epiloop.runtime.requests.registering import tell_unit
from epiloop.web.people.kinds import GROUPS, KINDS

TABLE = (
    "code,parent_code,level,name_zh\n45,,province,广西壮族自治区\n4502,45,city,柳州市\n450226,4502,county,三江侗族自治县\n"
    "450226100,450226,township,古宜镇\n450226100201,450226100,community,西坡村\n"
    "450226101,450226,township,丹洲镇\n450226101201,450226101,community,西坡村\n"
)


@pytest.fixture
def who(cast, outbreak):
    outbreak.at = START + timedelta(hours=3)
    return signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def contact(outbreak):
    return f"/people/{outbreak.people['contact']}/"


@pytest.fixture
def sites(outbreak):
    """Two isolation sites of the county."""
    made = []
    for n, name in enumerate(("一号隔离点", "二号隔离点")):
        told = u.UnitRegistered("isolation-site", COUNTY, name, f"Site {n + 1}", (("test", f"site-{n}"),))
        made.append(
            tell_unit(outbreak.parts, By("operator", "register-keeping", f"site:{n}"), None, told).result["unit"]
        )
    return made


def text(answer):
    return html.unescape(answer.content.decode())


def events(outbreak, kind):
    with outbreak.parts.pool.connection() as connection:
        return connection.execute("select open, sealed from event where kind = %s", (kind,)).fetchall()


def send(who, contact, kind, **sent):
    return who.post(f"{contact}record/{kind}/", {"key": str(uuid4()), **sent})


def test_the_menu_leads_to_a_form_for_every_kind_the_account_may_record(who, contact):
    page = text(who.get(contact))
    for kind in (kind for _name, kinds in GROUPS for kind in kinds):
        assert f'href="{contact}record/{kind}/"' in page, kind
        assert who.get(f"{contact}record/{kind}/").status_code == 200, kind


def test_the_menu_of_a_worker_leaves_out_what_the_worker_may_not_record(cast, contact, outbreak):
    page = text(signed_in(cast.worker, HTTP_ACCEPT_LANGUAGE="en").get(contact))
    for kind in (kind for _name, kinds in GROUPS for kind in kinds):
        assert (f"record/{kind}/" in page) == (KINDS[kind].right == "duty.write"), kind
    assert "identity/correct" not in page


def test_the_most_urgent_duty_is_one_tap_away(who, contact):
    bar = text(who.get(contact)).split('class="record-acts')[1].split("<details")[0]
    assert re.search(r'class="button main" href="[^"]+record/admission/\?begin=[\w-]+"', bar)
    assert bar.count('"button main"') == 1


def test_an_arrival_at_a_site_is_recorded_and_the_site_is_sealed(who, contact, sites, outbreak):
    assert "Site 1" in text(who.get(f"{contact}record/admission/"))
    assert send(who, contact, "admission", stage="centralised", site=sites[0]).status_code == 302
    told = [row for row in events(outbreak, "admitted") if row[0]["stage"] == "centralised"]
    assert [(list(shown), bool(sealed)) for shown, sealed in told] == [(["stage"], True)]
    assert send(who, contact, "admission", stage="home", site="").status_code == 302


def test_a_move_needs_two_different_sites_and_sent_twice_is_one(who, contact, sites, outbreak):
    assert "came from" in text(send(who, contact, "transfer", origin=sites[0], destination=sites[0]))
    assert send(who, contact, "transfer", origin=sites[0]).status_code == 422
    sent = {"key": str(uuid4()), "origin": sites[0], "destination": sites[1]}
    for _ in range(2):
        assert who.post(f"{contact}record/transfer/", sent).status_code == 302
    assert len(events(outbreak, "transferred")) == 1


def test_without_a_registered_site_a_move_says_what_is_missing(who, contact):
    page = text(who.get(f"{contact}record/transfer/"))
    assert "No isolation site is registered in this county" in page
    assert "Record</button>" not in page


def test_a_decision_needs_a_reason_and_a_day_ahead_and_names_who_decided(who, contact, outbreak):
    ahead = {"stage": "centralised", "extends_to": "2022-07-20"}
    assert send(who, contact, "decision", **ahead).status_code == 422
    past = send(who, contact, "decision", stage="centralised", extends_to="2022-06-01", reason="still coughing")
    assert "This day is over" in text(past)
    assert "still coughing" in text(past)
    assert send(who, contact, "decision", **ahead, reason="still coughing").status_code == 302
    ((told, sealed),) = events(outbreak, "named-decision")
    assert (told["extends_to"], told["stage"], sorted(told)) == (
        "2022-07-20",
        "centralised",
        ["by", "extends_to", "stage"],
    )
    assert UUID(told["by"])
    assert sealed


def test_an_unsuitable_home_and_the_persons_choice_are_recorded(who, contact, outbreak):
    assert send(who, contact, "home-unsuitable").status_code == 422
    assert send(who, contact, "home-unsuitable", reason="one room for five").status_code == 302
    assert send(who, contact, "place-choice", place="home").status_code == 302
    assert len(events(outbreak, "home-unsuitable")) == len(events(outbreak, "place-chosen")) == 1


def test_an_arrival_is_reported_confirmed_and_ended(who, contact, outbreak):
    assert "No arrival of this person waits" in text(who.get(f"{contact}record/arrival-seen/"))
    sent = {"origin_risk": "high", "channel": "unit-report", "left": "2022-06-30", "where": "320412"}
    assert send(who, contact, "arrival", **sent).status_code == 302
    (arrival,) = re.findall(r'name="arrival" value="([^"]+)"', text(who.get(f"{contact}record/arrival-seen/")))
    seen = {"arrival": arrival, "present": "yes", "channel": "community-visit"}
    assert send(who, contact, "arrival-seen", **seen).status_code == 302
    assert send(who, contact, "departure", arrival=arrival, where="").status_code == 302
    assert "No arrival of this person waits" in text(who.get(f"{contact}record/departure/"))
    kinds = ("arrived", "arrival-confirmed", "departed")
    assert [len(events(outbreak, kind)) for kind in kinds] == [1, 1, 1]


def test_a_person_cannot_arrive_before_leaving(who, contact):
    refused = send(who, contact, "arrival", origin_risk="low", channel="self-report", left="2022-07-09")
    assert refused.status_code == 422
    assert "Nobody arrives before leaving" in text(refused)


def test_a_jurisdiction_is_typed_by_name_and_several_of_one_name_are_offered(who, contact, outbreak):
    by = By("operator", "register-keeping", "table")
    divisions.import_divisions(
        outbreak.parts, by, [TABLE], since=date(2020, 1, 1), source="test", progress=lambda *_: None
    )
    sent = {"key": str(uuid4()), "where": "西坡村"}
    asked = who.post(f"{contact}record/stay/", sent)
    assert asked.status_code == 422
    assert "Several are called that" in text(asked)
    assert set(re.findall(r'name="where_is" value="(\d+)"', text(asked))) == {"450226100201", "450226101201"}
    assert who.post(f"{contact}record/stay/", {**sent, "where_is": "450226101201"}).status_code == 302
    assert len(events(outbreak, "stay-changed")) == 1
    assert "Nothing of that name" in text(send(who, contact, "residence", where="no such place"))
    assert send(who, contact, "residence", where="guyi").status_code == 302


def test_occupation_employer_and_key_post_are_kept(who, contact, sites, outbreak):
    assert send(who, contact, "occupation", occupation="driver").status_code == 302
    assert send(who, contact, "employer", unit="Site 1").status_code == 302
    assert "Site 1" in text(who.get(f"{contact}record/employer-left/"))
    assert send(who, contact, "employer-left", unit=sites[0], until="2022-07-01").status_code == 302
    assert "No employer is known" in text(who.get(f"{contact}record/employer-left/"))
    assert send(who, contact, "key-post", post="lorry-driver", since="2022-06-01").status_code == 302
    assert send(who, contact, "key-post-left", post="lorry-driver").status_code == 302
    assert "driver or courier" in text(who.get(contact))


def test_a_hand_over_names_the_jurisdiction_and_refuses_a_telephone_number_as_receipt(who, contact, outbreak):
    assert send(who, contact, "hand-over", to="320412", receipt=PHONE).status_code == 422
    assert send(who, contact, "hand-over", to="320412", receipt="R-7").status_code == 302
    assert len(events(outbreak, "handed-over")) == 1


def test_an_identity_is_corrected_after_a_logged_look_and_nothing_of_it_is_in_the_ledger(who, contact, outbreak):
    address = f"{contact}identity/correct/"
    person = outbreak.people["contact"]
    assert NAME not in text(who.get(address))
    assert outbreak.parts.vault.accesses(subject=person) == []
    shown = who.post(address)
    form = dict(re.findall(r'name="(key|name|document_\d|phone_\d|address)" value="([^"]*)"', text(shown)))
    assert (form["name"], form["document_0"], form["phone_0"]) == (NAME, CARD, PHONE)
    assert [(one.kind, one.purpose) for one in outbreak.parts.vault.accesses(subject=person)] == [
        ("reveal", "register-keeping")
    ]
    sent = {**form, "name": "欧阳晓辰", "kind_0": "id-card", "kind_1": "id-card", "document_1": ""}
    before = len(events(outbreak, "identity-recorded"))
    for _ in range(2):
        assert who.post(address, sent).status_code == 302
    assert len(events(outbreak, "identity-recorded")) == before + 1
    told = outbreak.parts.vault.reveal([person], asker="test", purpose="register-keeping")[UUID(str(person))]
    assert (told.name, told.documents, told.phones) == ("欧阳晓辰", (("id-card", CARD),), (PHONE,))


def test_an_identity_without_a_name_is_refused_and_what_was_typed_stays(who, contact):
    refused = who.post(f"{contact}identity/correct/", {"key": str(uuid4()), "name": "", "address": "古宜镇 9 号"})
    assert refused.status_code == 422
    assert "古宜镇 9 号" in text(refused)


def test_those_who_may_not_see_an_identity_cannot_correct_it(cast, contact, outbreak):
    registrar = signed_in(account("registrar-1", "registrar"), HTTP_ACCEPT_LANGUAGE="en")
    assert registrar.get(f"{contact}identity/correct/").status_code == 403
    assert signed_in(cast.worker).get(f"{contact}identity/correct/").status_code == 403
