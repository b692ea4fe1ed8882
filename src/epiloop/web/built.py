"""What Vite built: names of islands to their files, from the manifest beside them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

MANIFEST = Path(__file__).parent / "static" / "built" / "manifest.json"


def tags(name: str) -> SafeString:
    """Script and style tags of an island; empty if the front end was not built (pages work without it)."""
    manifest = _read(MANIFEST, _stamp()) if MANIFEST.exists() else {}
    entry = manifest.get(f"src/{name}.ts")
    if entry is None:
        return SafeString("")
    styles = format_html_join("", '<link rel="stylesheet" href="{}">', ((_url(file),) for file in entry.get("css", ())))
    scripts = format_html_join("", '<script type="module" src="{}"></script>', ((_url(entry["file"]),),))
    return styles + scripts


def _url(file: str) -> str:
    return static(f"built/{file}")


def _stamp() -> float:
    return MANIFEST.stat().st_mtime if settings.DEBUG else 0.0


@lru_cache(maxsize=2)
def _read(path: Path, stamp: float) -> dict[str, Any]:  # noqa: ARG001 - the stamp makes a new build a new key
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest
