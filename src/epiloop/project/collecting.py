"""Collecting messages from Python and templates into the catalogues, without GNU gettext. For developers (Babel)."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

from epiloop.project.languages import LOCALE

SOURCE = LOCALE.parent.parent
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LINE_WIDTH = 110


def collect() -> list[tuple[Path, int]]:
    """Bring every catalogue to the messages of the source; each with how many have no translation.

    Translations of messages that are gone stay at the end of the file as comments, for their next use.
    """
    found = messages()
    return [(path, _update(path, found)) for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))]


def missing(path: Path) -> list[str]:
    """The messages of the source that a catalogue does not translate."""
    known = _read(path)
    wanted = (message for message in messages() if message.id)
    return [str(message.id) for message in wanted if not _is_translated(known, message.id, message.context)]


def messages() -> Catalog:
    """All messages that the source marks, with the files they are in."""
    catalogue = Catalog(project="Epiloop", charset="utf-8")
    for path, found in _extracted():
        for line, message, comments, context in found:
            catalogue.add(message, locations=[(str(path), line)], auto_comments=comments, context=context)
    return catalogue


Found = tuple[int, str | tuple[str, ...], list[str], str | None]


def _extracted() -> Iterator[tuple[Path, list[Found]]]:
    for path in sorted(SOURCE.glob("*/**/*.py")):
        yield path.relative_to(SOURCE), _in_python(path.read_bytes())
    for path in sorted(SOURCE.glob("*/**/templates/**/*.*")):
        yield path.relative_to(SOURCE), _in_template(path.read_text("utf-8"))


def _in_python(source: bytes) -> list[Found]:
    options = {"encoding": "utf-8"}
    return list(extract("python", BytesIO(source), KEYWORDS, ("Translators:",), options, strip_comment_tags=True))


def _in_template(source: str) -> list[Found]:
    """Django turns a template into something that has only its marked messages, as calls; line numbers stay."""
    from django.utils.translation.template import templatize

    calls = templatize(source)
    return list(extract("python", BytesIO(calls.encode()), KEYWORDS, (), {"encoding": "utf-8"}))


def _update(path: Path, found: Catalog) -> int:
    known = _read(path)
    known.update(found, no_fuzzy_matching=True, keep_user_comments=True)
    _take_back(known)
    with path.open("wb") as file:
        write_po(file, known, width=LINE_WIDTH, sort_by_file=True, include_lineno=False)
    return sum(not _is_translated(known, message.id, message.context) for message in known if message.id)


def _take_back(known: Catalog) -> None:
    """A message that was gone and is there again has its translation again, and stands in the file once."""
    for key, gone in list(known.obsolete.items()):
        back = known.get(gone.id, gone.context)
        if back is not None:
            if type(back.id) is type(gone.id) and not _is_translated(known, back.id, back.context):
                back.string = gone.string
            del known.obsolete[key]


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, charset="utf-8")


def _is_translated(known: Catalog, message: object, context: str | None) -> bool:
    found = known.get(message, context)  # type: ignore[arg-type] # a plural is a tuple
    if found is None or found.fuzzy:
        return False
    return all(found.string) if isinstance(found.string, (list, tuple)) else bool(found.string)
