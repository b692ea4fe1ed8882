"""What a page costs the database: one reading, few ways there and back, whatever it shows; and what it reads agrees."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection as accounts
from tests.web.outbreak import START
from tests.web.staff import account, signed_in

from epiloop.core.jurisdictions import Scope, code, scope
from epiloop.runtime import present
from epiloop.store.scoped import Reader

EVERY_PAGE = 3
"""Session, account and grants: what Django asks before any page."""

PAGES = {
    "/board/": (12, 0),
    "/board/clears/": (7, 0),
    "/duties/": (9, 0),
    "/loops/": (8, 0),
    "/nobody/": (7, 0),
    "/clears/": (7, 0),
    "/clears/control/": (6, 0),
    "/people/": (6, 0),
    "/cases/": (10, 0),
    "/people/{case}/": (10, 1),
    "/cases/{case}/": (12, 1),
}
"""Page -> how often it waits for the readers' database at most, and how many transactions it asks the ledger in."""


@pytest.fixture
def officer(cast, outbreak):
    outbreak.at = START + timedelta(days=1)
    return signed_in(cast.officer, HTTP_ACCEPT_LANGUAGE="en")


@contextmanager
def traced(connection) -> Iterator[Counter[str]]:
    """Counts the messages that a connection sends meanwhile, by kind; not the question whether it is still there."""
    found: Counter[str] = Counter()
    with tempfile.NamedTemporaryFile("w+") as file:
        connection.pgconn.trace(file.fileno())
        try:
            yield found
        finally:
            connection.pgconn.untrace()
        for line in Path(file.name).read_text().splitlines():
            words = line.split("\t")
            if len(words) > 3 and words[1] == "F" and words[4:] != [' ""']:
                found[words[3]] += 1


def spent(client, path: str) -> dict[str, Counter[str]]:
    """What one more look at a page sends, once everything is warm."""
    for _ in range(2):
        assert client.get(path).status_code == 200, path
    pools = {"readers": present.readers(), "ledger": present.parts().pool}
    with ExitStack() as stack:
        counts = {"accounts": stack.enter_context(traced(accounts.connection))}
        for name, pool in pools.items():
            with pool.connection() as connection:
                counts[name] = stack.enter_context(traced(connection))
        client.get(path)
    return counts


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_in_one_transaction_and_waits_a_few_times(page, officer, outbreak):
    most, ledger = PAGES[page]
    found = spent(officer, page.format(**outbreak.people))
    readers = found["readers"]
    assert readers["Sync"] == 1, "one end, so one transaction"
    assert readers["Flush"] <= most, dict(readers)
    assert readers["Query"] == 0, "nothing is asked outside the pipeline"
    assert found["ledger"]["Query"] == 2 * ledger, "BEGIN and COMMIT"
    assert found["accounts"]["Query"] + found["accounts"]["Sync"] <= EVERY_PAGE


def seen(connection) -> int:
    return connection.execute("select count(*) from person").fetchone()[0]


def test_a_block_inside_another_sees_its_own_scope_and_the_outer_one_goes_on_as_before(outbreak):
    reader = Reader(present.readers(), keep=True)
    county, nowhere = scope(code("450226")), Scope()
    with reader.reading(county) as connection:
        before = seen(connection)
        with reader.reading(nowhere) as inner:
            assert inner is connection
            assert seen(inner) == 0
        assert seen(connection) == before > 0
    reader.close()


def test_what_a_request_reads_is_of_one_moment(outbreak):
    reader, county = Reader(present.readers(), keep=True), scope(code("450226"))
    with reader.reading(county) as connection:
        before = seen(connection)
    outbreak.person("later")
    with reader.reading(county) as connection:
        assert seen(connection) == before
    reader.close()
    with reader.reading(county) as connection:
        assert seen(connection) == before + 1


def test_a_failed_question_says_why_and_the_next_one_is_answered(outbreak):
    reader, county = Reader(present.readers(), keep=True), scope(code("450226"))
    with pytest.raises(psycopg.errors.DivisionByZero), reader.reading(county) as connection:
        connection.execute("select 1 / 0").fetchone()
    with reader.reading(county) as connection:
        assert seen(connection) > 0
    reader.close()


def test_readers_write_nothing_and_are_given_back_as_they_were(outbreak):
    reader, county = Reader(present.readers(), keep=True), scope(code("450226"))
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), reader.reading(county) as connection:
        connection.execute("create temporary table spoils ()").fetchone()
    reader.close()
    with present.readers().connection() as connection:
        assert not connection.autocommit
        assert seen(connection) == 0, "no scope is left behind"


def test_the_board_shows_the_four_clears_once_it_stands(officer):
    board = officer.get("/board/").content.decode()
    assert 'hx-get="/board/clears/"' in board
    assert 'href="/clears/"' in board, "without scripts they are one step away"
    assert "<table" in officer.get("/board/clears/").content.decode()


def test_only_those_who_may_see_the_board_fetch_its_four_clears(cast, outbreak):
    assert signed_in(cast.outsider).get("/board/clears/").status_code == 403
    stranger = signed_in(account("duty-9", "duty-officer", code("320412")), HTTP_ACCEPT_LANGUAGE="en")
    assert "45022610" not in stranger.get("/board/clears/?jurisdiction=450226").content.decode()
