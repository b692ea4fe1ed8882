"""Units: the list, a new one, and one unit with its posts and its roster."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError
from epiloop.core.instants import ONE_DAY
from epiloop.core.jurisdictions import Code, short
from epiloop.runtime import present
from epiloop.runtime.requests.registering import tell_unit
from epiloop.store.models import Account
from epiloop.store.reading import registers
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.scoped import reading
from epiloop.store.tables import PostRow, UnitRow
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import asked
from epiloop.web.called import called_as
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key
from epiloop.web.registers import forms as f
from epiloop.web.registers.jurisdictions import RIGHT, titles_of
from epiloop.web.registers.kinds import kind_choices, kind_name
from epiloop.web.registers.roster import beginning_with, grid, week_of
from epiloop.web.said import said_calendar_day

FORM = require_http_methods(["GET", "HEAD", "POST"])
KEEP, ROSTER = "register.write", "roster.write"
PURPOSES = {KEEP: "register-keeping", ROSTER: "roster-keeping"}
MOST_POSTS = 200
MOST_LOGINS = 300

ACTIONS: Mapping[str, tuple[type[f.TellForm], str, str, str]] = {
    "change": (f.UnitChangeForm, KEEP, N_("Change the unit"), N_("The unit is changed.")),
    "close": (f.UnitCloseForm, KEEP, N_("Close the unit"), N_("The unit is closed.")),
    "post": (f.PostForm, ROSTER, N_("New post"), N_("The post is created.")),
    "close-post": (f.ClosePostForm, ROSTER, N_("Close a post"), N_("The post is closed.")),
    "holder": (f.HolderForm, ROSTER, N_("Who holds a post"), N_("Assigned.")),
    "shift": (f.ShiftForm, ROSTER, N_("New shift"), N_("The shift is on the roster.")),
    "substitute": (f.SubstituteForm, ROSTER, N_("Substitute"), N_("The substitute is named.")),
    "cancel": (f.CancelForm, ROSTER, N_("Cancel the shift"), N_("The shift is cancelled.")),
}
"""What can be done with a unit: the form, the right it takes, its name, what is said afterwards."""


@right_required(RIGHT)
def units(request: HttpRequest) -> HttpResponse:
    """The units of the jurisdiction looked at."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        page = registers.units(
            connection, seen.area, kind=kind or None, text=text or None, after_page=request.GET.get("after")
        )
    names = named([row.jurisdiction for row in page.rows], who)
    context = {
        "tab": "units",
        "rows": [(row, titles_of(row), kind_name(row.kind), names.get(row.jurisdiction, "")) for row in page.rows],
        "after": page.after,
        "kinds": kind_choices(),
        "kind": kind,
        "text": text,
        "keeper": who.can(KEEP, who.jurisdiction),
    }
    return render(request, "registers/units.html", context)


