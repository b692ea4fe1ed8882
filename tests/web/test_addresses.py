"""PRIVACY.md R28: what an address may hold. Every word of a query that pages read, link to or send by GET, and every
parameter of an API path or query is one of those below, each with what stands in it. A new one is looked at here first:
names, logins, phones and numbers of documents are sent by POST or named by an id.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import epiloop.web
from epiloop.api.door import api
from epiloop.web.asked import FILTERS
from epiloop.web.audit.views import KEPT
from epiloop.web.people.records import BEGUN

WEB = Path(epiloop.web.__file__).parent
IDS = {"person", "case", "subject", "household", "source", "post", "unit", "draft", "actor", "stage", "sample", "link"}
"""Ids: of people, units, posts, accounts and machines; names that loops, samples and links have among their own."""
WORDS = {
    "disease", "classification", "outcome", "line", "measure", "owner", "lateness", "state", "escalated", "kind", "who",
    "occupation", "setting", "relation", "purpose", "way", "done", "ring", "version", "zone", "word", "zone_kind",
    "correction",
}  # fmt: skip
"""Words of lists."""
COUNTS = {"day", "from", "since", "until", "starts", "ends", "week", "before", "number", "of", "capacity"}
"""Days, instants and numbers."""
PLACES = {"jurisdiction", "code", "q", "name_zh", "name_en"}
"""Jurisdictions; names of divisions, units, places and their zones, which are no people."""
ON = {"after", "next"}
"""Where a list goes on: keys that rows are ordered by, without names (`tests/reading`). A path of this site."""
KNOWN = IDS | WORDS | COUNTS | PLACES | ON
TYPED = {"q"}
"""What somebody types into a form that is sent by GET."""
DYNAMIC = {
    "asked.py": set(FILTERS),
    "audit/views.py": set(KEPT) | {"actor"},
    "cases/lists.py": {"disease", "classification", "outcome"},
    "cases/tree.py": set(),
    "itineraries/page.py": {"day"},
    "people/records.py": BEGUN,
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
        assert set(re.findall(r"[?&;](\w+)=", re.sub(r"\{[{%].*?[%}]\}", "", address))) <= KNOWN, address
    for form in re.findall(r'<form[^>]*method="get".*?</form>', text, re.DOTALL | re.IGNORECASE):
        names = set(re.findall(r'<(?:input|select)[^>]*\bname="([a-z_]+)"', form))
        typed = set(re.findall(r'<input(?![^>]*type="(?:hidden|date|checkbox|radio)")[^>]*\bname="([a-z_]+)"', form))
        assert names <= KNOWN
        assert typed <= TYPED, "what is typed is sent by POST"
    assert not [one for one in re.findall(r"<form\b[^>]*>", text) if "method=" not in one], "a form says how it is sent"


def test_the_interface_for_programs_takes_no_other_parameter():
    paths = api.get_openapi_schema()["paths"]
    calls = [call for path in paths.values() for call in path.values()]
    found = {each["name"] for call in calls for each in call.get("parameters", ()) if each["in"] != "header"}
    assert len(calls) > 40
    assert found - PARAMETERS == set()
