"""One person's case: how sure, since when, where from, who was exposed, how it ended."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from epiloop.ledger.events import Entry
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.state import fold
from epiloop.runtime import present
from epiloop.runtime.requests.knowing import known
from epiloop.store.reading import cases as stored
from epiloop.store.reading.cases import ContactCount, ContactLine
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import acting, right_required
from epiloop.web.cases.lists import RIGHT
from epiloop.web.people.lines import case_words, contact_words
from epiloop.web.people.page import facts_of, status_of
from epiloop.web.people.records import by, page_of
from epiloop.web.placing import placing
from epiloop.web.titles import Titles

STEPS = (e.CaseDetermined, e.CaseReclassified, e.CaseDiscarded, e.OutcomeRecorded, e.ContactBecameCase)
"""Events that say how a case stands."""


@right_required(RIGHT)
def case(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The cases of one person with their steps, exposures and contacts."""
    who = acting(request)
    page = page_of(who, person)
    if page.person.merged_into:
        return redirect("case", person=page.person.merged_into)
    if not page.cases:
        raise Http404
    with who.reading(who.scope(RIGHT)) as connection:
        contacts = stored.contacts_of(connection, person, who.at, after_page=request.GET.get("after"))
        total = stored.contact_counts(connection, [person], who.at).get(person)
        onward = stored.contact_counts(connection, [row.contact for row in contacts.rows], who.at)
    history = known(present.parts(), by(who, "case-investigation"), person, who.at)
    names = placing(who, [page.person.residence, page.person.jurisdiction])
    where = page.person.jurisdiction
    context = {
        "page": page,
        "code": titles.short_code(person),
        "facts": facts_of(page, names, who),
        "held": status_of(page, Titles(who.laws), who.at),
        "cases": [{**case_words(row), "steps": _steps(row.details.get("case"), history.entries)} for row in page.cases],
        "exposures": [(one, v.said(v.SETTINGS, one.setting)) for one in fold(person, history.entries).exposures],
        "sources": [contact_words(row, row.source) for row in page.contacts if row.contact == person],
        "rings": _rings(contacts.rows, onward),
        "after": contacts.after,
        "total": total or ContactCount(person, 0, 0),
        "may_write": who.can("case.write", where),
        "may_trace": who.can("trace.request", where),
    }
    return render(request, "cases/case.html", context)


def _steps(case_id: str | None, entries: Any) -> list[dict[str, Any]]:
    """What was said about one case, oldest first."""
    found: list[Entry] = [
        entry for entry in entries if isinstance(entry.body, STEPS) and str(entry.body.case) == case_id
    ]
    return [
        {
            "at": entry.occurred_at,
            "known_at": entry.recorded_at,
            "what": v.said(v.EVENTS, entry.body.kind),
            "classification": v.said(v.CLASSIFICATIONS, getattr(entry.body, "classification", None)),
            "outcome": v.said(v.OUTCOMES, getattr(entry.body, "outcome", None)),
            "onset": getattr(entry.body, "onset", None),
        }
        for entry in found
    ]


def _rings(rows: tuple[ContactLine, ...], onward: dict[UUID, ContactCount]) -> list[dict[str, Any]]:
    """Contacts by ring, with what holds for each and how many they exposed in turn."""
    rings: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        count = onward.get(row.contact)
        rings.setdefault(row.ring, []).append(
            {
                "row": row,
                "code": titles.short_code(row.contact),
                "setting": v.said(v.SETTINGS, row.setting),
                "relation": v.said(v.RELATIONS, row.relation),
                "status": titles.status(row.status),
                "ahead": titles.status(row.ahead_status) if row.ahead and not row.status else "",
                "onward": count.first_ring + count.second_ring if count else 0,
            }
        )
    return [{"ring": ring, "name": v.RINGS.get(ring, str(ring)), "rows": rings[ring]} for ring in sorted(rings)]
