"""What every page carries: a policy that runs no inline script, no-store, no secrets or names in addresses (R28)."""

import re
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import get_resolver
from tests.web.staff import signed_in

import epiloop.web

TEMPLATES = sorted((Path(epiloop.web.__file__).parent / "templates").rglob("*.html"))
PAGES = ("/account/", "/accounts/", "/jurisdiction/", "/nothing/here/")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_kept_nowhere_and_runs_only_our_own_scripts(cast, path):
    answer = signed_in(cast.admin).get(path)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert answer.headers["Cache-Control"] == "no-store"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_sign_in_page_is_not_kept_either(cast):
    assert Client().get("/sign-in/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "above"), [("/language/", "/"), (f"/traces/{UUID(int=1)}/visits/", f"/traces/{UUID(int=1)}/")]
)
def test_the_address_of_a_button_leads_to_the_page_it_stands_on(cast, path, above):
    answer = signed_in(cast.admin).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, above)
    assert Client().post("/transparency/").status_code == 405, "what only shows takes nothing"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_an_inline_script_style_or_handler(template):
    text = re.sub(r"\{[%{].*?[%}]\}", "", template.read_text("utf-8"))  # what Django reads is not what a browser gets
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)


def test_cookies_are_closed_to_scripts_and_to_other_sites(cast):
    client = signed_in(cast.officer)
    for name in ("epiloop", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_no_address_of_a_page_takes_free_text(database):
    """Names and numbers of people must not stand in addresses: they end in histories and logs."""
    free = [pattern for pattern in _patterns(get_resolver()) if re.search(r"<(str:)?\w+>|<path:", pattern)]
    assert free == []


def test_an_error_of_the_domain_is_a_page_that_says_what_and_what_to_do(cast):
    answer = signed_in(cast.worker, HTTP_ACCEPT_LANGUAGE="en").get("/accounts/")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "Your account has no right to this here: Make accounts, grant and withdraw roles." in text
    assert "Ask an administrator of your jurisdiction" in text


def test_the_language_is_kept_in_the_browser_and_with_the_account(cast):
    client = signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en")
    assert 'lang="en"' in client.get("/account/").content.decode()
    client.post("/language/", {"language": "zh-hans", "next": "/account/"})
    assert 'lang="zh-Hans"' in client.get("/account/").content.decode()
    elsewhere = signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en")
    assert 'lang="zh-Hans"' in elsewhere.get("/account/").content.decode()


def test_an_unknown_language_changes_nothing(cast):
    client = signed_in(cast.officer)
    client.post("/language/", {"language": "../../etc", "next": "//elsewhere.example"})
    assert "language" not in client.cookies


def _patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _patterns(entry, route)
        elif not route.startswith("api/"):
            yield route


def test_styles_and_scripts_are_fetched_once_and_kept_until_they_change(cast):
    page = Client().get("/sign-in/").content.decode()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert any("epiloop.css?v=" in address for address in addresses)
    for address in addresses:
        with closing(Client().get(address)) as answer:
            assert "immutable" in answer.headers["Cache-Control"], address
