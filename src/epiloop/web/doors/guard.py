"""The guard's screen: the sign that visitors' phones must show now. It changes by itself every half minute."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, override

from epiloop.operations.checkins.fresh import COLOURS, Sign
from epiloop.runtime import present
from epiloop.runtime.requests.doors import guards_signs
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.doors.finding import WRITE, Found, found
from epiloop.web.registers.jurisdictions import titles_of

SPARE_SECONDS = 0.3
"""The next sign is fetched this much after it begins, so that it is not the old one again."""


@right_required(WRITE)
def screen(request: HttpRequest, place: UUID) -> HttpResponse:
    """The sign of one zone, large, and the zones to choose from."""
    who = acting(request)
    here = found(who, place, WRITE)
    context = {"place": here.row, "name": titles_of(here.row), "doors": here.doors, **_shown(request, who, here)}
    return render(request, "doors/guard.html", context)


@right_required(WRITE)
def sign(request: HttpRequest, place: UUID) -> HttpResponse:
    """The part of the screen that changes."""
    who = acting(request)
    here = found(who, place, WRITE)
    return render(request, "doors/_sign.html", {"place": here.row, **_shown(request, who, here)})


def _shown(request: HttpRequest, who: Acting, here: Found) -> dict[str, object]:
    doors = dict(here.doors)
    word = request.GET.get("zone", "")
    word = word if word in doors else here.doors[0][0]
    now, before = guards_signs(present.running(), here.row.id, word)
    left = (now.until - present.now()).total_seconds() + SPARE_SECONDS
    shown = {"door": word, "door_name": doors[word], "now": _sign(now), "before": _sign(before)}
    return {**shown, "until": now.until.astimezone(who.zone), "next_ms": max(500, round(left * 1000))}


def _sign(sign: Sign) -> dict[str, str]:
    """A sign with its word in both languages: the visitor's phone may speak the other one."""
    said = [gettext(sign.word)]
    for language in ("zh-hans", "en"):
        with override(language):
            said.append(gettext(sign.word))
    own, other = said[0], next((word for word in said[1:] if word != said[0]), "")
    return {
        "colour": sign.colour,
        "colour_name": gettext(COLOURS[sign.colour]),
        "word": own,
        "other": other,
        "digits": sign.digits,
    }
