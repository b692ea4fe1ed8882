"""The tree of jurisdictions: search, one of them with its path, what is inside, its units, who is on shift there."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.core import jurisdictions as j
from epiloop.core.errors import InvalidInput
from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, Range, level, short
from epiloop.runtime import present
from epiloop.store.reading import divisions, owners, registers
from epiloop.store.scoped import reading
from epiloop.store.tables import DivisionRow
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.header import named, place_name
from epiloop.web.registers.kinds import kind_name, level_name

RIGHT = "register.read"
FEW = 20


@right_required(RIGHT)
def start(request: HttpRequest) -> HttpResponse:
    """The jurisdiction looked at; with a search, what it finds in the whole table."""
    who = acting(request)
    asked = request.GET.get("q", "").strip()
    if asked:
        with reading(present.readers(), who.scope(RIGHT)) as connection:
            hits = divisions.search(connection, asked, day_of(who.at, who.zone))
        above = named({row.parent for row in hits if row.parent}, who)
        rows = [{**_row(row), "above": above.get(row.parent or 0, "")} for row in hits]
        return render(request, "registers/search.html", {"asked": asked, "rows": rows, "tab": "jurisdictions"})
    return _one(request, who, who.jurisdiction)


@right_required(RIGHT)
def one(request: HttpRequest, text: int) -> HttpResponse:
    """One jurisdiction by its code."""
    try:
        number = j.code(str(text))
    except InvalidInput:
        raise Http404 from None
    return _one(request, acting(request), number)


def _one(request: HttpRequest, who: Acting, number: Code | None) -> HttpResponse:
    today = day_of(who.at, who.zone)
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        found = divisions.division(connection, number, today) if number else None
        path = divisions.path(connection, number, today) if number else []
        children = divisions.children(connection, number, today)
        here = Range(number, number + 1) if number else Range(0, 1)
        units = registers.units(connection, here, limit=FEW).rows
        seats = owners.on_shift(connection, here, who.at, limit=FEW).rows
    if found is None and not children and not units and number != who.jurisdiction:
        raise Http404
    context = {
        "tab": "jurisdictions",
        "code": short(number) if number else "",
        "name": place_name(found) if found else (short(number) if number else ""),
        "other_name": _other_name(found),
        "level": level_name(level(number)) if number else "",
        "found": found,
        "path": [(short(Code(row.code)), place_name(row)) for row in path[:-1]],
        "children": [_row(row) for row in children],
        "units": [(row, titles_of(row), kind_name(row.kind)) for row in units],
        "seats": [(seat, titles.post(seat.kind)) for seat in seats],
        "inside": number is not None and number in who.scope(RIGHT),
        "importer": who.can("import.write"),
        "looked_at": number == who.jurisdiction,
    }
    return render(request, "registers/jurisdiction.html", context)


def titles_of(row: Any) -> str:
    """The name of a unit or place in the reader's language, in the other one where only that exists."""
    name = row.name_zh if titles.chinese() else row.name_en
    return str(name or row.name_zh or row.name_en)


def _row(row: DivisionRow) -> dict[str, Any]:
    return {
        "code": short(Code(row.code)),
        "name": place_name(row),
        "other": _other_name(row),
        "level": level_name(level(Code(row.code))),
        "since": row.valid_from,
        "until": row.valid_until,
        "placeholder": row.placeholder,
    }


def _other_name(row: DivisionRow | None) -> str:
    """The name in the other language, with the pinyin where it has none in English."""
    if row is None:
        return ""
    return row.name_en or row.pinyin if titles.chinese() else row.name_zh
