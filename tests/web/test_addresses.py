"""PRIVACY.md R28: what an address may hold. Every word of a query that pages read, link to or send by GET, and every
parameter of an API path or query is one of those below, each with what stands in it. A new one is looked at here first:
names, logins, phones and numbers of documents are sent by POST or named by an id.
"""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.web.outbreak import CASE
from tests.web.staff import COUNTY, account, signed_in

import epiloop.web
from epiloop.api.door import api
from epiloop.web.asked import FILTERS
from epiloop.web.audit.views import KEPT
from epiloop.web.people.begun import WORD, begin, begun

WEB = Path(epiloop.web.__file__).parent
IDS = {"person", "case", "subject", "household", "post", "unit", "draft", "actor"}
"""Ids: of people, units, posts, accounts and machines."""
WORDS = {
    "disease", "classification", "outcome", "line", "measure", "owner", "lateness", "state", "escalated", "kind", "who",
    "occupation", "purpose", "way", "done", "ring", "version", "zone", "word", "zone_kind", "by",
}  # fmt: skip
"""Words of lists."""
COUNTS = {"day", "from", "since", "until", "starts", "ends", "week", "before", "number", "of", "capacity"}
"""Days, instants and numbers."""
PLACES = {"jurisdiction", "code", "q", "name_zh", "name_en"}
"""Jurisdictions; names of divisions, units, places and their zones, which are no people."""
ON = {"after", "next"}
"""Where a list goes on: keys that rows are ordered by, without names (`tests/reading`). A path of this site."""
SEALED = {WORD}
"""What a form begins with, in one word that means nothing outside."""
KNOWN = IDS | WORDS | COUNTS | PLACES | ON | SEALED
BESIDE_A_PERSON = SEALED | ON | {"day"}
"""What may stand in an address whose path names a person: a disease or a sample's number there would be a finding."""
TYPED = {"q"}
"""What somebody types into a form that is sent by GET."""
DYNAMIC = {
    "asked.py": set(FILTERS),
    "audit/views.py": set(KEPT) | {"actor"},
    "cases/lists.py": {"disease", "classification", "outcome"},
    "cases/tree.py": set(),
    "doors/entering.py": {"zone", "by"},
    "itineraries/page.py": {"day"},
    "people/records.py": SEALED,
    "tracing/asking.py": SEALED,
    "registers/places.py": {"word", "zone_kind", "name_zh", "name_en", "capacity", "number"},
    "registers/units.py": {"post", "starts", "ends"},
    "templatetags/epiloop.py": set(),
}
"""Where the name is not written at the call: which names they are; none where the query is only handed on."""
PARAMETERS = {
    "actor", "after", "at", "book", "classification", "code", "controlled", "date", "disease", "employer", "escalated",
    "household", "inside", "jurisdiction", "kind", "lateness", "limit", "line", "measure", "on", "order", "outcome",
    "owner_post", "person", "place", "post", "purpose", "ring", "run", "sheet", "since", "state", "text", "thing",
    "trace", "unit", "until", "which",
}  # fmt: skip
"""Of the API. `actor` is an id, `text` a division, unit or place, `unit` an id or the unit a key is enrolled for."""


def read_names() -> Iterator[tuple[str, str | None]]:
    """Each read of a query in the pages' code: the file, and the name; None where it is not written there."""
    for file in sorted(WEB.rglob("*.py")):
        where, seen = str(file.relative_to(WEB)), 0
        nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
        for name in filter(None, map(read_name, nodes)):
            seen += 1
            yield where, name
        if seen < sum(map(is_query, nodes)):  # handed on, copied, or read by a name that is worked out
            yield where, None


