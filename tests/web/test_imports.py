"""Line lists through the page: mapped, tried, imported; what lies between the steps is sealed and goes away."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.web.keepers import english, keeper, text_of

from epiloop.runtime import present
from epiloop.runtime.accounts.orders import asker, translator
from epiloop.runtime.requests import uploading

NAME = "Canary Featherstone"
CASES = f"""No,Name,Sex,Onset,Confirmed,Result
1,{NAME},F,2022-06-28,2022-06-30,Gone home
2,=1+1,M,2022-06-29,2022-06-30,Dead
3,,M,someday,2022-06-30,
"""
CONTACTS = "case,contact,last\n1,9,2022-06-29\n"
FORM = {
    "system": "county-list",
    "disease": "covid-19",
    "classification": "confirmed",
    "date_order": "",
    **dict(zip([f"cases-{n}" for n in range(6)], ("id", "name", "sex", "onset", "diagnosed", "outcome"), strict=True)),
    **dict(zip([f"contacts-{n}" for n in range(3)], ("from", "to", "last_exposure"), strict=True)),
}


@pytest.fixture
def client(outbreak) -> Client:
    return english(keeper("lists-1", "investigator"))


def upload(client: Client, cases: bytes = CASES.encode(), contacts: bytes | None = CONTACTS.encode(), name="c.csv"):
    files = {"cases": SimpleUploadedFile(name, cases)}
    if contacts:
        files["contacts"] = SimpleUploadedFile("k.csv", contacts)
    answer = client.post("/imports/", {"jurisdiction": "450226", **files})
    assert answer.status_code == 302, text_of(answer)
    return answer.url


def rows(outbreak, query: str):
    with outbreak.parts.pool.connection() as connection:
        return connection.execute(query).fetchall()


def imported(client: Client, form=FORM, **files) -> str:
    """The address of the result."""
    page = upload(client, **files)
    assert client.post(page, form).status_code == 302
    client.post(f"{page}import/")
    return client.get(page).url


def test_a_list_is_mapped_tried_and_imported(client, outbreak):
    page = upload(client)
    shown = text_of(client.get(page))
    assert "Map the columns" in shown
    assert NAME not in shown, "the sample covers names"
    answer = client.post(page, FORM)
    assert answer.status_code == 302, text_of(answer)
    tried = client.get(page).content.decode().partition('id="tried"')[2].partition("</section>")[0]
    assert "Import 4 rows" in tried
    assert "text stands where a date of the calendar is needed" in tried
    assert "someday" not in tried, "a problem never repeats the cell"
    assert rows(outbreak, "select count(*) from case_record where disease = 'covid-19'") == [(1,)]
    client.post(f"{page}import/")
    result = client.get(page)
    assert result.status_code == 302
    said = client.get(result.url)
    counts = re.findall(r"<tr class=\"sum\">.*?</tr>", said.content.decode(), re.DOTALL)[0]
    assert re.findall(r">(\d+)<", counts) == ["4", "2", "0", "0", "2"]
    assert NAME not in text_of(said)


def test_between_the_steps_the_files_are_sealed_and_after_the_import_gone(client, outbreak):
    page = upload(client)
    [(sealed, mapping)] = rows(outbreak, "select sealed, mapping from import_upload")
    assert NAME.encode() not in sealed
    assert NAME not in mapping
    number = page.strip("/").rpartition("/")[2]
    client.post(page, {**FORM, "cases-5": ""})
    client.post(f"{page}import/")
    assert rows(outbreak, "select count(*) from import_upload") == [(0,)]
    assert outbreak.parts.vault.keys([UUID(number)], create=False) == {}


def test_an_upload_nobody_imports_is_forgotten_after_a_day(client, outbreak):
    page = upload(client)
    outbreak.at += timedelta(hours=25)
    assert client.get(page).status_code == 404
    assert uploading.drop_expired(outbreak.parts) == 1
    assert rows(outbreak, "select count(*) from import_upload") == [(0,)]


def test_the_upload_of_one_account_is_nothing_to_another(client, outbreak):
    page = upload(client)
    other = english(keeper("lists-2", "investigator"))
    assert other.get(page).status_code == 404
    assert other.post(page, FORM).status_code == 404
    assert other.post(f"{page}import/").status_code == 404


def test_without_the_right_there_is_no_import(outbreak):
    officer = english(keeper("duty-9", "duty-officer"))
    assert officer.get("/imports/").status_code == 403
    assert officer.post("/imports/", {}).status_code == 403
    assert "/imports/" not in officer.get("/account/").content.decode()


def test_rejected_rows_come_back_as_a_file_without_formulas_until_their_time_is_over(client, outbreak):
    bad = CASES.replace("2,=1+1,M,2022-06-29", "2,=1+1,M,nextday")
    result = imported(client, {**FORM, "cases-5": ""}, cases=bad.encode())
    assert "Rejected rows of the case list" in text_of(client.get(result))
    mend = client.get(f"{result}cases.csv")
    assert mend.headers["Content-Disposition"].startswith("attachment")
    assert mend.headers["Cache-Control"] == "no-store"
    lines = mend.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("No,Name,Sex")
    assert len(lines) == 3
    assert "'=1+1" in lines[1]
    assert b"=1+1" not in rows(outbreak, "select rejects from import_run")[0][0]
    outbreak.at += timedelta(days=8)
    assert client.get(f"{result}cases.csv").status_code == 404
    assert "Rejected rows of the case list" not in text_of(client.get(result))


def test_a_word_the_list_uses_gets_its_meaning_on_the_page(client, outbreak):
    page = upload(client)
    client.post(page, FORM)
    assert "Gone home" in client.get(page).content.decode()
    meaning = {"cases-5-word-0": "Gone home", "cases-5-word-0-is": "discharged"}
    assert client.post(page, {**FORM, **meaning}).status_code == 302
    client.post(f"{page}import/")
    found = rows(outbreak, "select outcome from case_record where outcome not in ('', 'open') order by 1")
    assert found == [("died",), ("discharged",)]


def test_a_mapping_is_remembered_for_files_with_the_same_headings(client, outbreak):
    imported(client, {**FORM, "cases-5": ""})
    page = upload(client)
    assert 'value="county-list"' in client.get(page).content.decode()
    again = imported(client, {**FORM, "cases-5": ""})
    assert "Unchanged" in text_of(client.get(again))
    counts = re.findall(r"<tr class=\"sum\">.*?</tr>", client.get(again).content.decode(), re.DOTALL)[0]
    assert re.findall(r">(\d+)<", counts) == ["4", "0", "0", "3", "1"]


def test_what_is_missing_in_a_mapping_is_said_and_what_was_chosen_is_kept(client):
    page = upload(client)
    answer = client.post(page, {**FORM, "disease": "", "cases-2": "classification"})
    assert answer.status_code == 422
    assert "Disease" in text_of(answer)
    assert re.search(r'id="cases-2".*?value="classification" selected', answer.content.decode(), re.DOTALL)


def test_a_file_that_is_no_table_is_refused_with_what_to_do(client):
    answer = client.post("/imports/", {"jurisdiction": "450226", "cases": SimpleUploadedFile("c.xlsx", b"PK nonsense")})
    assert answer.status_code == 422
    assert "Save it again, or as CSV" in text_of(answer)
    empty = client.post("/imports/", {"jurisdiction": "450226"})
    assert empty.status_code == 422
    assert "Choose a file" in text_of(empty)


def test_a_list_in_gb18030_is_read(client):
    text = "编号,姓名,性别,发病日期,确诊日期\n1,林晓梅,女,2022-06-28,2022-06-30\n"
    page = upload(client, text.encode("gb18030"), None)
    shown = client.get(page).content.decode()
    assert "发病日期" in shown
    assert "林晓梅" not in shown


def test_an_import_whose_process_died_is_taken_up(client, outbreak):
    page = upload(client)
    number = UUID(page.strip("/").rpartition("/")[2])
    client.post(page, {**FORM, "cases-5": ""})
    [(account,)] = rows(outbreak, "select account from import_upload")
    uploading.order(outbreak.parts, asker(account), number, uploading.IMPORT)
    assert "You can leave this page" in text_of(client.get(page)), "ordered and nobody at work"
    part = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    assert uploading.take_up(present.running(), asker, translator) == 1
    assert client.get(page).status_code == 302
    assert client.get(page, headers={"HX-Request": "true"}).url.startswith("/imports/")
    assert uploading.take_up(present.running(), asker, translator) == 0


def test_the_history_names_account_and_numbers(client):
    imported(client, {**FORM, "cases-5": ""})
    shown = text_of(client.get("/imports/"))
    assert "lists-1" in shown
    assert "rows rejected" in shown


def test_a_code_table_comes_in_by_the_registrar_of_everything(outbreak):
    table = (
        "code,parent_code,level,name_zh\n45,,province,广西\n4502,45,city,柳州市\n450226,4502,county,三江县\n99,,x,无\n"
    )
    registrar = english(keeper("registrar-9", "registrar", everywhere=True))
    answer = registrar.post(
        "/imports/divisions/",
        {"tables": SimpleUploadedFile("d.csv", table.encode()), "since": "2020-01-01", "source": "GB/T 2260"},
    )
    assert answer.status_code == 302, text_of(answer)
    shown = text_of(registrar.get(answer.url))
    assert "Import of the code table" in shown
    assert rows(outbreak, "select count(*) from division") == [(3,)]
    local = english(keeper("registrar-8", "registrar"))
    assert local.get("/imports/divisions/").status_code == 403


def test_the_case_list_goes_out_without_names_and_stands_in_the_audit(client, outbreak):
    imported(client, {**FORM, "cases-5": ""})
    answer = client.post("/imports/export/", {"jurisdiction": "450226", "disease": "", "format": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert NAME.encode() not in answer.content
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 4
    assert rows(outbreak, "select purpose, subjects from audit where events = 0") == [("data-export", 3)]
    book = client.post("/imports/export/", {"jurisdiction": "450226", "disease": "", "format": "xlsx"})
    assert book.content.startswith(b"PK")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("list.pdf", b"%PDF-1.4", "neither CSV nor XLSX"),
        ("list.csv", b"", "The file is empty"),
        ("list.csv", b"No,Onset\n , \n", "no row below its column names"),
    ],
)
def test_what_is_no_list_is_said_at_its_field_and_only_once(client, name, data, said):
    answer = client.post("/imports/", {"jurisdiction": "450226", "contacts": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    summary = answer.content.decode().split('class="error-summary"')[1].split("</ul>")[0]
    assert said in summary
    assert 'href="#id_contacts"' in summary
    assert summary.count("<li>") == 1


def test_an_import_sent_twice_is_one(client, outbreak):
    page = upload(client)
    client.post(page, FORM)
    client.post(f"{page}import/")
    result = client.get(page).url
    once = rows(outbreak, "select count(*) from event")
    assert client.post(f"{page}import/").status_code == 302
    assert client.get(page).url == result
    assert rows(outbreak, "select count(*) from event") == once


def test_an_upload_that_is_gone_says_so(client, outbreak):
    page = upload(client)
    outbreak.at += timedelta(days=2)
    uploading.drop_expired(outbreak.parts)
    for answer in (client.get(page), client.post(page, FORM), client.post(f"{page}import/")):
        assert answer.status_code in (302, 404)
        assert answer.status_code == 404 or answer.url.startswith("/imports/")
