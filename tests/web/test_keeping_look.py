"""The pages of keeping in a browser: the real lists through the import page, axe, both languages, phone and desk."""

import re
from pathlib import Path

import pytest
from tests.web.keepers import keeper
from tests.web.test_look import IDS, WAYS, violations, wider_than_the_screen
from tests.web.test_work_look import sign_in_quietly

from epiloop.store.models import Account

pytestmark = pytest.mark.browser

DATA = Path(__file__).parents[3] / "shared" / "data"
KOREA = DATA / "mers-korea-2015"
SINGAPORE = DATA / "covid-singapore-2020"
SIMULATED = DATA / "ebola-simulated"
ROLES = ("investigator", "registrar", "rule-keeper", "inspector")
PAGES = (
    "/imports/",
    "/imports/export/",
    "/rules/",
    "/rules/close-contact/",
    "/rules/cases/?measure=close-contact",
    "/rules/plan/",
    "/rules/books/",
    "/rules/books/who/",
    "/rules/books/following/",
    "/registers/",
    "/registers/?q=sanjiang",
    "/registers/units/",
    "/registers/units/new/",
    "/registers/duty/",
    "/registers/gaps/",
    "/registers/places/",
    "/registers/places/new/",
    "/registers/places/import/",
    "/clears/",
    "/audit/",
    "/audit/reads/",
)


@pytest.fixture(params=WAYS, ids=IDS)
def way(request):
    return request.param


@pytest.fixture
def open_page(chromium):
    """A browser page in some way of looking; closed at the end."""
    opened = []

    def make(way):
        language, size, scheme = way
        context = chromium.new_context(locale=language, color_scheme=scheme, bypass_csp=True, **size)
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()


def language_of(account, way):
    Account.objects.filter(pk=account.pk).update(language="zh-hans" if way[0].startswith("zh") else "en")


def lists(folder: Path, *names: str) -> list[Path]:
    found = [folder / name for name in names]
    if not all(path.exists() for path in found):
        pytest.skip(f"the open data sets are not beside the checkout: {folder}")
    return found


def import_lists(page, site, files: list[Path], system: str, disease: str, *, choose=None, text: str = "") -> list[int]:
    """Upload, map, try and import; the last line of numbers: read, added, updated, unchanged, rejected."""
    page.goto(f"{site}/imports/")
    page.set_input_files("#id_cases", files[0])
    page.set_input_files("#id_contacts", files[1])
    page.locator("main button.main").click()
    page.locator("#system").wait_for()
    if text:
        page.locator("summary", has_text="The mapping as text").click()
        page.locator("#text").fill(text)
        page.get_by_role("button", name="Try with this text").click()
    else:
        page.locator("#system").fill(system)
        page.locator("#disease").fill(disease)
        for name, meaning in (choose or {}).items():
            page.get_by_label(name, exact=True).first.select_option(meaning)
        page.get_by_role("button", name="Try it").click()
    page.locator("#tried button.main").wait_for(timeout=120_000)
    page.locator("#tried button.main").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/$"), timeout=300_000)
    page.locator(".counts-table .sum").wait_for(timeout=300_000)
    return [int(cell) for cell in page.locator(".counts-table .sum td").all_inner_texts()]


def test_the_hospital_outbreak_of_2015_comes_in_by_the_page(outbreak, site, open_page):
    files = lists(KOREA, "linelist.csv", "contacts.csv")
    account = keeper("lists-1", *ROLES)
    language_of(account, WAYS[0])
    page = open_page(WAYS[0])
    sign_in_quietly(page, site, account)
    counts = import_lists(page, site, files, "hospital-outbreak", "mers")
    assert counts == [260, 260, 0, 0, 0]
    rows = page.locator(".counts-table tbody tr").all_inner_texts()
    assert [re.findall(r"\d+", row)[:2] for row in rows] == [["162", "162"], ["98", "98"], ["260", "260"]]
    with outbreak.parts.pool.connection() as connection:
        cases = connection.execute("select count(*) from case_record where disease = 'mers'").fetchone()
        links = connection.execute("select count(*) from contact_link where disease = 'mers'").fetchone()
    assert (cases, links) == ((162,), (98,))
    again = import_lists(page, site, files, "hospital-outbreak", "mers")
    assert again == [260, 0, 0, 260, 0], "the mapping is remembered, and nothing is doubled"


