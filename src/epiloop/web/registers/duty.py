"""Who is on duty now, and which posts have nobody: now, and in the days ahead."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.rules.vocabulary import POSTS
from epiloop.runtime import present
from epiloop.store.reading import owners
from epiloop.store.scoped import reading
from epiloop.web import titles
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import asked
from epiloop.web.placing import placing
from epiloop.web.registers.forms import post_choices
from epiloop.web.registers.jurisdictions import RIGHT

AHEAD = timedelta(days=3)
MOST = 200


@right_required(RIGHT)
def on_duty(request: HttpRequest) -> HttpResponse:
    """Every post of the jurisdiction looked at with whoever is on shift."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    kind = request.GET.get("kind", "")
    kind = kind if kind in POSTS else ""
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        page = owners.on_shift(
            connection, seen.area, who.at, kind=kind or None, after_page=request.GET.get("after"), limit=MOST
        )
    places = placing(who, (seat.jurisdiction for seat in page.rows))
    context = {
        "tab": "duty",
        "rows": [(seat, titles.post(seat.kind), places.of(seat.jurisdiction)) for seat in page.rows],
        "after": page.after,
        "kinds": post_choices(),
        "kind": kind,
    }
    return render(request, "registers/on_duty.html", context)


@right_required(RIGHT)
def gaps(request: HttpRequest) -> HttpResponse:
    """The stretches of the next days in which a post has nobody on shift, those of now first."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        found = owners.gaps(connection, seen.area, who.at, who.at + AHEAD, limit=MOST + 1)
    shown = sorted(found[:MOST], key=lambda gap: (gap.starts > who.at, gap.starts, gap.jurisdiction))
    places = placing(who, (gap.jurisdiction for gap in shown))
    rows = [
        {
            "gap": gap,
            "post": titles.post(gap.kind),
            "place": places.of(gap.jurisdiction),
            "now": gap.starts <= who.at,
            "open": gap.ends >= who.at + AHEAD,
        }
        for gap in shown
    ]
    return render(request, "registers/gaps.html", {"tab": "gaps", "rows": rows, "more": len(found) > MOST})
