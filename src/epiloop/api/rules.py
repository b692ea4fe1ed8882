"""Rules: what is in force, what they would say about somebody, checking and adopting a rulebook."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from epiloop.api.callers import GRAVE, caller
from epiloop.api.edge import CodeIn, Instant, Key, Name, Place, asked_area
from epiloop.api.shapes import shape
from epiloop.core.errors import N_, NotFound
from epiloop.core.jurisdictions import Code, short
from epiloop.rules.given import parse_pairs
from epiloop.rules.loader import load
from epiloop.rules.model import Rulebook
from epiloop.rules.planning import Question, explained, plan
from epiloop.runtime import present
from epiloop.runtime.adopting import adopt as adopt_it
from epiloop.runtime.requests.asking import laws_of
from epiloop.runtime.requests.keeping_rules import LONGEST_REASON, check_reason
from epiloop.store.reading import rules as lists

router = Router(tags=["rules"])
READ, ADOPT = "rules.read", "rules.adopt"
Files = Annotated[dict[str, Annotated[str, Field(max_length=500_000)]], Field(min_length=1, max_length=200)]

AdoptedOut = shape("AdoptedRulebook", lists.Adopted, digest=str)
VersionLoopsOut = shape("VersionLoops", lists.VersionLoops)


class MeasureOut(Schema):
    """One measure of a rulebook: its titles and the days from which its versions are in force."""

    measure: str
    title: dict[str, str]
    line: str
    versions: list[str]


class RulebookOut(Schema):
    """A rulebook in force, with its measures; `text` is what was adopted, by its digest."""

    rulebook: str
    digest: str
    title: dict[str, str]
    timezone: str
    overlays: str
    measures: list[MeasureOut]
    text: str


class QuestionIn(Schema):
    """Somebody's facts under one measure, as NAME=VALUE texts; `as_of` is a local time of the jurisdiction."""

    model_config = ConfigDict(extra="forbid")
    rulebook: Name
    measure: Name
    jurisdiction: CodeIn
    facts: Annotated[list[Name], Field(max_length=100)]
    as_of: Name
    known_at: Name | None = None


class AdoptIn(Schema):
    """The files of a rulebook by their path within it, for which jurisdiction it is adopted, and why.

    `reason` is stored openly: the notice and its number, never a person.
    """

    model_config = ConfigDict(extra="forbid")
    files: Files
    jurisdiction: CodeIn
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]


class AdoptionOut(Schema):
    """What was adopted; people's rows follow within minutes."""

    rulebook: str
    digest: str
    repeated: bool


@router.get("/rules", response=list[AdoptedOut], operation_id="rules-in-force")  # type: ignore[valid-type]
def in_force(request: HttpRequest, at: Instant | None = None) -> Any:
    """Of each rulebook the adoption that holds at an instant."""
    who = caller(request)
    with who.reading(READ) as connection:
        return [row._replace(digest=row.digest.hex()) for row in lists.in_force(connection, at or who.at)]  # type: ignore[arg-type]


@router.get("/rules/loops", response=list[VersionLoopsOut], operation_id="loops-by-version")  # type: ignore[valid-type]
def loops(request: HttpRequest, jurisdiction: Place = None) -> Any:
    """How many loops are open under each version of each measure."""
    who = caller(request)
    with who.reading(READ) as connection:
        return lists.loops_by_version(connection, asked_area(jurisdiction), who.at)


@router.post("/rules/plan", response=dict[str, Any], operation_id="plan")
def plan_for(request: HttpRequest, sent: QuestionIn) -> Any:
    """What an adopted rulebook says about somebody with these facts: stages, duties, status, clauses, sources."""
    with caller(request).reading(READ):
        return plan(
            _adopted(sent.rulebook),
            measure=sent.measure,
            jurisdiction=short(Code(sent.jurisdiction)),
            facts=sent.facts,
            as_of=sent.as_of,
            known_at=sent.known_at,
        )


@router.post("/rules/explanation", response=dict[str, Any], operation_id="explain-plan")
def explain(request: HttpRequest, sent: QuestionIn) -> Any:
    """The working behind such a plan, in sentences."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    place, given = short(Code(sent.jurisdiction)), parse_pairs(sent.facts)
    with caller(request).reading(READ):
        books = _adopted(sent.rulebook)
        question = Question(books, sent.measure, place, given, sent.as_of, sent.known_at)
        return explained(question, gettext, language)


@router.post("/rules", auth=GRAVE, response=AdoptionOut, operation_id="adopt-rulebook")
def adopt(request: HttpRequest, sent: AdoptIn, key: Key) -> Any:
    """Put a rulebook in force. Mistakes are named by file and line, and nothing is adopted."""
    who = caller(request)
    by = who.by("rule-keeping", key)
    by.check(ADOPT, sent.jurisdiction)
    head = sent.files.get("rulebook.yaml", "")
    above = next((line.split(":", 1)[1].strip() for line in head.splitlines() if line.startswith("overlays:")), "")
    book = load(sent.files, parent=_adopted(above)[-1] if above else None)
    place, reason = Code(sent.jurisdiction), sent.reason.strip()
    check_reason(book, reason)
    done = adopt_it(present.parts(), by.asked(), book, jurisdiction=place, reason=reason)
    return {**done.result, "repeated": done.repeated}


@router.get("/rules/{book}", response=RulebookOut, operation_id="rulebook")
def rulebook(request: HttpRequest, book: str) -> Any:
    """A rulebook as adopted last."""
    with caller(request).reading(READ):
        found = _adopted(book)[-1]
    measures = [
        {
            "measure": measure.name,
            "title": dict(measure.title),
            "line": measure.line.value,
            "versions": [version.id for version in measure.versions],
        }
        for measure in found.measures.values()
    ]
    return {
        "rulebook": found.name,
        "digest": found.digest,
        "title": dict(found.title),
        "timezone": found.timezone,
        "overlays": found.overlays,
        "measures": measures,
        "text": found.text,
    }


def _adopted(name: str) -> tuple[Rulebook, ...]:
    """An adopted rulebook, preceded by those it overlays. Raises NotFound."""
    books = laws_of(present.parts()).books()
    if name not in books:
        choices = ", ".join(sorted(books)) or "-"
        raise NotFound(N_("No rulebook %(name)s is adopted; there are: %(choices)s."), name=name, choices=choices)
    book = books[name]
    return (*_adopted(book.overlays), book) if book.overlays else (book,)