def test_clusters_with_notes_come_in_by_the_page(outbreak, site, open_page):
    files = lists(SINGAPORE, "cases.csv", "links.csv")
    account = keeper("lists-1", *ROLES)
    language_of(account, WAYS[0])
    page = open_page(WAYS[0])
    sign_in_quietly(page, site, account)
    mapping = (Path(__file__).parents[1] / "data" / "mappings" / "covid-clusters.yaml").read_text("utf-8")
    counts = import_lists(page, site, files, "", "", text=mapping)
    total = sum(len(path.read_text("utf-8").splitlines()) - 1 for path in files)
    assert counts[0] == counts[1] + counts[4] <= total
    assert counts[1] > 0.95 * counts[0]
    with outbreak.parts.pool.connection() as connection:
        [(found,)] = connection.execute("select count(*) from case_record where disease = 'covid-19'").fetchall()
    assert found > 90


def test_a_large_list_with_coordinates_comes_in_while_the_page_shows_how_far_it_is(outbreak, site, open_page):
    files = lists(SIMULATED, "linelist.csv", "contacts.csv")
    account = keeper("lists-1", *ROLES)
    language_of(account, WAYS[0])
    page = open_page(WAYS[0])
    sign_in_quietly(page, site, account)
    mapping = (Path(__file__).parents[1] / "data" / "mappings" / "ebola-simulated.yaml").read_text("utf-8")
    counts = import_lists(page, site, files, "", "", text=mapping)
    assert counts[0] > 5_000
    assert counts[1] > 0.9 * counts[0]


def test_every_page_of_keeping_is_accessible_and_fits_the_screen(outbreak, site, open_page, way):
    outbreak.shift("headquarters-duty-officer", "duty-3")
    account = keeper("keeper-1", *ROLES)
    language_of(account, way)
    page = open_page(way)
    sign_in_quietly(page, site, account)
    for path in PAGES:
        answer = page.goto(site + path)
        assert answer.status == 200, path
        assert violations(page) == [], path
        assert wider_than_the_screen(page) <= 0, path


def test_the_steps_of_an_import_are_accessible_and_fit_the_screen(outbreak, site, open_page, way, tmp_path):
    long = "Day on which the person was found to be ill by the village doctor of the township"
    (tmp_path / "c.csv").write_text(
        f"No,姓名,{long},Sex,Result\n1,林晓梅,2022-06-29,F,Gone home\n2,,2022-06-30,?,\n", "utf-8"
    )
    account = keeper("keeper-1", *ROLES)
    language_of(account, way)
    page = open_page(way)
    sign_in_quietly(page, site, account)
    page.goto(f"{site}/imports/")
    page.locator("main button.main").click()
    page.locator(".error-summary").wait_for()
    assert violations(page) == []
    page.set_input_files("#id_cases", tmp_path / "c.csv")
    page.locator("main button.main").click()
    page.locator("#system").wait_for()
    assert violations(page) == []
    assert wider_than_the_screen(page) <= 0
    page.locator("#system").fill("a-list")
    page.locator("#disease").fill("covid-19")
    page.locator("#cases-2").select_option("diagnosed")
    page.locator("#cases-4").select_option("outcome")
    page.locator("form.mapping > .acts button").click()
    page.locator("#tried").wait_for()
    assert violations(page) == []
    assert wider_than_the_screen(page) <= 0
    page.locator("#tried button.main").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/$"))
    assert violations(page) == []
    assert wider_than_the_screen(page) <= 0
