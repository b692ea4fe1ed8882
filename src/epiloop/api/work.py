"""Work: the board and the lists behind its numbers, today's list, the day list, the four clears, taking a duty."""

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from epiloop.api.callers import caller
from epiloop.api.edge import DEFAULT_LIMIT, MOST_ROWS, After, CodeIn, Day, Key, Limit, Place, asked_area
from epiloop.api.shapes import Receipt, page_of, shape
from epiloop.api.telling import receipt
from epiloop.core.jurisdictions import Code
from epiloop.runtime import present
from epiloop.runtime.requests import duties as duty_requests
from epiloop.runtime.requests.asking import laws_of
from epiloop.store.models import Account
from epiloop.store.reading import board as boards
from epiloop.store.reading import clears as four
from epiloop.store.reading import day_list as days
from epiloop.store.reading import lists
from epiloop.store.reading.owners import OnDuty

router = Router(tags=["work"])
MORNING = time(9)
Word = Annotated[str | None, Query(max_length=64)]
Short = Annotated[str, Field(max_length=64)]

LoopOut = shape("Loop", lists.LoopLine)
DutyOut = shape("Duty", lists.DutyRecord)
OnDutyOut = shape("OnDuty", OnDuty, nobody_on_duty=bool)
StepsOut = shape("Steps", lists.Steps)
DutyLineOut = shape("DutyLine", lists.DutyLine, duty=DutyOut, owner=OnDutyOut, steps=StepsOut)
LineCountsOut = shape("LineCounts", boards.LineCounts)
PersonDutiesOut = shape("SubjectDuties", days.PersonDuties, duties=list[DutyLineOut])  # type: ignore[valid-type]
TodayOut = shape(
    "Today",
    days.Today,
    posts=list[shape("HeldPost", days.HeldPost)],  # type: ignore[misc]
    subjects=list[PersonDutiesOut],  # type: ignore[valid-type]
)
ExposureOut = shape("ExposureOf", days.Exposure, link=shape("LinkOf", days.LinkOf), outside=list[tuple[str, str]])
DayLineOut = shape(
    "DayLine",
    days.DayLine,
    outside=list[tuple[str, str]],
    duties=list[DutyLineOut],  # type: ignore[valid-type]
    exposures=list[ExposureOut],  # type: ignore[valid-type]
)
DayListOut = shape(
    "DayList",
    days.DayList,
    lines=list[DayLineOut],  # type: ignore[valid-type]
    cases=list[DayLineOut],  # type: ignore[valid-type]
)
ClearLineOut = shape("ClearLine", four.ClearLine)


class TakeIn(Schema):
    """Which duty: of whom, in which loop, its key."""

    model_config = ConfigDict(extra="forbid")
    person: UUID
    loop: Annotated[str, Field(max_length=300)]
    duty: Annotated[str, Field(max_length=300)]


@router.get("/board", response=list[LineCountsOut], operation_id="board")  # type: ignore[valid-type]
def board(request: HttpRequest, jurisdiction: Place = None, measure: Word = None, owner_post: Word = None) -> Any:
    """What is open, due today, late, escalated, new and done, line by line."""
    who = caller(request)
    counts = boards.Counts(measure=measure, owner_post=owner_post)
    with who.reading("board.read") as connection:
        return boards.board(connection, asked_area(jurisdiction), who.day(jurisdiction), counts)


class DutyQuery(Schema):
    """Which duties."""

    lateness: lists.Lateness = lists.Lateness.LATE
    jurisdiction: CodeIn | None = Field(None, description="Only inside this jurisdiction.")
    line: Short | None = None
    measure: Short | None = None
    kind: Short | None = None
    owner_post: Short | None = None
    escalated: bool = False
    after: Annotated[str | None, Field(max_length=500)] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = DEFAULT_LIMIT


@router.get("/duties", response=page_of("Duties", DutyLineOut), operation_id="duties")
def duties(request: HttpRequest, asked: Query[DutyQuery]) -> Any:
    """Duties: late ones by consequence and then by how long, due ones by their instant, done ones the latest first."""
    who = caller(request)
    chosen = lists.DutyFilter(asked.line, asked.measure, asked.kind, asked.owner_post, escalated=asked.escalated)
    area, day = asked_area(asked.jurisdiction), who.day(asked.jurisdiction)
    with who.reading("board.read") as connection:
        return lists.duties(connection, area, day, asked.lateness, chosen, limit=asked.limit, after_page=asked.after)


@router.post("/duties/acknowledge", response=Receipt, operation_id="acknowledge-duty")
def acknowledge(request: HttpRequest, sent: TakeIn, key: Key) -> Receipt:
    """Take a duty: seen, and being done."""
    who = caller(request)
    login = Account.objects.get(pk=who.account.id).login
    by = who.by("duty-control", key)
    return receipt(duty_requests.acknowledge(present.parts(), by, sent.person, sent.loop, sent.duty, login=login))


@router.get("/loops", response=page_of("Loops", LoopOut), operation_id="loops")
def loops(
    request: HttpRequest,
    state: lists.LoopState = lists.LoopState.OPEN,
    jurisdiction: Place = None,
    line: Word = None,
    measure: Word = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Loops: open, opened today or closed today; the latest first."""
    who = caller(request)
    chosen, area, day = lists.LoopFilter(line, measure), asked_area(jurisdiction), who.day(jurisdiction)
    with who.reading("board.read") as connection:
        return lists.loops(connection, area, day, state, chosen, limit=limit, after_page=after)


@router.get("/today", response=TodayOut, operation_id="today")
def today(request: HttpRequest, jurisdiction: Place = None) -> Any:
    """What waits for the posts this account is on shift at."""
    who = caller(request)
    with who.reading("today.read") as connection:
        return days.today(connection, who.actor, who.day(jurisdiction))


@router.get("/day-list", response=DayListOut, operation_id="day-list")
def day_list(
    request: HttpRequest,
    jurisdiction: Place = None,
    date: Day | None = None,
    kind: Annotated[str, Query(max_length=64, description="Kind of duty; `any` for all.")] = "follow-up",
) -> Any:
    """Who is to be followed up on a calendar day, one line a person with every source; and who had become a case."""
    who = caller(request)
    zone = laws_of(present.parts()).zone(jurisdiction or 0)
    local = who.at.astimezone(zone)
    at = local if date in (None, local.date()) else datetime.combine(date or local.date(), MORNING, zone)
    with who.reading("board.read") as connection:
        wanted = None if kind == "any" else kind
        return days.day_list(connection, asked_area(jurisdiction), boards.day_around(at, zone), kind=wanted)


@router.get("/clears/{code}", response=list[ClearLineOut], operation_id="four-clears")  # type: ignore[valid-type]
def clears(request: HttpRequest, code: Annotated[CodeIn, Path()]) -> Any:
    """The four clears of the jurisdictions one level below: of the people under control, how many are clear in each."""
    who = caller(request)
    with who.reading("board.read") as connection:
        return four.four_clears(connection, Code(code), who.day(code))


@router.get(
    "/clears/{code}/{which}/gaps", response=page_of("Gaps", shape("Unclear", four.Unclear)), operation_id="clear-gaps"
)
def gaps(
    request: HttpRequest,
    code: Annotated[CodeIn, Path()],
    which: four.Clear,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """The people behind a gap."""
    who = caller(request)
    with who.reading("board.read") as connection:
        return four.gaps(connection, asked_area(code), who.day(code), which, limit=limit, after_page=after)
