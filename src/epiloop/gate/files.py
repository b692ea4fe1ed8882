"""The files of the check-in page, held in memory: pages in both languages, scripts, styles, the service worker."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from epiloop.gate.answers import Answer, Header
from epiloop.gate.asked import LANGUAGES, Asked

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
FOR_EVER = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"
_WITH_DIGEST = re.compile(r"-[\w-]{8,}\.\w+$")


class Files:
    """The files that lie in a folder now."""

    def __init__(self, folder: Path) -> None:
        self._files = dict(_read(folder))

    def __bool__(self) -> bool:
        return bool(self._files)

    def answer(self, name: str, asked: Asked, usual: str) -> Answer | None:
        """A file by its name; for none the page in the language of whoever asks. None if there is no such file."""
        found = self._files.get(name or f"index.{asked.language(usual)}.html")
        if found is None:
            return None
        if asked.headers.get(b"if-none-match") == dict(found.headers)[b"etag"]:
            return Answer(HTTPStatus.NOT_MODIFIED, found.headers)
        return found


def _read(folder: Path) -> Iterator[tuple[str, Answer]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in TYPES and path.is_file():
            content = path.read_bytes()
            yield path.name, Answer(HTTPStatus.OK, _headers(path, content), content)


def _headers(path: Path, content: bytes) -> tuple[Header, ...]:
    etag = b'"' + hashlib.sha256(content).hexdigest()[:16].encode() + b'"'
    kept = FOR_EVER if _WITH_DIGEST.search(path.name) and path.suffix != ".html" else ASK_AGAIN
    varies: tuple[Header, ...] = ((b"vary", b"accept-language"),) if path.name in _PAGES else ()
    return ((b"content-type", TYPES[path.suffix].encode()), (b"cache-control", kept), (b"etag", etag), *varies)


_PAGES: Mapping[str, str] = {f"index.{language}.html": language for language in LANGUAGES}
