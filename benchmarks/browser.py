"""What a reader of pages waits for: the real server over a filled installation, asked by Chromium.

From the start of a navigation to the first byte and to the end of the load event, everything of the page included
(styles and scripts are in the browser's cache after the first). `pages.py` puts these times beside the database's.
"""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp

import lives
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code, code
from epiloop.core.rights import Grant
from epiloop.project import frontend, languages
from epiloop.project.checking import find_chromium
from epiloop.project.children import Child
from epiloop.project.django_parts import set_up
from epiloop.project.home import Installation
from epiloop.project.rulebooks import read_rulebook
from epiloop.project.supervisor import is_ready
from epiloop.project.wiring import running, shift_clock
from epiloop.runtime.acts import Asked
from epiloop.runtime.adopting import adopt

PASSWORD = "nine quiet herons at dusk"
KEY_FILE = "benchmark-users"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
READY_SECONDS = 60
TICK = 1000 / os.sysconf("SC_CLK_TCK")
LOADED = """() => { const t = performance.getEntriesByType('navigation')[0];
                    return [t.responseStart - t.startTime, t.loadEventEnd - t.startTime]; }"""


@dataclass(frozen=True)
class Visit:
    """A page as somebody opens it; `paths` are taken in turn."""

    name: str
    login: str
    paths: Sequence[str]


@dataclass(frozen=True)
class Seen:
    """Milliseconds of each load of a page to the first byte and to the load event, and the processor time of the
    server's processes for one load (0 where the system is silent)."""

    name: str
    first_bytes: Sequence[float]
    loads: Sequence[float]
    processor: float


def missing() -> str:
    """Why pages cannot be seen by a browser here; empty if they can."""
    if find_chromium() is None:
        return "no Chromium: apt-get install chromium, or set EPILOOP_CHROMIUM"
    if not frontend.BUILT.exists():
        return "the front end is not built: ./epiloop test or ./epiloop up builds it"
    return ""


def prepare(installation: Installation, users: Mapping[str, tuple[str, Code]], at: datetime, community: Code) -> None:
    """Once: the users (login: role and place), the rulebook, and some people with a history in a community, for pages
    that read the ledger. The clock stands at `at` now and goes on from there."""
    shift_clock(installation, at)
    set_up(installation)
    languages.compile_changed()
    if installation.key_file(KEY_FILE).exists():
        return
    made = running(installation)
    parts = replace(made.parts, now=lambda: at)
    adopt(parts, Asked("benchmark", "rule-keeping", "cn"), read_rulebook("cn"), jurisdiction=code("45"))
    lives.write(parts, at, community)
    secrets = {login: _user(login, role, place) for login, (role, place) in users.items()}
    installation.write_key(KEY_FILE, json.dumps(secrets).encode())
    made.parts.pool.close()
    made.readers.close()


def _user(login: str, role: str, place: Code) -> str:
    """Make one account; the secret of its authenticator."""
    from epiloop.runtime.accounts.factors import add_authenticator
    from epiloop.runtime.accounts.making import make_account

    secret, made_at = pyotp.random_base32(), datetime.now(UTC) - timedelta(minutes=5)
    account = make_account(login, PASSWORD, at=made_at, grants=(Grant(role, place, Interval(LONG_AGO)),))
    add_authenticator(account, secret, pyotp.TOTP(secret).at(made_at), made_at)
    return secret


@contextmanager
def served(installation: Installation) -> Iterator[tuple[str, Child]]:
    """The pages as `epiloop up` serves them: their address, and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    child = Child(installation, "web", ("serve", "--port", str(port)))
    child.start()
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(port):
            assert child.is_alive(), f"the pages did not start: see {installation.log_dir / 'web.log'}"
            assert time.monotonic() < deadline, "the pages did not start in time"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", child
    finally:
        child.stop()


def visit(installation: Installation, visits: Sequence[Visit], times: int) -> Iterator[Seen]:
    """Load each page some times, after at most three loads that do not count. Nobody else is served meanwhile."""
    from playwright.sync_api import sync_playwright

    secrets = json.loads(installation.key_file(KEY_FILE).read_text("ascii"))
    with served(installation) as (address, child), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        pages: dict[str, Any] = {}
        for one in visits:
            if one.login not in pages:
                pages[one.login] = _signed_in(chromium.new_context(locale="zh-CN"), address, one.login, secrets)
            yield _seen(pages[one.login], one, address, times, child)
        chromium.close()


def _signed_in(context: Any, address: str, login: str, secrets: Mapping[str, str]) -> Any:
    """A page of somebody who has just signed in."""
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button.main").click()
    page.locator("#id_code").fill(pyotp.TOTP(secrets[login]).now())
    page.locator("main button.main").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def _seen(page: Any, one: Visit, address: str, times: int, child: Child) -> Seen:
    spent: list[list[float]] = []
    first, before = min(3, times), 0.0
    for n in range(times + first):
        if n == first:
            before = _processor(child)
        answer = page.goto(address + one.paths[n % len(one.paths)], wait_until="load")
        assert answer.status == 200, (one.name, answer.status, answer.url)
        assert "sign-in" not in page.url, one.name
        page.wait_for_function("() => performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
        spent.append(page.evaluate(LOADED))
    used = (_processor(child) - before) / times
    first_bytes, loads = (tuple(column) for column in zip(*spent[first:], strict=True))
    return Seen(one.name, first_bytes, loads, used)


def _processor(child: Child) -> float:
    """Milliseconds that the processes of the pages have run so far; they are of one session."""
    assert child.process is not None
    total = 0.0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = file.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parts[3]) == child.process.pid:
            total += TICK * (int(parts[11]) + int(parts[12]))
    return total
