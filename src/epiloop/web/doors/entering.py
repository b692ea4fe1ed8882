"""People without a phone are entered by staff: choose the place once, then one visitor after the other."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import EpiloopError
from epiloop.runtime import present
from epiloop.runtime.requests import doors
from epiloop.store.reading import registers
from epiloop.web.acting import acting, right_required
from epiloop.web.asked import asked
from epiloop.web.doors.finding import KEEP, PURPOSE, SEE, WRITE, Found, called, found
from epiloop.web.doors.forms import EnterForm
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key
from epiloop.web.registers.jurisdictions import titles_of
from epiloop.web.registers.kinds import kind_name

SAME = ("zone", "by")
"""What stays the same from one visitor to the next: the door, and how people are known at it."""


@right_required(WRITE)
def choose(request: HttpRequest) -> HttpResponse:
    """The places at whose doors somebody stands: visitors are entered, the guard's screen opens."""
    who = acting(request)
    area, text = asked(request, who, WRITE).area, request.GET.get("q", "").strip()
    if door := called(who, text):
        answer = redirect("doors-enter", door.place)
        answer["Location"] += "?" + urlencode({"zone": door.zone})
        return answer
    with who.reading(who.scope(WRITE)) as connection:
        wanted = registers.PlacesAsked(area, who.scope(KEEP), text=text or None)
        page = registers.places(connection, wanted, who.at, after_page=request.GET.get("after"))
    names = named([row.jurisdiction for row in page.rows], who)
    rows = [(row.id, titles_of(row), kind_name(row.kind), names.get(row.jurisdiction, "")) for row in page.rows]
    return render(
        request, "doors/choose.html", {"rows": rows, "after": page.after, "text": text, "may_see": who.can(SEE)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(WRITE)
def enter(request: HttpRequest, place: UUID) -> HttpResponse:
    """One visitor at one place."""
    who = acting(request)
    here = found(who, place, WRITE)
    form = EnterForm(request.POST or None, doors=here.doors, zone=who.zone, at=who.at, initial=_initial(request))
    if request.method == "POST" and form.is_valid() and _entered(request, here, form):
        messages.success(request, gettext("The visit is taken and sealed."))
        answer = redirect("doors-enter", place)
        answer["Location"] += "?" + urlencode({name: form.cleaned_data[name] for name in SAME})
        return answer
    context = {"form": form, "place": here.row, "name": titles_of(here.row), "key": fresh_key()}
    return render(request, "doors/enter.html", context, status=422 if form.errors else 200)


def _entered(request: HttpRequest, here: Found, form: EnterForm) -> bool:
    given = form.cleaned_data
    try:
        doors.enter(present.running(), by(request, PURPOSE), here.row, here.zone(given["zone"]), given["entered"])
    except EpiloopError as wrong:
        form.add_error(None, words(wrong))
        return False
    return True


def _initial(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in SAME if name in request.GET}
