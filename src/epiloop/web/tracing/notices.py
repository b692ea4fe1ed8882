"""Notices to those who became contacts: to print, and a list for those who telephone. Neither names case or place."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from epiloop.core.purposes import check_purpose
from epiloop.papers.notices import Notice, call_list, wordings
from epiloop.rules import vocabulary
from epiloop.runtime import present
from epiloop.runtime.requests.identities import MOST_REVEALED, reveal
from epiloop.runtime.requests.identities import RIGHT as IDENTITY
from epiloop.runtime.requests.tracing import ASK
from epiloop.store.reading import tracing as stored
from epiloop.store.tables import TraceRow
from epiloop.vault.port import Identity
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.header import header
from epiloop.web.keyed import by
from epiloop.web.titles import Titles
from epiloop.web.tracing.contacts import confirmed_of
from epiloop.web.tracing.lists import row_of

PURPOSE = "case-investigation"


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ASK)
def notices(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """GET: the notices, to print. POST: the list with telephone numbers, once, as a file; the look is written down."""
    who = acting(request)
    row = row_of(who, request_id)
    contacts = _contacts(who, row)
    if request.method == "POST":
        check_purpose(PURPOSE)
        who.check(IDENTITY)
        found = _notices(who, contacts, _identities(request, who, contacts))
        answer = HttpResponse(
            call_list(found, who.zone, chinese=titles.chinese()), content_type="text/csv; charset=utf-8"
        )
        answer.headers["Content-Disposition"] = 'attachment; filename="notices.csv"'
        return answer
    found = _notices(who, contacts, {})
    context = {
        "row": row,
        "code": titles.short_code(row.person),
        "notices": [(one, wordings(one, who.zone)) for one in found],
        "may_show": who.can(IDENTITY),
    }
    return render(request, "tracing/notices.html", context)


def _contacts(who: Acting, row: TraceRow) -> list[UUID]:
    """Whoever was confirmed as a contact out of a search for this case, within the reader's jurisdiction."""
    with who.reading(who.scope("person.read")) as connection:
        return confirmed_of(connection, row, who)


def _notices(who: Acting, people: Sequence[UUID], known: dict[UUID, Identity]) -> list[Notice]:
    with who.reading(who.scope("person.read")) as connection:
        told = stored.told(connection, people, who.at)
    phone = header(who).phone
    return [_notice(one, phone, known.get(one.person), Titles(who.laws)) for one in told]


def _notice(one: stored.Told, phone: str, known: Identity | None, words: Titles) -> Notice:
    status = vocabulary.STATUSES.get(one.status or "free")
    holds = (status.en, status.zh) if status else (one.status or "", one.status or "")
    reach = known.phones[0] if known and known.phones else ""
    clause = _clause(one, words, "en"), _clause(one, words, "zh-hans")
    return Notice(titles.short_code(one.person), holds, clause, one.starts, one.ends, one.due, phone, reach)


def _clause(one: stored.Told, words: Titles, language: str) -> str:
    """The law as its reader calls it: measure, source and clause."""
    with override(language):
        return words.clause(one.measure or "", one.version or "", one.clause or "") if one.measure else ""


def _identities(request: HttpRequest, who: Acting, people: Sequence[UUID]) -> dict[UUID, Identity]:
    shown: dict[UUID, Identity] = {}
    for start in range(0, len(people), MOST_REVEALED):
        some = people[start : start + MOST_REVEALED]
        shown |= reveal(present.parts(), present.readers(), by(request, PURPOSE), some, at=who.at)
    return shown
