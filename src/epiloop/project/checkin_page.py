"""The check-in page as files: what Vite built, with the texts of the catalogue in both languages, for the gate.

Both pages hold both languages, so that the switch works without a connection; they differ in what is seen first.
"""

import gettext
import hashlib
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from epiloop.gate.texts import TEXTS
from epiloop.project.languages import DOMAIN, LOCALE

PAGES = Path(__file__).resolve().parents[1] / "gate" / "pages"
ENTRY = "src/checkin/main.ts"
LANGUAGES = {"zh-hans": ("zh_Hans", "zh-Hans"), "en": ("en", "en")}
"""Of each page: the folder of its catalogue, and its language for browsers."""

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
{styles}
<script type="application/json" id="texts">{texts}</script>
<script type="module" src="{script}"></script>
</head>
<body>
<div id="page"><main><h1>{title}</h1><noscript><p>{no_script}</p></noscript></main></div>
</body>
</html>
"""


def texts() -> dict[str, dict[str, str]]:
    """Every text of the page by language and key."""
    return {language: _texts(folder) for language, (folder, _tag) in LANGUAGES.items()}


def render(pages: Path = PAGES) -> None:
    """Write the pages of both languages, and into the service worker which files it keeps, beside what Vite built."""
    built = json.loads((pages / "manifest.json").read_text("utf-8"))
    known = texts()
    for language, (_folder, tag) in LANGUAGES.items():
        page = _page(tag, known[language], known, built[ENTRY])
        (pages / f"index.{language}.html").write_text(page, "utf-8")
    _name_files(pages, built)


def _texts(folder: str) -> dict[str, str]:
    catalogue = gettext.translation(DOMAIN, LOCALE, [folder], fallback=True)
    return {key: catalogue.gettext(text) for key, text in TEXTS.items()}


def _page(tag: str, own: Mapping[str, str], known: Mapping[str, Mapping[str, str]], entry: Mapping[str, Any]) -> str:
    styles = "\n".join(f'<link rel="stylesheet" href="{escape(file)}">' for file in entry.get("css", ()))
    data = json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")  # no text ends the element it stands in
    title, no_script = escape(own["title"]), escape(own["no-script"])
    script = escape(entry["file"])
    return _PAGE.format(language=tag, title=title, styles=styles, texts=data, script=script, no_script=no_script)


def _name_files(pages: Path, built: Mapping[str, Mapping[str, Any]]) -> None:
    """A changed page is a changed worker: browsers notice by its bytes, and fetch everything anew."""
    scripts = {part["file"] for part in built.values()}
    styles = {style for part in built.values() for style in part.get("css", ())}
    files = ["./", *sorted((scripts | styles) - {"sw.js"})]
    digest = hashlib.sha256(b"".join((pages / f"index.{language}.html").read_bytes() for language in LANGUAGES))
    worker = pages / "sw.js"
    script = worker.read_text("utf-8").rpartition(_END)[2]
    known = f"var __FILES={json.dumps(files)},__VERSION={json.dumps(digest.hexdigest()[:12])};"
    worker.write_text(known + _END + script, "utf-8")


_END = "/* files */\n"
