"""The cases of a rulebook: facts in; stages, duties and status out; or an instant in, terms of exposure out.

The same check users run (`epiloop rules test`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import code
from epiloop.rules.given import Given, parse_when
from epiloop.rules.loader import check_schema
from epiloop.rules.model import Rulebook
from epiloop.rules.planning import Json, plan
from epiloop.rules.regimes import EVER, Adoption, Context, exposure_terms
from epiloop.rules.text import Document, RulebookInvalid, parse

ANYWHERE = "32"
"""Where a case that names no place happens; any jurisdiction will do."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went: what was expected and what came out, where they differ."""

    path: str
    line: int
    case: str
    differences: tuple[tuple[str, object, object], ...]

    @property
    def passed(self) -> bool:
        """Whether everything named by the case came out as expected."""
        return not self.differences

    def __str__(self) -> str:
        lines = [f"{self.path}:{self.line}: {self.case}"]
        lines += [f"  {name}: expected {expected!r}, got {got!r}" for name, expected, got in self.differences]
        return "\n".join(lines)


def run_cases(books: Sequence[Rulebook], files: Mapping[str, str], *, root: str = "") -> list[CaseResult]:
    """Run all cases in the test files (path -> text) of a rulebook. Raises RulebookInvalid if one cannot be read."""
    results: list[CaseResult] = []
    for path, text in sorted(files.items()):
        if path.startswith("tests/"):
            results.extend(_run_file(books, _read(root + path, text)))
    return results


def _read(path: str, text: str) -> Document:
    document = parse(text, path)
    if not document.problems:
        check_schema(document, "cases")
    if document.problems:
        raise RulebookInvalid(document.problems)
    return document


def _run_file(books: Sequence[Rulebook], document: Document) -> Iterator[CaseResult]:
    raw = document.value
    for index, case in enumerate(raw["cases"]):
        try:
            outcome = _exposure(books, raw, case) if "exposure" in raw else seen(_outcome(books, raw, case))
            differences = tuple(_differences(case["expect"], outcome))
        except EpiloopError as error:
            differences = (("error", "", error.render()),)
        yield CaseResult(document.path, document.line(("cases", index)), case["case"], differences)


def _outcome(books: Sequence[Rulebook], raw: Mapping[str, Any], case: Mapping[str, Any]) -> Json:
    return plan(
        books,
        measure=case.get("measure", raw.get("measure", "")),
        jurisdiction=case.get("jurisdiction", raw.get("jurisdiction", ANYWHERE)),
        facts=Given({name: _texts(value) for name, value in case["facts"].items()}),
        as_of=case["as_of"],
        known_at=case.get("known_at"),
    )


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def _exposure(books: Sequence[Rulebook], raw: Mapping[str, Any], case: Mapping[str, Any]) -> Json:
    """The terms of exposure in force, in the words of a case."""
    context = Context(ZoneInfo(books[-1].timezone), code(case.get("jurisdiction", raw.get("jurisdiction", ANYWHERE))))
    at = parse_when(case["as_of"], context)
    found = exposure_terms(raw["exposure"], at, [Adoption(book, EVER) for book in books], context, at)
    terms: Mapping[str, Any] = found[1].terms if found else {}
    return {
        "version": found[1].id if found else None,
        "rulebook": found[0].name if found else None,
        "window_days": terms.get("window_days"),
        **{ring: terms.get(ring, {}).get("minutes") for ring in ("ring_1", "ring_2")},
        "kinds": terms.get("kinds", {}),
        "own": list(found[1].own) if found else [],
    }


def _differences(expect: Mapping[str, Any], got: Json) -> Iterator[tuple[str, object, object]]:
    for name, wanted in expect.items():
        if name not in got:
            yield name, wanted, None
        elif name == "kinds":
            yield from (
                (f"kinds.{kind}", one, got[name].get(kind))
                for kind, one in wanted.items()
                if got[name].get(kind) != one
            )
        elif name in ("duties", "open"):
            for kind, days in wanted.items():
                if got[name].get(kind, []) != sorted(days):
                    yield f"{name}.{kind}", sorted(days), got[name].get(kind, [])
        elif got[name] != wanted:
            yield name, wanted, got[name]


def seen(answer: Json) -> dict[str, Any]:
    """An answer of `plan` in the words of a case."""
    loop = answer["loop"]
    return {
        "version": answer["version"],
        "status": answer["status"]["status"],
        "until": _minute(answer["status"]["until"]),
        "free_from": _minute(loop["free_from"]) if loop else None,
        "loop": loop["state"] if loop else "none",
        "outcome": loop["outcome"] if loop else "",
        "stages": [f"{row['stage']} {row['first_day']}..{row['last_day'] or ''}" for row in answer["stages"]],
        "duties": _by_kind(answer["duties"], {"open", "done", "void"}),
        "open": _by_kind(answer["duties"], {"open"}),
    }


def _by_kind(duties: Sequence[Json], states: set[str]) -> dict[str, list[str]]:
    days: dict[str, list[str]] = {}
    for duty in duties:
        if duty["state"] in states:
            days.setdefault(duty["kind"], []).append(duty["date"])
    return {kind: sorted(found) for kind, found in days.items()}


def _minute(text: str | None) -> str | None:
    return None if text is None else text[: len("2022-06-28T09:00")]
