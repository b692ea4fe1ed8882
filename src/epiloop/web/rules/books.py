"""For rule keepers: the files against what is adopted, what adopting would change, and the adoption itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.core.jurisdictions import code
from epiloop.core.rights import EVERYWHERE
from epiloop.rules.diff import diff_books
from epiloop.rules.model import Measure, Rulebook, Version
from epiloop.runtime import present
from epiloop.runtime.adopting import adopt as adopt_it
from epiloop.runtime.adopting import stale
from epiloop.runtime.requests.keeping_rules import LONGEST_REASON, check_reason
from epiloop.web import titles
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words as error_words
from epiloop.web.imports.start import places_of
from epiloop.web.keyed import by, fresh_key
from epiloop.web.rules import drafts, files, words
from epiloop.web.rules.law import law_of
from epiloop.web.rules.views import books_in_force

KEEP = "rules.adopt"
PURPOSE = "rule-keeping"


@right_required(KEEP)
def books(request: HttpRequest) -> HttpResponse:
    """Every rulebook there is as files, and whether it is what is adopted."""
    who = acting(request)
    law = law_of(who)
    adopted = law.laws.books()
    context = {
        "rows": [_row(files.on_disk(name), adopted.get(name)) for name in files.names()],
        "books": books_in_force(who, law),
        "stale": stale(present.parts()),
    }
    return render(request, "rules/books.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(KEEP)
@step_up_required()
def adopt(request: HttpRequest, name: str) -> HttpResponse:
    """What adopting the files would change, in words; by POST, the adoption."""
    if name not in files.names():
        raise Http404
    who = acting(request)
    found = drafts.chosen(request, name)
    wrong = ""
    if request.method == "POST" and found.book is not None:
        try:
            return _adopted(request, who, found.book)
        except EpiloopError as refused:
            wrong = error_words(refused)
    law = law_of(who)
    before = law.laws.books().get(name)
    context = {
        **_row(found, before),
        "name": name,
        "changes": changes(before, found.book) if found.book else [],
        "cases": _failed_cases(found),
        "offered": places_of(who, KEEP),
        "key": fresh_key(),
        "wrong": wrong,
        "reason": request.POST.get("reason", ""),
        "query": drafts.query_of(request),
    }
    return render(request, "rules/adopt.html", context, status=422 if wrong else 200)


@right_required(KEEP)
def following(request: HttpRequest) -> HttpResponse:
    """How many people still stand under the rules of before; the worker brings them over."""
    left = stale(present.parts())
    total = max(left, _number(request.GET.get("of", "")))
    if request.headers.get("HX-Request") and not left:
        return HttpResponse(headers={"HX-Redirect": request.path})
    context = {"left": left, "done": total - left, "total": total, "url": f"{request.path}?of={total}"}
    name = "rules/_following.html" if request.headers.get("HX-Request") else "rules/following.html"
    return render(request, name, context)


def changes(old: Rulebook | None, new: Rulebook) -> list[dict[str, Any]]:
    """What adopting `new` changes, measure by measure: versions new, gone or different, each part in plain words."""
    found = []
    for name in sorted({*new.measures, *(old.measures if old else ())}):
        before, after = (old.measures.get(name) if old else None), new.measures.get(name)
        rows = _versions(before, after)
        if rows:
            known = after or before
            found.append({"title": titles.of_language(known.title) if known else name, "name": name, "rows": rows})
    return found


def _versions(old: Measure | None, new: Measure | None) -> list[dict[str, Any]]:
    before = {one.id: one for one in old.versions} if old else {}
    after = {one.id: one for one in new.versions} if new else {}
    rows = []
    for name in sorted({*before, *after}, reverse=True):
        kind = "gone" if name not in after else "new" if name not in before else "changed"
        if kind == "changed" and before[name] == after[name]:
            continue
        rows.append({"id": name, "kind": kind, "parts": _parts(before.get(name), after.get(name))})
    return rows


def _parts(old: Version | None, new: Version | None) -> list[words.Said]:
    then = [part for group in words.parts(old) for part in group] if old else []
    now = [part for group in words.parts(new) for part in group] if new else []
    return [part for part in words.compared(then, now) if part.change]


def _row(found: files.OnDisk, adopted: Rulebook | None) -> dict[str, Any]:
    book = found.book
    return {
        "found": found,
        "title": titles.of_language(book.title) if book else found.name,
        "digest": book.digest if book else "",
        "state": _state(book, adopted),
        "differences": len(diff_books(adopted, book)) if book and adopted else 0,
        "measures": len(book.measures) if book else 0,
        "problems": [files.problem_words(one) for one in found.problems],
        "stricter": [files.problem_words(one) for one in found.stricter],
    }


def _state(book: Rulebook | None, adopted: Rulebook | None) -> str:
    if book is None:
        return "wrong"
    if adopted is None:
        return "new"
    return "same" if adopted == book else "other"


def _failed_cases(found: files.OnDisk) -> dict[str, int]:
    results = [case.result.passed for case in files.cases_of(found.name, found.books)] if found.books else []
    return {"all": len(results), "failed": results.count(False)}


def _adopted(request: HttpRequest, who: Acting, book: Rulebook) -> HttpResponse:
    place = request.POST.get("jurisdiction", "")
    jurisdiction = code(place) if place else (who.jurisdiction or EVERYWHERE)
    who.check(KEEP, jurisdiction)
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    check_reason(book, reason)
    adopt_it(present.parts(), by(request, PURPOSE).asked(), book, jurisdiction=jurisdiction, reason=reason)
    title = titles.of_language(book.title)
    messages.success(request, gettext("%(rulebook)s is adopted and in force.") % {"rulebook": title})
    return redirect("rules-following")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
