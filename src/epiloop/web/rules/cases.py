"""The cases of the rulebooks: tables of facts in and plans out, run on what is adopted."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.rules.model import Rulebook
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.rules import files
from epiloop.web.rules.files import Case
from epiloop.web.rules.law import Law, law_of
from epiloop.web.rules.views import RIGHT


@right_required(RIGHT)
def cases(request: HttpRequest) -> HttpResponse:
    """All measures with their numbers of cases; the cases of one as a table."""
    law = law_of(acting(request))
    found = [case for name in files.names() for case in files.cases_of(name, books_of(law, name))]
    chosen = request.GET.get("measure", "")
    shown = [case for case in found if case.measure == chosen]
    context = {
        "measures": _measures(found, law, chosen),
        "chosen": _title(law, chosen) if chosen else "",
        "cases": sorted(shown, key=lambda case: case.result.passed),
        "all": len(found),
        "passed": sum(case.result.passed for case in found),
    }
    return render(request, "rules/cases.html", context)


def books_of(law: Law, name: str) -> tuple[Rulebook, ...]:
    """The adopted rulebook of this name preceded by those it overlays; as its files say where it is not adopted."""
    books = law.laws.books()
    chain: list[Rulebook] = []
    book = books.get(name)
    while book is not None:
        chain.insert(0, book)
        book = books.get(book.overlays)
    return tuple(chain) or files.on_disk(name).books


def _measures(found: list[Case], law: Law, chosen: str) -> list[dict[str, Any]]:
    rows = []
    for measure, some in groupby(sorted(found, key=lambda case: case.measure), key=lambda case: case.measure):
        grouped = list(some)
        rows.append(
            {
                "name": measure,
                "title": _title(law, measure),
                "rulebook": grouped[0].rulebook,
                "all": len(grouped),
                "failed": sum(not case.result.passed for case in grouped),
                "here": measure == chosen,
            }
        )
    return sorted(rows, key=lambda row: (-row["failed"], row["rulebook"], row["title"]))


def _title(law: Law, measure: str) -> str:
    known = law.measure(measure)
    return titles.of_language(known.title) if known else measure
