"""The browser of the whole test run, and what is put into pages to look at them.

`EPILOOP_SLOW_NETWORK=600` makes every answer come 600 milliseconds later, `EPILOOP_SLOW_SCREEN=4` every page four times
slower: whatever then fails waits for too little, the test or the page itself.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page

PATIENCE = 90
"""Seconds that a page may take to come, or to show what it should: several browsers may share a busy machine."""

LATER = int(os.environ.get("EPILOOP_SLOW_NETWORK", "0"))
"""Milliseconds that a request of a page waits for its answer on top of what it takes."""
SLOWER = float(os.environ.get("EPILOOP_SLOW_SCREEN", "1"))
"""How many times slower a page draws and runs its scripts."""

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
AXE = Path(__file__).parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BUILT = Path(__file__).parents[1] / "src" / "epiloop" / "web" / "static" / "built" / "manifest.json"


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
        plain = browser.new_context

        def new_context(**options: Any) -> "BrowserContext":
            context = patient(plain(**options))
            return with_axe(context) if options.get("bypass_csp") else context

        browser.new_context = new_context  # type: ignore[method-assign]
        yield browser
        browser.close()


def with_axe(context: "BrowserContext") -> "BrowserContext":
    """Have axe at hand in its pages. To send and read it anew for each page takes longer than its whole look."""
    context.add_init_script(f"window.loadAxe = () => {{ {AXE.read_text('utf-8')}\n}}")
    return context


def violations(page: "Page") -> list[tuple[str, str]]:
    """What axe finds, in short, in a page of a context that has it.

    Axe looks up the place of every part it names: here of what is wrong only.
    """
    page.evaluate("window.axe || loadAxe()")
    found = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    return [(one["id"], node["html"][:120]) for one in found for node in one["nodes"]]


def patient(context: "BrowserContext") -> "BrowserContext":
    """Give its pages the time they need; slow them down where the whole run is to be slow."""
    context.set_default_timeout(PATIENCE * 1000)
    if LATER or SLOWER > 1:
        _slow(context)
    return context


def _slow(context: "BrowserContext") -> None:
    """Slow down every page it opens; of two who say how the network is, Chromium may heed either: both say the same."""
    sessions: list[CDPSession] = []
    plain, switch = context.new_page, context.set_offline

    def new_page() -> "Page":
        page = plain()
        sessions.append(context.new_cdp_session(page))
        sessions[-1].send("Network.enable")
        sessions[-1].send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        delay(False)
        return page

    def set_offline(offline: bool) -> None:
        switch(offline)
        delay(offline)

    def delay(offline: bool) -> None:
        for session in sessions:
            later = {"offline": offline, "latency": LATER, "downloadThroughput": -1, "uploadThroughput": -1}
            session.send("Network.emulateNetworkConditions", later)

    context.new_page = new_page  # type: ignore[method-assign]
    context.set_offline = set_offline  # type: ignore[method-assign]
