"""The browser of the whole test run, and what is put into pages to look at them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

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
        yield browser
        browser.close()
