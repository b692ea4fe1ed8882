"""Pages on the real installation: a cast of accounts, a server, and a browser where there is one."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from tests.web.outbreak import Outbreak, playing
from tests.web.staff import Cast, account

from epiloop.core.rights import EVERYWHERE
from epiloop.project.home import Installation

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BUILT = Path(__file__).parents[2] / "src" / "epiloop" / "web" / "static" / "built" / "manifest.json"


@pytest.fixture(scope="session", autouse=True)
def quick(quick_django: None) -> None:
    """Every test of pages runs in Django's test environment."""


@pytest.fixture
def database(clean: Installation) -> Installation:
    """The application's database, empty, as the role the pages use."""
    return clean


@pytest.fixture
def cast(database: Installation) -> Cast:
    return Cast(
        admin=account("admin-1", "administrator", EVERYWHERE),
        officer=account("duty-3", "duty-officer"),
        worker=account("village-12", "community-worker"),
        outsider=account("nobody-1"),
    )


@pytest.fixture
def outbreak(database: Installation) -> Iterator[Outbreak]:
    """A small outbreak that pages show."""
    with playing(database) as story:
        yield story


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def site(database: Installation) -> Iterator[str]:
    """The address of a running server. "localhost": passkeys work there without a certificate."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium, driven by Playwright; without it the test is skipped."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: install it with `apt-get install chromium`, or set it on the PATH")
    if not BUILT.exists() or not AXE.exists():
        pytest.skip("the front end is not built: run `npm ci && npm run build` in frontend/")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; tests that look into the database are synchronous all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
