"""The list of cases with what they have in common, and the curve of their days."""

from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from epiloop.operations.investigation.queries import Curve
from epiloop.store.reading import cases as stored
from epiloop.store.reading.cases import CaseFilter, CaseTotal
from epiloop.store.tables import CaseRow
from epiloop.web import said, titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import Asked, asked
from epiloop.web.header import below
from epiloop.web.people.lines import case_words
from epiloop.web.placing import Placing, placing

RIGHT = "case.read"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of an address as the page shows them again."""

    disease: str
    classification: str
    outcome: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Chosen":
        """Read them."""
        return cls(*(request.GET.get(name, "").strip()[:60] for name in ("disease", "classification", "outcome")))

    def filter(self) -> CaseFilter:
        """As reading takes it; a discarded case is shown only when asked for."""
        discarded = self.classification == "discarded"
        only = None if discarded else self.classification or None
        return CaseFilter(self.disease or None, only, self.outcome or None, discarded=discarded)


@right_required(RIGHT)
def cases(request: HttpRequest) -> HttpResponse:
    """Cases of the jurisdiction, the latest first, with the curve of their days."""
    who = acting(request)
    seen, chosen = asked(request, who, RIGHT), Chosen.of(request)
    with who.reading(who.scope(RIGHT)) as connection:
        page = stored.cases(connection, seen.area, who.at, chosen.filter(), after_page=request.GET.get("after"))
        totals = stored.totals(connection, seen.area, who.at, chosen.filter())
        curve = stored.curve(connection, seen.area, who.at, zone_of(who), chosen.filter())
        exposed = stored.contact_counts(connection, [row.person for row in page.rows], who.at)
    names = placing(who, [seen.number, *(row.jurisdiction for row in page.rows)])
    context = {
        **offered(seen),
        "chosen": chosen,
        "rows": [_row(row, exposed, names) for row in page.rows],
        "after": page.after,
        "count": sum(total.n for total in totals),
        "totals": [_total(total) for total in totals],
        "curve": _drawn(curve) if curve.days else None,
        "curve_rows": curve.days,
        "missing": curve.onset_missing,
        "diseases": sorted({total.disease for total in totals}),
        "place": names.of(seen.number),
    }
    return render(request, "cases/cases.html", context)


def offered(seen: Asked) -> dict[str, Any]:
    """What the filters offer."""
    children = below(seen.who.jurisdiction, seen.who) if seen.who.jurisdiction else ()
    return {
        "places_offered": [(step.code, step.name) for step in children],
        "place_chosen": seen.get("jurisdiction") or "",
        "diseases_offered": v.choices(v.DISEASES),
        "classifications_offered": v.choices(v.CLASSIFICATIONS),
        "outcomes_offered": v.choices(v.OUTCOMES),
    }


def zone_of(who: Acting) -> ZoneInfo:
    """The reader's zone, which has a name that the database knows."""
    return cast("ZoneInfo", who.zone)


def _row(row: CaseRow, exposed: dict[Any, stored.ContactCount], names: Placing) -> dict[str, Any]:
    count = exposed.get(row.person)
    return {
        **case_words(row),
        "code": titles.short_code(row.person),
        "place": names.of(row.jurisdiction),
        "contacts": count.first_ring + count.second_ring if count else 0,
    }


def _total(total: CaseTotal) -> dict[str, Any]:
    return {
        "disease": v.said(v.DISEASES, total.disease),
        "classification": v.said(v.CLASSIFICATIONS, total.classification),
        "outcome": v.said(v.OUTCOMES, total.outcome),
        "n": total.n,
        "link": f"?disease={total.disease}&classification={total.classification}&outcome={total.outcome}",
    }


def _drawn(curve: Curve) -> dict[str, Any]:
    series = [{"name": gettext("by onset"), "kind": "accent", "counts": [day.by_onset for day in curve.days]}]
    if curve.onset_missing:
        by_report = [day.by_report for day in curve.days]
        series.append({"name": gettext("by report, onset not known"), "kind": "soft", "counts": by_report})
    return {"labels": [said.said_date(day.day, day.day) for day in curve.days], "series": series}
