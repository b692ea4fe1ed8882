"""Whether doors are really watched: visits recorded in each hour against those to be expected, and whose door it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError
from epiloop.operations.checkins import coverage
from epiloop.operations.checkins.coverage import HOUR, WEEK, WEEKS, Counted, Hour, Verdict
from epiloop.runtime import present
from epiloop.runtime.requests.doors import count_door
from epiloop.store.reading import coverage as stored
from epiloop.store.reading import registers
from epiloop.store.reading.coverage import Door
from epiloop.store.tables import DoorCountRow, PlaceRow
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import asked
from epiloop.web.doors.finding import KEEP, PURPOSE, SEE, WRITE, Found, found
from epiloop.web.doors.forms import LOCAL, CountForm
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.keyed import by, fresh_key
from epiloop.web.registers.jurisdictions import titles_of

LATELY, DAY = 6, 24
"""Whole hours that the list of doors looks at, and the page of one."""

VERDICTS = {
    Verdict.NONE: (N_("nobody recorded"), "late"),
    Verdict.THIN: (N_("too few"), "due"),
    Verdict.FINE: (N_("as expected"), "done"),
    Verdict.UNKNOWN: (N_("nothing can be said"), ""),
}
_GRAVE = (Verdict.NONE, Verdict.THIN)


@dataclass(frozen=True, slots=True)
class Line:
    """One hour at one door, as a page shows it."""

    zone: str
    hour: Hour

    @property
    def missing(self) -> float:
        """How many visits are not there."""
        return (self.hour.expected or 0) - self.hour.recorded

    @property
    def ends(self) -> datetime:
        """When the hour is over."""
        return self.hour.begins + HOUR

    @property
    def verdict(self) -> str:
        """What the hour says, in words."""
        return gettext(VERDICTS[self.hour.verdict][0])

    @property
    def look(self) -> str:
        """The class of the verdict."""
        return VERDICTS[self.hour.verdict][1]


@right_required(SEE)
def thin(request: HttpRequest) -> HttpResponse:
    """The doors of the jurisdiction looked at that were thin or unwatched in the last hours, the worst first."""
    who = acting(request)
    wanted = _hours(who.at, LATELY)
    with who.reading(who.scope(SEE)) as connection:
        area, keeper = asked(request, who, SEE).area, who.scope(KEEP)
        rows = {row.id: row for row in stored.lively(connection, area, keeper, wanted, _before(wanted))}
        units = registers.units_by_id(connection, [row.unit for row in rows.values() if row.unit])
        zones = registers.zones(connection, list(rows))
    lines = _lines(who, list(rows), wanted)
    names = named([row.jurisdiction for row in rows.values()], who)
    shown = [
        {
            "place": row,
            "name": titles_of(row),
            "zone": _zone_name(Found(row, tuple(zones.get(row.id, ()))), door[1]),
            "owner": titles_of(units[row.unit]) if row.unit in units else "",
            "unit": row.unit if row.unit in units else None,
            "where": names.get(row.jurisdiction, ""),
            "line": line,
        }
        for door, line in _worst(lines)
        for row in [rows[door[0]]]
    ]
    context = {"rows": shown, "looked_at": len(rows), "hours": LATELY, "tab": "doors"}
    return render(request, "doors/thin.html", context)


@right_required(SEE)
def one(request: HttpRequest, place: UUID) -> HttpResponse:
    """The last day at the doors of one place, hour by hour."""
    who = acting(request)
    here = found(who, place, SEE)
    lines = _lines(who, [place], _hours(who.at, DAY))
    shown = [line for door in lines.values() for line in door if line.hour.recorded or line.hour.expected]
    shown.sort(key=lambda line: (line.hour.begins, line.zone), reverse=True)
    context = {
        "place": here.row,
        "name": titles_of(here.row),
        "lines": [(line, _zone_name(here, line.zone)) for line in shown],
        "may_count": who.can(WRITE, here.row.jurisdiction),
        "tab": "doors",
    }
    return render(request, "doors/coverage.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(WRITE)
def count(request: HttpRequest, place: UUID) -> HttpResponse:
    """Somebody stood at a door and counted."""
    who = acting(request)
    here = found(who, place, WRITE)
    initial = {"since": _typed(who, who.at - HOUR), "until": _typed(who, who.at)}
    form = CountForm(request.POST or None, doors=here.doors, zone=who.zone, at=who.at, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            count_door(present.parts(), by(request, PURPOSE), place, form.told())
        except EpiloopError as wrong:
            form.add_error(None, words(wrong))
        else:
            messages.success(request, gettext("The count is recorded."))
            return redirect(*_after(who, here.row))
    context = {"form": form, "place": here.row, "name": titles_of(here.row), "key": fresh_key()}
    return render(request, "doors/count.html", context, status=422 if form.errors else 200)


def _after(who: Acting, row: PlaceRow) -> tuple[str, UUID]:
    """Who may not see the hours goes back to the door."""
    return ("doors-coverage" if who.can(SEE, row.jurisdiction) else "doors-guard"), row.id


def _lines(who: Acting, places: Sequence[UUID], wanted: Sequence[datetime]) -> dict[Door, list[Line]]:
    with who.reading(who.scope(SEE)) as connection:
        recorded = stored.recorded(connection, places, [*wanted, *_before(wanted)])
        began = stored.began(connection, places)
        counted = stored.counted(connection, places, wanted[0], wanted[-1] + HOUR)
    return {
        door: _of_door(door[1], wanted, recorded.get(door, {}), began.get(door, who.at), counted.get(door, ()))
        for door in {*recorded, *counted}
    }


def _of_door(
    zone: str,
    wanted: Sequence[datetime],
    recorded: coverage.Counts,
    began: datetime,
    rows: Iterable[DoorCountRow],
) -> list[Line]:
    counted = [Counted(row.since, row.until, int(row.people)) for row in rows]
    return [Line(zone, hour) for hour in coverage.hours(wanted, recorded, open_since=began, counted=counted)]


def _worst(lines: dict[Door, list[Line]]) -> list[tuple[Door, Line]]:
    """Of each door that is not fine its worst hour; nobody before too few, then by how many are missing."""
    worst = []
    for door, hours in lines.items():
        grave = [line for line in hours if line.hour.verdict in _GRAVE]
        if grave:
            worst.append((door, min(grave, key=_gravity)))
    return sorted(worst, key=lambda pair: _gravity(pair[1]))


def _gravity(line: Line) -> tuple[int, float]:
    return _GRAVE.index(line.hour.verdict), -line.missing


def _hours(at: datetime, most: int) -> list[datetime]:
    """The last whole hours, in order."""
    whole = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [whole - number * HOUR for number in range(most, 0, -1)]


def _before(wanted: Sequence[datetime]) -> list[datetime]:
    return [hour - week * WEEK for hour in wanted for week in range(1, WEEKS + 1)]


def _zone_name(here: Found, word: str) -> str:
    return dict(here.doors).get(word, word) if word else ""


def _typed(who: Acting, at: datetime) -> str:
    return (at - timedelta(seconds=at.second)).astimezone(who.zone).strftime(LOCAL)
