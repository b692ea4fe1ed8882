"""PRIVACY.md R28: no personal data in addresses, logs or error texts, whatever a browser sends; personal pages are
`no-store`. Requests go through Django as pages do; logs are read as the installation writes them.
"""

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, unquote
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.conftest import cast, database, outbreak  # noqa: F401 - fixtures
from tests.web.outbreak import CARD, NAME, PHONE, START, VILLAGE
from tests.web.staff import account, signed_in

from epiloop.project.home import Installation
from epiloop.project.logs import PlainLine

pytestmark = pytest.mark.usefixtures("quick_django")

NOTE = "waltzes with the Jabberwock"
SIGNS = (NAME, PHONE, CARD, NOTE, "Jabberwock", quote(NAME))


def shown(text: str) -> list[str]:
    return [sign for sign in SIGNS if sign in text or sign in unquote(text)]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that loggers say at the levels of an installation, as its handler would write it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(PlainLine())
    handler.setLevel(logging.INFO)
    loggers = [logging.getLogger(), logging.getLogger("django"), logging.getLogger("epiloop")]
    for logger in (loggers[0], loggers[1]):
        logger.addHandler(handler)
    yield said
    for logger in (loggers[0], loggers[1]):
        logger.removeHandler(handler)


@pytest.fixture
def browser(cast, outbreak):  # noqa: F811
    outbreak.at = START + timedelta(hours=3)
    client = signed_in(account("investigator-7", "investigator"), HTTP_ACCEPT_LANGUAGE="en")
    client.raise_request_exception = False
    return client


def asked(client, person: str):
    """Good requests, refused ones and nonsense, each with something personal in it."""
    at = f"/people/{person}/"
    for text in (NAME, PHONE, CARD, f"{NAME}\x00", "x" * 5000 + NAME):
        yield client.post("/people/search/", {"text": text})
    yield client.post("/people/search/", {"system": NAME, "text": CARD})
    yield client.get(at)
    yield client.post(f"{at}identity/", {"purpose": "case-investigation"})
    yield client.post(f"{at}identity/", {"purpose": NOTE})
    for kind in ("follow-up", "contact", "case", "sample", "result", "stay", "exposure"):
        sent = {"key": str(uuid4()), "symptoms": "no", "by": NOTE, "note": NOTE, "reached": "yes", "day": NAME}
        yield client.post(f"{at}record/{kind}/", sent)
        yield client.post(f"{at}record/{kind}/", {**sent, "key": NOTE, "sample": NAME, "link": NAME, "stay": CARD})
    yield client.post(f"{at}duplicates/same/", {"other": NAME, "key": NOTE})
    yield client.post(f"{at}take/", {"loop": NAME, "duty": NOTE, "key": NOTE})
    table = f"No,Name,Phone,Note\nC1,{NAME},{PHONE},{NOTE}\n".encode()
    for content in (table, b"PK" + table, b"\xff\xfe" + table):
        file = SimpleUploadedFile(f"{NAME}.csv", content, "text/csv")
        yield client.post("/imports/", {"cases": file, "jurisdiction": str(VILLAGE), "key": str(uuid4())})
    yield client.post("/sign-in/", {"login": NAME, "password": NOTE})
    yield client.get("/people/", {"after": NAME, "household": NAME, "occupation": NAME})
    yield client.generic("POST", "/people/search/", f"text={NAME}".encode("utf-16"), "text/plain")


def addresses(page: str) -> list[str]:
    """Where a page leads."""
    return re.findall(r'(?:href|action|src|hx-\w+)="([^"]*)"', page)


def test_requests_leave_nothing_personal_in_addresses_and_logs(
    database: Installation,  # noqa: F811
    browser,
    outbreak,  # noqa: F811
    logged: io.StringIO,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    wrong: list[str] = []
    statuses = set()
    for answer in asked(browser, str(outbreak.people["contact"])):
        statuses.add(answer.status_code)
        request = f"{answer.request['REQUEST_METHOD']} {answer.request['PATH_INFO']}"
        asked_for = str(answer.request.get("QUERY_STRING", ""))
        wrong += [f"{request}: leads to {sign}" for sign in shown(answer.headers.get("Location", ""))]
        if answer.headers.get("Content-Type", "").startswith("text/html") and not asked_for:
            found = [address for address in addresses(answer.content.decode()) if shown(address)]
            wrong += [f"{request}: an address {sign}" for sign in found]
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append(f"{request}: may be stored")
        if answer.status_code == 500:
            wrong.append(f"{request}: fails")
    assert {200, 404, 422} <= statuses, "answered, not found, refused"
    assert wrong == []
    assert shown(logged.getvalue()) == []
    assert shown((database.log_dir / "postgres.log").read_text("utf-8", "replace")) == []


def test_an_error_nobody_thought_of_says_where_and_not_what(logged: io.StringIO) -> None:
    try:
        int(NAME)
    except ValueError:
        logging.getLogger("django.request").error("Internal Server Error: %s", "/people/search/", exc_info=True)
    said = logged.getvalue()
    assert "ValueError" in said
    assert "test_quiet_requests.py" in said
    assert shown(said) == []
