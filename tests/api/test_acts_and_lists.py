"""What programs do and read: through the same acts and lists as pages, once per key, within their rights."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.utils import timezone
from tests.api.conftest import BASE, ELSEWHERE, HERE, Asker, asker
from tests.rules.cast import book

from epiloop.core.rights import RIGHTS
from epiloop.project.home import Installation
from epiloop.runtime import present
from epiloop.runtime.accounts import orders
from epiloop.runtime.accounts.tokens import is_token_confirmed, issue_token, withdraw_token
from epiloop.runtime.requests import uploading
from epiloop.store.models import ApiToken, RoleGrant

CANARY = "Canary Featherstone"


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def person(who: Asker, *, stay: str = HERE, name: str = "", status: int = 200) -> str:
    sent = {"stay": stay, "sex": "female", "birth_year": 1980, "identity": {"name": name} if name else None}
    return str(who.post("/people", sent, status=status).get("person"))


def contact(who: Asker, exposed: str, source: str) -> Any:
    sent = {"disease": "measles", "ring": 1, "sources": [source], "last_exposure": days_ago(1)}
    return who.post(f"/people/{exposed}/contact-links", sent)


@pytest.fixture
def measles(lawful: Installation) -> None:
    """Rules that still hold today."""
    from epiloop.core.jurisdictions import code
    from epiloop.runtime import present
    from epiloop.runtime.acts import Asked
    from epiloop.runtime.adopting import adopt

    asked = Asked("test", "rule-keeping", "adopt:who")
    adopt(present.parts(), asked, book("who"), jurisdiction=code("45"))


def test_a_contact_gets_duties_that_are_listed_taken_and_explained(measles: None, investigator: Asker) -> None:
    source, exposed = person(investigator), person(investigator)
    made = contact(investigator, exposed, source)
    assert made["person"] == exposed
    page = investigator.get(f"/people/{exposed}")
    assert [loop["measure"] for loop in page["loops"]] == ["measles-contact"]
    assert page["contacts"][0]["source"] == source
    assert page["person"]["jurisdiction"] == HERE
    later = investigator.get("/duties", lateness="later", jurisdiction=HERE)["rows"]
    assert {row["duty"]["subject"] for row in later} == {exposed}
    assert later[0]["owner"]["nobody_on_duty"]
    duty = next(row["duty"] for row in page["duties"] if row["duty"]["state"] == "open")
    taken = {"person": exposed, "loop": duty["loop"], "duty": duty["key"]}
    assert investigator.post("/duties/acknowledge", taken)["duty"] == duty["key"]
    why = investigator.get(f"/people/{exposed}/explanation")
    assert any("Day zero" in step["text"] for steps in why["loops"].values() for step in steps)
    chinese = investigator.get(f"/people/{exposed}/explanation", language="zh-hans")
    assert chinese["loops"] != why["loops"]
    assert {line["line"]: line["open"] for line in investigator.get("/board")}["people"] == 1


def test_a_case_is_entered_changed_and_counted(investigator: Asker) -> None:
    someone = person(investigator)
    told = {"disease": "covid-19", "classification": "suspected", "onset": days_ago(3)}
    case = investigator.post(f"/people/{someone}/cases", told)["case"]
    changed = {"case": case, "disease": "covid-19", "classification": "confirmed"}
    investigator.post(f"/people/{someone}/case-classifications", changed)
    less = {**changed, "classification": "suspected"}
    back = investigator.post(f"/people/{someone}/case-classifications", less, status=409)
    assert back["code"] == "refused"
    assert "confirmed" in back["detail"]
    rows = investigator.get("/cases", disease="covid-19")["rows"]
    assert [(row["person"], row["classification"], row["onset"]) for row in rows] == [
        (someone, "confirmed", days_ago(3))
    ]
    assert "sealed" not in rows[0]
    assert investigator.get("/cases/totals")[0]["n"] == 1
    assert investigator.get("/cases/curve", disease="covid-19")["total"] == 1
    tree = investigator.get("/cases/tree", disease="covid-19")
    assert [node["person"] for node in tree["nodes"]] == [someone]


def test_a_request_sent_twice_is_done_once_and_its_key_serves_no_other(investigator: Asker) -> None:
    sent = {"stay": HERE, "sex": "male"}
    first = investigator.post("/people", sent, key="the-same-key")
    again = investigator.post("/people", sent, key="the-same-key")
    assert (again["person"], first["repeated"], again["repeated"]) == (first["person"], False, True)
    assert investigator.post("/people", {**sent, "sex": "female"}, key="the-same-key", status=409)["code"] == "refused"
    missing = investigator.client.post(
        f"{BASE}/people", sent, content_type="application/json", headers=investigator.headers()
    )
    assert missing.status_code == 422


def test_nobody_sees_or_changes_what_lies_elsewhere(investigator: Asker, outsider: Asker, registrar: Asker) -> None:
    someone = person(investigator)
    assert outsider.get("/people")["rows"] == []
    assert outsider.get(f"/people/{someone}", status=404)["code"] == "not-found"
    sample = {"sample": "T1"}
    assert outsider.post(f"/people/{someone}/samples", sample, status=404)["code"] == "not-found"
    assert registrar.post(f"/people/{someone}/samples", sample, status=403)["code"] == "not-allowed"
    assert person(investigator, stay=ELSEWHERE, status=403) == "None"
    assert outsider.get("/audit", status=403)["code"] == "not-allowed"


def test_a_token_sees_no_more_than_its_scopes_and_stops_at_once(lawful: Installation) -> None:
    narrow = asker("lab-1", "investigator", scopes=["duty.write"])
    assert narrow.get("/people", status=403)["code"] == "not-allowed"
    wide = asker("lab-2", "investigator", scopes=list(RIGHTS))
    assert wide.get("/people")["rows"] == []
    RoleGrant.objects.filter(account=wide.account).update(ends_at=timezone.now())
    assert wide.get("/people", status=403)["code"] == "not-allowed"
    withdraw_token(ApiToken.objects.get(account=wide.account), by=wide.account, at=timezone.now())
    answer = wide.get("/people", status=401)
    assert answer["code"] == "not-signed-in"
    assert Client().get(f"{BASE}/people").headers["WWW-Authenticate"].startswith("Bearer")


def test_a_page_uses_its_session_and_needs_its_token_to_change_anything(lawful: Installation) -> None:
    from tests.web.staff import account, signed_in

    officer = signed_in(account("page-1", "investigator"), enforce_csrf_checks=False)
    assert officer.get(f"{BASE}/people").json()["rows"] == []
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = officer.cookies
    forged = guarded.post(
        f"{BASE}/people", {"stay": HERE}, content_type="application/json", headers={"Idempotency-Key": "a-key-of-eight"}
    )
    assert (forged.status_code, forged.json()["code"]) == (403, "not-allowed")
    nowhere = guarded.post(f"{BASE}/nowhere", {}, content_type="application/json")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")


def test_what_opens_visits_asks_a_session_for_the_second_factor_again_as_pages_do(lawful: Installation) -> None:
    from tests.web.staff import account, signed_in

    from epiloop.runtime.accounts.confirmed import CONFIRMED_AT

    officer = signed_in(account("page-2", "investigator"), HTTP_ACCEPT_LANGUAGE="en")
    request, keyed = f"{BASE}/traces/{UUID(int=0)}", {"headers": {"Idempotency-Key": "a-key-of-eight"}}
    assert officer.post(f"{request}/search", **keyed).json()["code"] == "not-found"
    session = officer.session
    session[CONFIRMED_AT] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    for path in (f"{request}/search", f"{request}/approval", f"{BASE}/openings/{UUID(int=0)}/visits", f"{BASE}/rules"):
        answer = officer.post(path, **keyed)
        assert (answer.status_code, "second factor" in answer.json()["detail"]) == (403, True), path
    assert officer.get(f"{BASE}/traces").status_code == 200


def test_a_token_alone_opens_no_visits_and_with_a_code_it_does_for_ten_minutes(investigator: Asker) -> None:
    request, person = f"/traces/{UUID(int=0)}", str(UUID(int=0))
    for path in (f"{request}/search", f"{request}/approval", "/traces", f"/openings/{UUID(int=0)}/visits", "/rules"):
        assert "second factor" in investigator.post(path, {}, status=403)["detail"], path
    assert "second factor" in investigator.get("/traces/text", person=person, unit="county", status=403)["detail"]
    assert "second factor" in investigator.get(f"{request}/text", status=403)["detail"]
    investigator.confirm()
    assert investigator.post(f"{request}/search", None, status=404)["code"] == "not-found"
    minutes = (9, True), (11, False)
    for after, holds in minutes:
        assert is_token_confirmed(investigator.token, timezone.now() + timedelta(minutes=after)) == holds


def test_a_code_given_with_one_token_counts_for_no_other_and_wrong_ones_lock(investigator: Asker) -> None:
    search = f"/traces/{UUID(int=0)}/search"
    second = issue_token(investigator.account, "b", ["trace.request"], life=timedelta(days=1), at=timezone.now())
    other = Asker(investigator.account, second)
    investigator.confirm()
    other.post(search, None, status=403)
    for _ in range(5):
        other.post("/second-factor", {"code": "000000"}, status=403)
    assert other.post("/second-factor", {"code": "000000"}, status=409)["detail"].startswith("Too many failed attempts")
    investigator.post(search, None, status=404)


def test_who_somebody_is_goes_in_and_out_by_body_and_every_look_is_logged(investigator: Asker, outsider: Asker) -> None:
    from epiloop.runtime import present

    someone = person(investigator, name=CANARY)
    assert "Featherstone" not in str(investigator.get(f"/people/{someone}"))
    asked = {"text": CANARY, "purpose": "case-investigation"}
    hit = investigator.post("/people/search", asked)[0]
    assert (hit["person"]["id"], hit["by"]) == (someone, "name")
    assert outsider.post("/people/search", asked) == []
    wanted = {"people": [someone], "purpose": "case-investigation"}
    assert investigator.post("/people/identities", wanted)[0]["name"] == CANARY
    assert outsider.post("/people/identities", wanted, status=404)["code"] == "not-found"
    police = investigator.post("/people/identities", {**wanted, "purpose": "police"}, status=422)
    assert police["code"] == "invalid-input"
    look = present.parts().vault.accesses(subject=UUID(someone))[0]
    assert (look.kind, look.purpose) == ("reveal", "case-investigation")


def test_errors_are_problems_in_the_language_asked_for(investigator: Asker) -> None:
    english = investigator.get("/nothing/here", status=404)
    assert english["type"] == "urn:epiloop:problem:not-found"
    chinese = investigator.get("/nothing/here", status=404, language="zh-hans")
    assert chinese["code"] == english["code"]
    assert chinese["title"] != english["title"]
    wrong = investigator.post("/people", {"stay": "someday", "sex": CANARY}, status=422)
    assert {part["where"].rsplit(".", 1)[-1] for part in wrong["parts"]} == {"stay", "sex"}
    assert "Featherstone" not in str(wrong)
    broken = investigator.client.post(
        f"{BASE}/people",
        "{",
        content_type="application/json",
        headers=investigator.headers() | {"Idempotency-Key": "a-key-of-eight"},
    )
    assert (broken.status_code, broken.headers["Content-Type"]) == (400, "application/problem+json")
    for answer in (broken, investigator.client.get(f"{BASE}/people", headers=investigator.headers())):
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_nobody_foresaw_tells_nothing_and_is_noted_without_its_text(
    investigator: Asker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from epiloop.api import people

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(people.lists, "people", fail)
    answer = investigator.get("/people", status=500)
    assert answer["code"] == "error"
    assert "Featherstone" not in str(answer) + caplog.text
    assert "RuntimeError" in caplog.text


def test_a_unit_its_posts_shifts_and_places_are_kept(registrar: Asker) -> None:
    unit = registrar.post("/units", {"unit_kind": "office", "jurisdiction": HERE, "name_zh": "卫生院"})["unit"]
    made = {"post_kind": "community-health-worker", "jurisdiction": HERE, "level": "community"}
    post = registrar.post(f"/units/{unit}/posts", made)["post"]
    now = datetime.now(UTC)
    shift = {"post": post, "account": "account-1", "phone": "0772-555"}
    spans = {"starts": (now - timedelta(hours=1)).isoformat(), "ends": (now + timedelta(hours=1)).isoformat()}
    registrar.post(f"/units/{unit}/shifts", shift | spans)
    seats = registrar.get("/posts/on-duty", jurisdiction=HERE)["rows"]
    assert [(seat["post"], seat["account"]) for seat in seats] == [(post, "account-1")]
    query = {"since": spans["starts"], "until": spans["ends"]}
    assert len(registrar.get(f"/posts/{post}/shifts", **query)) == 1
    assert registrar.get("/posts/gaps", **query) == []
    place = registrar.post("/places", {"place_kind": "market", "jurisdiction": HERE, "name_zh": "农贸市场"})["place"]
    registrar.post(f"/places/{place}/changes", {"capacity": 300})
    assert registrar.get("/places", text="农贸")["rows"][0]["capacity"] == 300
    registrar.post(f"/places/{place}/closing", {"reason": "moved"})
    assert registrar.get("/places", text="农贸")["rows"] == []


def test_two_registrations_are_merged_and_split_again(investigator: Asker) -> None:
    one, other = person(investigator), person(investigator)
    pair = {"survivor": one, "other": other}
    investigator.post("/people/merges", pair)
    assert investigator.get(f"/people/{other}")["person"]["merged_into"] == one
    assert investigator.post("/people/different", pair, status=409)["code"] == "refused"
    investigator.post("/people/splits", pair)
    investigator.post("/people/different", pair)
    assert {p["state"] for p in investigator.get(f"/people/{one}")["duplicates"]} == {"different"}


def test_lists_come_in_pages_that_follow_each_other(investigator: Asker) -> None:
    everyone = {person(investigator) for _ in range(5)}
    first = investigator.get("/people", limit=3)
    rest = investigator.get("/people", limit=3, after=first["after"])
    assert {row["id"] for row in (*first["rows"], *rest["rows"])} == everyone
    assert rest["after"] is None
    assert investigator.get("/people", after="nowhere", status=422)["code"] == "invalid-input"


def test_the_rules_are_shown_asked_and_adopted(investigator: Asker, everything: Asker) -> None:
    assert [row["rulebook"] for row in investigator.get("/rules")] == ["cn"]
    book = investigator.get("/rules/cn")
    assert "close-contact" in [measure["measure"] for measure in book["measures"]]
    question = {
        "rulebook": "cn",
        "measure": "close-contact",
        "jurisdiction": "320412",
        "facts": ["last_exposure=2022-06-28"],
        "as_of": "2022-07-01T09:00",
    }
    assert investigator.post("/rules/plan", question)["status"]["status"] == "centralised-isolation"
    assert investigator.post("/rules/explanation", question)["loop"]
    assert investigator.post("/rules/plan", {**question, "facts": ["nonsense"]}, status=422)["code"] == "invalid-input"
    head = 'rulebook: mine\ntitle: {en: "Mine", zh: "我的"}\ntimezone: Asia/Shanghai\njurisdictions: all\n'
    files = {"rulebook.yaml": head}
    sent = {"files": files, "jurisdiction": "45", "reason": "notice 12"}
    assert investigator.post("/rules", sent, status=403)["code"] == "not-allowed"
    bad = {"rulebook.yaml": "x: 1"}
    assert everything.post("/rules", {"files": bad, "jurisdiction": "45"}, status=422), "a reason is required"
    wrong = everything.post("/rules", {"files": bad, "jurisdiction": "45", "reason": "notice 12"}, status=422)
    assert wrong["code"] == "rulebook-invalid"
    assert "rulebook.yaml:1" in wrong["detail"]


def test_a_line_list_is_mapped_tried_imported_and_exported(investigator: Asker, outsider: Asker) -> None:
    listed = f"No,Name,Onset,Confirmed\n1,{CANARY},2022-06-28,2022-06-30\n2,,never,2022-06-30\n"

    def send(path: str, key: str, status: int = 200, **fields: Any) -> Any:
        file = io.BytesIO(listed.encode())
        file.name = "cases.csv"
        headers = investigator.headers() | {"Idempotency-Key": key}
        answer = investigator.client.post(f"{BASE}{path}", {**fields, "cases": file}, headers=headers)
        assert answer.status_code == status, answer.content
        return answer.json()

    def ordered(key: str, **fields: Any) -> Any:
        """An order, looked at before and after somebody carried it out."""
        order = send("/imports", key, status=202, **fields)
        assert (order["state"], order["result"]) == ("waiting", None)
        assert uploading.take_up(present.running(), orders.asker, orders.translator) == 1
        return investigator.get(f"/imports/orders/{order['order']}")

    proposal = send("/imports/mapping", "not-needed", system="county-list", disease="covid-19")
    assert not proposal["used_before"]
    fields = {"jurisdiction": HERE, "mapping": proposal["mapping"]}
    tried = ordered("try-the-list", dry_run=True, **fields)
    assert (tried["state"], tried["dry_run"], tried["run"]) == ("done", True, None)
    assert (tried["result"]["added"], tried["result"]["rejected"]) == (1, 1)
    done = ordered("take-the-list", **fields)
    result = done["result"]
    assert (done["state"], result["added"], result["rejects"], result["errors"][0]["line"]) == ("done", 1, ["cases"], 3)
    again = send("/imports", "take-the-list", status=202, **fields)
    assert (again["state"], again["run"]) == ("done", done["run"]), "the same key is the same order"
    assert uploading.take_up(present.running(), orders.asker, orders.translator) == 0
    assert send("/imports", "take-the-list", status=409, **{**fields, "dry_run": True})["code"] == "refused"
    assert outsider.get(f"/imports/orders/{done['order']}", status=404)["code"] == "not-found"
    assert investigator.get(f"/imports/{done['run']}")["result"]["added"] == 1
    assert outsider.get(f"/imports/{done['run']}", status=404)["code"] == "not-found"
    rejects = investigator.client.get(f"{BASE}/imports/{done['run']}/rejects/cases", headers=investigator.headers())
    assert (rejects.headers["Content-Type"], b"never" in rejects.content) == ("text/csv", True)
    headers = investigator.headers() | {"Idempotency-Key": "one-export"}
    out = investigator.client.post(
        f"{BASE}/exports/cases", {"jurisdiction": HERE}, content_type="application/json", headers=headers
    )
    assert (out.status_code, out.content.count(b"\n"), b"Featherstone" in out.content) == (200, 2, False)


def test_every_act_stands_in_the_audit_list_without_its_content(investigator: Asker, everything: Asker) -> None:
    someone = person(investigator, name=CANARY)
    rows = everything.get("/audit", actor=str(investigator.account.id))["rows"]
    assert rows[0]["purpose"] == "register-keeping"
    assert someone not in str(rows)
    assert everything.get("/clears/450226") == []
    assert everything.get("/jurisdictions") == []
    assert everything.get("/today")["subjects"] == []
    assert everything.get("/healthz") == {"status": "ok"}


def test_addresses_are_written_nowhere_with_what_was_sent(investigator: Asker, lawful: Installation) -> None:
    someone = person(investigator, name=CANARY)
    told = {"day": days_ago(0), "symptoms": False, "by": "call", "note": f"met {CANARY}"}
    investigator.post(f"/people/{someone}/follow-ups", told)
    with psycopg.connect(lawful.dsn("engine")) as connection:
        found = connection.execute("select count(*) from event where open::text like '%Featherstone%'").fetchone()
    assert found == (0,)


def test_an_order_that_cannot_be_carried_out_says_why(investigator: Asker) -> None:
    def send(content: bytes, mapping: str) -> Any:
        file = io.BytesIO(content)
        file.name = "cases.csv"
        headers = investigator.headers() | {"Idempotency-Key": f"wrong-{len(mapping)}-{len(content)}"}
        fields = {"jurisdiction": HERE, "mapping": mapping, "cases": file}
        return investigator.client.post(f"{BASE}/imports", fields, headers=headers)

    sound = (
        "system: s\nconstants: {disease: covid-19, classification: confirmed}\ncases: {id: No, diagnosed: Confirmed}\n"
    )
    assert send(b"No,Confirmed\n1,2022-06-30\n", "cases: [").status_code == 422
    answer = send(b"Number,Confirmed\n1,2022-06-30\n", sound)
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{BASE}/imports/orders/{answer.json()['order']}"
    uploading.take_up(present.running(), orders.asker, orders.translator)
    failed = investigator.get(f"/imports/orders/{answer.json()['order']}")
    assert failed["state"] == "failed"
    assert "No" in failed["problem"]