def read_name(node: ast.AST) -> str | None:
    """The name that `GET["name"]`, `GET.get("name")` and `"name" in GET` read."""
    name: ast.AST | None = None
    if isinstance(node, ast.Subscript) and is_query(node.value):
        name = node.slice
    elif isinstance(node, ast.Compare) and is_query(node.comparators[0]):
        name = node.left
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_query(node.func.value):
        name = node.args[0] if node.args else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def is_query(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "GET"


def test_pages_read_no_other_word_from_an_address():
    found = set(read_names())
    assert {(file, name) for file, name in found if name is not None and name not in KNOWN} == set()
    assert {file for file, name in found if name is None} == set(DYNAMIC), "name them in DYNAMIC"
    assert set().union(*DYNAMIC.values()) <= KNOWN


@pytest.mark.parametrize("template", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_lead_and_send_with_no_other_word(template):
    text = template.read_text("utf-8")
    for address in re.findall(r'(?:href|action|src|hx-\w+)="([^"]*\?[^"]*)"', text):
        assert "person-record" not in address, "record_address seals what the form begins with"
        assert set(re.findall(r"[?&;](\w+)=", re.sub(r"\{[{%].*?[%}]\}", "", address))) <= KNOWN, address
    for form in re.findall(r'<form[^>]*method="get".*?</form>', text, re.DOTALL | re.IGNORECASE):
        names = set(re.findall(r'<(?:input|select)[^>]*\bname="([a-z_]+)"', form))
        typed = set(re.findall(r'<input(?![^>]*type="(?:hidden|date|checkbox|radio)")[^>]*\bname="([a-z_]+)"', form))
        assert names <= KNOWN
        assert typed <= TYPED, "what is typed is sent by POST"
    assert not [one for one in re.findall(r"<form\b[^>]*>", text) if "method=" not in one], "a form says how it is sent"


ADDRESS = re.compile(r'\b(?:href|action|src|data-url|hx-get|hx-post)="([^"]+)"')
PERSONAL = ("covid-19", "centralised", "family", "T-77", str(CASE), "link-contact")
"""What the story says of people: a disease, a stage, a relation, a sample, a case, a link."""


@pytest.fixture
def investigator(cast, outbreak) -> Client:
    """Somebody who sees and records nearly everything, on shift, with a sample and an itinerary to look at."""
    sample = {"key": str(uuid4()), "sample": "T-77", "sampled": "single"}
    asking = account("all-1", "duty-officer")
    for role in ("investigator", "community-worker", "auditor"):
        asking.grants.create(role=role, jurisdiction=COUNTY, starts_at=asking.grants.get(role="duty-officer").starts_at)
    client = signed_in(asking, HTTP_ACCEPT_LANGUAGE="en")
    outbreak.shift("community-secretary", "all-1")
    assert client.post(f"/people/{outbreak.people['contact']}/record/sample/", sample).status_code == 302
    return client


def walked(client: Client, begin_at: list[str], most: int = 90) -> dict[str, str]:
    """Pages that links lead to from here, one of each shape of address: where they stand, and their text."""
    found: dict[str, str] = {}
    waiting, shapes = list(begin_at), set()
    while waiting and len(found) < most:
        address = waiting.pop(0)
        shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|=[^&]*", "*", address)
        if shape in shapes or address.startswith(("/static", "/api")):
            continue
        shapes.add(shape)
        answer = client.get(address)
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            found[address] = answer.content.decode()
            waiting += [one for one in map(unescape, ADDRESS.findall(found[address])) if one.startswith("/")]
    return found


def test_no_page_leads_to_or_sends_to_an_address_that_says_something_of_somebody(investigator, outbreak):
    people = set(map(str, outbreak.people.values()))
    pages = walked(investigator, ["/today/", "/people/", "/cases/", *(f"/people/{one}/" for one in sorted(people))])
    assert len(pages) > 40, sorted(pages)
    seen = 0
    for page, text in pages.items():
        for address in map(unescape, ADDRESS.findall(text)):
            parts = urlsplit(address)
            path, words = parts.path or urlsplit(page).path, dict(parse_qsl(parts.query))
            if any(one in path for one in people):
                seen += bool(words)
                assert set(words) <= BESIDE_A_PERSON, (page, address)
                assert not [word for word in PERSONAL if word in address], (page, address)
            assert "T-77" not in address
    assert seen > 8, "forms that begin with something were among them"


def test_forms_begin_as_their_links_say_also_after_a_change_of_language(investigator, outbreak):
    person = f"/people/{outbreak.people['contact']}/"
    links = [unescape(one) for one in ADDRESS.findall(investigator.get(person).content.decode())]
    link = next(one for one in links if f"{person}record/result/?{WORD}=" in one)
    form = investigator.get(link).content.decode()
    assert 'value="T-77"' in form
    kept = re.search(r'action="/language/".*?name="next" value="([^"]*)"', form, re.DOTALL)
    changed = investigator.post("/language/", {"language": "zh-hans", "next": unescape(kept[1])})
    assert changed["Location"] == link
    chinese = investigator.get(link).content.decode()
    assert 'value="T-77"' in chinese
    assert 'lang="zh-hans"' in chinese.casefold()


@given(st.uuids(), st.uuids(), st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9), max_size=4))
def test_what_a_form_begins_with_opens_for_its_person_only(person, other, said):
    sealed = begin(person, said)
    assert begun(person, sealed) == said
    assert begun(other, sealed) == ({} if other != person else said)
    assert begun(person, sealed[:-2]) == {}


@given(st.text(max_size=60))
def test_a_made_up_word_begins_nothing(text):
    assert begun(UUID(int=1), text) == {}


def test_the_interface_for_programs_takes_no_other_parameter():
    paths = api.get_openapi_schema()["paths"]
    calls = [call for path in paths.values() for call in path.values()]
    found = {each["name"] for call in calls for each in call.get("parameters", ()) if each["in"] != "header"}
    assert len(calls) > 40
    assert found - PARAMETERS == set()