@FORM
@right_required(KEEP)
def new(request: HttpRequest) -> HttpResponse:
    """A new unit."""
    who = acting(request)
    initial = {"jurisdiction": called_as(who, who.jurisdiction)}
    form = f.UnitForm(request.POST or None, who=who, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = tell_unit(present.parts(), by(request, PURPOSES[KEEP]), None, form.body())
            return redirect("registers-unit", str(done.result["unit"]))
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
    context = {
        "form": form,
        "title": gettext("New unit"),
        "key": fresh_key(),
        "back": "registers-units",
        "tab": "units",
    }
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


@right_required(RIGHT)
def one(request: HttpRequest, unit: UUID) -> HttpResponse:
    """One unit: its posts and a week of its roster."""
    who = acting(request)
    week = week_of(request.GET.get("week", ""), who.at, who.zone)
    row, posts = _found(who, unit)
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        shifts = registers.shifts(connection, [post.id for post in posts], *week.span)
        of_unit = registers.PlacesAsked(EVERYWHERE, who.scope(KEEP), unit=unit)
        places = registers.places(connection, of_unit, who.at).rows
    names = named([row.jurisdiction, *(post.jurisdiction for post in posts)], who)
    context = {
        "tab": "units",
        "unit": row,
        "name": titles_of(row),
        "kind": kind_name(row.kind),
        "place": names.get(row.jurisdiction, ""),
        "code": short(Code(row.jurisdiction)),
        "names": names,
        "weeks": grid(posts, shifts, week, who.at),
        "days": week.days,
        "named_days": [said_calendar_day(day) for day in week.days],
        "before": (week.first - ONE_DAY).isoformat(),
        "after_week": (week.first + ONE_DAY * 7).isoformat(),
        "unit_places": [(place, titles_of(place), kind_name(place.kind)) for place in places],
        "actions": _offered(who, row, posts),
        "may_roster": who.can(ROSTER, row.jurisdiction),
        "key": fresh_key(),
    }
    return render(request, "registers/unit.html", context)


@FORM
@right_required(RIGHT)
def act(request: HttpRequest, unit: UUID, action: str) -> HttpResponse:
    """Tell something of a unit: a form by GET, an act by POST."""
    if action not in ACTIONS:
        raise Http404
    who = acting(request)
    row, posts = _found(who, unit)
    kind, right, title, said = ACTIONS[action]
    who.check(right, row.jurisdiction)
    form = kind(
        request.POST or None, who=who, posts=post_choices(posts, who), initial=_initial(request, who, row, action)
    )
    if request.method == "POST" and (form.is_valid() or not form.fields):
        try:
            _tell(request, unit, form, right)
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            messages.success(request, gettext(said))
            return redirect("registers-units" if action == "close" else "registers-unit", *_args(unit, action))
    context = {
        "form": form,
        "title": gettext(title),
        "name": titles_of(row),
        "unit": row,
        "key": fresh_key(),
        "grave": action in ("close", "close-post", "cancel"),
        "logins": _logins() if action in ("holder", "shift", "substitute") else [],
        "tab": "units",
    }
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


def _args(unit: UUID, action: str) -> list[str]:
    return [] if action == "close" else [str(unit)]


def _tell(request: HttpRequest, unit: UUID, form: f.TellForm, right: str) -> None:
    asker = by(request, PURPOSES[right])
    if isinstance(form, f.PostForm):
        form.new_post = asker.new_id("post")
    if form.fields and not form.is_valid():
        return
    tell_unit(present.parts(), asker, unit, form.body())


def _found(who: Acting, unit: UUID) -> tuple[UnitRow, list[PostRow]]:
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        row = registers.units_by_id(connection, [unit]).get(unit)
        posts = registers.posts(connection, EVERYWHERE, unit=unit, limit=MOST_POSTS).rows if row else ()
    if row is None:
        raise Http404
    return row, list(posts)


def post_choices(posts: list[PostRow], who: Acting) -> list[tuple[str, str]]:
    """The posts of a unit; with their territory where there are several of a kind."""
    names = named([post.jurisdiction for post in posts], who)
    return [(str(post.id), f"{titles.post(post.kind)} · {names.get(post.jurisdiction, '')}") for post in posts]


def _initial(request: HttpRequest, who: Acting, row: UnitRow, action: str) -> dict[str, Any]:
    """What the form starts with: the unit as it is, or the cell of the grid that was tapped."""
    if action in ("change", "post"):
        known = {
            "unit_kind": row.kind,
            "name_zh": row.name_zh,
            "name_en": row.name_en if row.name_en != row.name_zh else "",
        }
        return {**known, "jurisdiction": called_as(who, row.jurisdiction)}
    if action == "cancel":
        return _shift(request, who, row)
    return {name: request.GET[name] for name in ("post", "starts", "ends") if name in request.GET}


def _shift(request: HttpRequest, who: Acting, unit: UnitRow) -> dict[str, Any]:
    """The shift whose link was followed. The link numbers those that begin together: it names nobody (R28)."""
    try:
        post, starts = UUID(request.GET.get("post", "")), datetime.fromisoformat(request.GET.get("starts", ""))
        number = int(request.GET.get("number", "0"))
        with reading(present.readers(), who.scope(RIGHT)) as connection:
            found = registers.shifts(connection, [post], starts, starts + ONE_DAY)
        begun = beginning_with(starts, (one for one in found if one.unit == unit.id))[number]
    except (ValueError, TypeError, OverflowError, IndexError):  # nonsense, or it is not there any more
        return {}
    return {"post": post, "starts": starts.isoformat(), "account": begun.account}


def _offered(who: Acting, row: UnitRow, posts: list[PostRow]) -> list[tuple[str, str, str]]:
    """What the account may do here: action, name, kind of button."""
    needs_post = ("close-post", "holder", "shift", "substitute")
    return [
        (action, title, "main" if action == "shift" else "grave" if action == "close" else "")
        for action, (_form, right, title, _said) in ACTIONS.items()
        if action != "cancel" and who.can(right, row.jurisdiction) and (posts or action not in needs_post)
    ]


def _logins() -> list[str]:
    return list(
        Account.objects.filter(disabled_at=None).order_by("login").values_list("login", flat=True)[:MOST_LOGINS]
    )
