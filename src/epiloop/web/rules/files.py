"""The rulebooks as files beside the programme: what they say, what is wrong with them, how their cases come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from epiloop.core.errors import EpiloopError
from epiloop.rules.lint import ceiling
from epiloop.rules.loader import load_text
from epiloop.rules.model import Rulebook
from epiloop.rules.source import load_named, read_files
from epiloop.rules.spec import CaseResult, run_cases
from epiloop.rules.text import Problem, RulebookInvalid, parse


@dataclass(frozen=True, slots=True)
class OnDisk:
    """One rulebook as its files say: itself with those it overlays, its mistakes, where it is stricter than they."""

    name: str
    books: tuple[Rulebook, ...] = ()
    problems: tuple[Problem, ...] = ()
    stricter: tuple[Problem, ...] = ()

    @property
    def book(self) -> Rulebook | None:
        """The rulebook; None if it has mistakes."""
        return self.books[-1] if self.books else None


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a rulebook: what is given, what is expected, and how it came out."""

    rulebook: str
    measure: str
    title: str
    given: tuple[tuple[str, str], ...]
    as_of: str
    expected: tuple[tuple[str, str], ...]
    result: CaseResult


def folder() -> Path:
    """Where the rulebooks are."""
    return Path(settings.RULEBOOKS)


def names() -> list[str]:
    """The rulebooks there are."""
    return sorted(file.parent.name for file in folder().glob("*/rulebook.yaml"))


def on_disk(name: str) -> OnDisk:
    """One rulebook read now. Mistakes are part of the answer."""
    try:
        books = load_named(folder(), name)
    except RulebookInvalid as wrong:
        return OnDisk(name, problems=tuple(wrong.problems))
    stricter = tuple(ceiling(books[-1], books[-2])) if len(books) > 1 else ()
    return OnDisk(name, books, (), stricter)


def drafted(name: str, books: tuple[Rulebook, ...]) -> OnDisk:
    """A rulebook that is not what the files beside the programme say, seen as they are."""
    return OnDisk(name, books, (), tuple(ceiling(books[-1], books[-2])) if len(books) > 1 else ())


def problem_words(one: Problem) -> dict[str, Any]:
    """A mistake in the reader's language, with its file and line."""
    return {"path": one.path, "line": one.line, "what": gettext(one.what) % dict(one.values)}


def cases_of(name: str, books: Sequence[Rulebook]) -> list[Case]:
    """The cases of a rulebook, run on these books. Reading and running is done once for the same texts."""
    try:
        files = read_files(folder() / name)
    except EpiloopError:
        return []
    texts = tuple((path, text) for path, text in files.items() if path.startswith("tests/"))
    return list(_run(name, tuple(book.text for book in books), texts))


@lru_cache(maxsize=16)
def _run(name: str, laws: tuple[str, ...], texts: tuple[tuple[str, str], ...]) -> tuple[Case, ...]:
    books = [load_text(law) for law in laws]
    found: list[Case] = []
    for path, text in texts:
        raw = parse(text, path).value
        results = run_cases(books, {path: text})
        for case, result in zip(raw["cases"], results, strict=True):
            found.append(_case(name, raw, case, result))
    return tuple(found)


def _case(name: str, raw: Any, case: Any, result: CaseResult) -> Case:
    return Case(
        name,
        case.get("measure", raw.get("measure")) or case.get("exposure", raw.get("exposure", "")),
        case["case"],
        tuple((key, _text(value)) for key, value in case.get("facts", {}).items()),  # those of exposure have none
        str(case["as_of"]),
        tuple((key, _text(value)) for key, value in case["expect"].items()),
        result,
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{key} {_text(one)}" for key, one in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
