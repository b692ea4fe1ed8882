"""A single act through the whole stack: a request to the real server, checks, ledger, rules, projections, answer.

    uv run python benchmarks/acts.py [--size small|full] [--json]

The server is the one that `epiloop up` starts, with its sessions, tokens and durable PostgreSQL, over people with ten
events each. A sample is recorded of one person after the other: by the form of a page (signed in, CSRF and all; what is
timed is the form sent, up to the answer) and by the JSON API with a token. Each by one client and by four at once.
Answers are checked: every act is accepted, and every sample stands in the projections once.
"""

import argparse
import http.client
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent))

import psycopg
import pyotp

import browser
import engine
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code, code
from epiloop.core.rights import RIGHTS, Grant
from epiloop.project.home import Installation
from installed import AT, installed
from machines import machine

SIZES = {"small": 500, "full": 100_000}
ACTS = {"small": 12, "full": 400}
"""How many acts each way and by each number of clients."""
CLIENTS = (1, 4)
FIRST = 10**7
"""The number of the first person of whom a sample is recorded."""
OFFICER, PLACE, COMMUNITY = "officer-1", Code(code("4502")), Code(code("450226001001"))


@dataclass(frozen=True)
class Line:
    """One way, by so many clients at once: acts, acts per second of all of them, milliseconds of an act at the median,
    the 95th of a hundred and the slowest."""

    what: str
    clients: int
    acts: int
    per_second: float
    p50_ms: float
    p95_ms: float
    slowest_ms: float


@dataclass
class Client:
    """One connection to the server that keeps its cookies."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)

    def get(self, path: str) -> str:
        """A page's text."""
        return self._asked("GET", path, None, {})[1]

    def send(self, path: str, sent: Mapping[str, str]) -> int:
        """Send a form; the answer's status."""
        return self._asked("POST", path, urlencode(sent), {"Content-Type": "application/x-www-form-urlencoded"})[0]

    def tell(self, path: str, sent: Mapping[str, str], key: str) -> int:
        """Send JSON under an idempotency key; the answer's status."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._asked("POST", path, json.dumps(sent), headers)[0]

    def _asked(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, str]:
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self.connection.request(method, path, body, {**self.headers, **headers, **cookies, "Origin": self.address})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer.status, text


def token_in(page: str) -> str:
    """What a form sends against forged requests."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]


def signed_in(installation: Installation, address: str) -> dict[str, str]:
    """The cookies of an officer who has just signed in, with password and authenticator."""
    secret = json.loads(installation.key_file(browser.KEY_FILE).read_text("ascii"))[OFFICER]
    client = Client(address)
    begun = {"login": OFFICER, "password": browser.PASSWORD, "csrfmiddlewaretoken": token_in(client.get("/sign-in/"))}
    assert client.send("/sign-in/", begun) == 302
    second = token_in(client.get("/sign-in/second/"))
    assert client.send("/sign-in/second/", {"code": pyotp.TOTP(secret).now(), "csrfmiddlewaretoken": second}) == 302
    return client.cookies


def by_form(address: str, cookies: Mapping[str, str]) -> Callable[[int, str], int]:
    """How one client sends the form of a sample."""
    client = Client(address, cookies=dict(cookies))
    token = token_in(client.get(f"/people/{engine.person(FIRST)}/record/sample/"))

    def act(number: int, sample: str) -> int:
        sent = {"key": str(uuid4()), "sample": sample, "sampled": "single", "csrfmiddlewaretoken": token}
        return client.send(f"/people/{engine.person(number)}/record/sample/", sent)

    return act


def by_program(address: str, token: str) -> Callable[[int, str], int]:
    """How one client tells the API of a sample."""
    client = Client(address, {"Authorization": f"Bearer {token}"})

    def act(number: int, sample: str) -> int:
        return client.tell(f"/api/v1/people/{engine.person(number)}/samples", {"sample": sample}, str(uuid4()))

    return act


def api_token() -> str:
    """A token of an account that may record samples."""
    from epiloop.runtime.accounts.making import make_account
    from epiloop.runtime.accounts.tokens import issue_token

    now = datetime.now(UTC)
    grant = Grant("duty-officer", PLACE, Interval(browser.LONG_AGO))
    account = make_account("program-1", browser.PASSWORD, at=now, grants=(grant,))
    return issue_token(account, "benchmark", RIGHTS, life=timedelta(days=1), at=now)


def measured(what: str, acts: Sequence[Callable[[int, str], int]], count: int, accepted: int) -> Line:
    """Let each client do its share, all at once; the first act of each does not count."""
    each = count // len(acts)

    def work(n: int) -> list[float]:
        spent = []
        for number in range(FIRST + n * each, FIRST + (n + 1) * each):
            began = time.perf_counter()
            status = acts[n](number, f"{what}-{len(acts)}-{number}")
            spent.append(1000 * (time.perf_counter() - began))
            assert status == accepted, (what, status)
        return spent

    for n, act in enumerate(acts):
        assert act(FIRST + count, f"{what}-{len(acts)}-first-{n}") == accepted
    began = time.perf_counter()
    with ThreadPoolExecutor(len(acts)) as pool:
        spent = sorted(one for some in pool.map(work, range(len(acts))) for one in some)
    seconds = time.perf_counter() - began
    p95 = spent[int(0.95 * len(spent))]
    numbers = (len(spent) / seconds, statistics.median(spent), p95, spent[-1])
    return Line(what, len(acts), len(spent), *(round(number, 1) for number in numbers))


def check(installation: Installation, count: int) -> None:
    """Every sample stands in the projections, once."""
    wanted = 2 * sum(count // clients * clients + clients for clients in CLIENTS)
    with psycopg.connect(installation.dsn("engine")) as connection:
        query = "select count(*), count(distinct sample) from sample where sample like any('{form-%, api-%}')"
        found = connection.execute(query).fetchone()
    assert found == (wanted, wanted), (found, wanted)


def run(size: str) -> list[dict[str, object]]:
    """All measurements at one size."""
    count = ACTS[size]
    lines: list[Line] = []
    with installed() as (installation, parts):
        engine.bulk(installation, SIZES[size])
        engine.write(parts, range(FIRST, FIRST + count + 1), "whose samples are taken")
        browser.prepare(installation, {OFFICER: ("duty-officer", PLACE)}, AT, COMMUNITY)
        token = api_token()
        with browser.served(installation) as (address, _):
            cookies = signed_in(installation, address)
            for clients in CLIENTS:
                forms = [by_form(address, cookies) for _ in range(clients)]
                lines.append(measured("form", forms, count, 302))
            for clients in CLIENTS:
                programs = [by_program(address, token) for _ in range(clients)]
                lines.append(measured("api", programs, count, 200))
        check(installation, count)
    return [asdict(line) for line in lines]


def main() -> None:
    """Print the table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", choices=SIZES, default="small")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    on, lines = machine(), run(chosen.size)
    if chosen.json:
        print(json.dumps({"machine": on, "people": SIZES[chosen.size], "lines": lines}))
        return
    print(f"{on}; {SIZES[chosen.size]:,} people with 10 events each")
    print(f"{'an act by':12}{'clients':>8}{'acts':>8}{'per second':>12}{'p50 ms':>9}{'p95 ms':>9}{'slowest':>9}")
    for line in lines:
        row = "{what:12}{clients:>8}{acts:>8,}{per_second:>12,.1f}{p50_ms:>9.1f}{p95_ms:>9.1f}{slowest_ms:>9.1f}"
        print(row.format(**line))


if __name__ == "__main__":
    main()
