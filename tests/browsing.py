"""The browser of the whole test run, and what is put into pages to look at them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

PATIENCE = 90
"""Seconds that a page may take to come, or to show what it should: several browsers may share a busy machine."""

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
    """Give its pages the time they need."""
    context.set_default_timeout(PATIENCE * 1000)
    return context
