"""Today's list of the one who asks: posts held now, people in the order of their most urgent duty, what is done."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from epiloop.store.reading import day_list, lists
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.board import day_around
from epiloop.store.reading.day_list import HeldPost, PersonDuties
from epiloop.store.reading.lists import DutyFilter, DutyLine, Lateness
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.people.forms import FollowUpForm, SampleForm, VisitForm
from epiloop.web.people.kinds import kind_for
from epiloop.web.people.records import request_key
from epiloop.web.people.timeline import state_of
from epiloop.web.placing import Placing, placing
from epiloop.web.titles import Titles
from epiloop.web.whose import Shown, at_place, shown, subject_url

RIGHT = "today.read"
DONE = 20
"""Duties of the done section for each post held."""
INLINE = {"follow-up": FollowUpForm, "sample": SampleForm, "visit": VisitForm}
"""Records whose form stands in the list itself; the others open a page of their own."""


@right_required(RIGHT)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for the posts this account is on shift at. Reading it signs for nothing (R5)."""
    who = acting(request)
    day = day_around(who.at, who.zone)
    with who.reading(who.scope(RIGHT)) as connection:
        found = day_list.today(connection, who.login, day)
        done: list[DutyLine] = []
        for post in found.posts:
            only = DutyFilter(owner_post=post.kind, owner_code=post.jurisdiction)
            done += lists.duties(connection, EVERYWHERE, day, Lateness.DONE, only, limit=DONE).rows
    words = Titles(who.laws)
    names = placing(who, [post.jurisdiction for post in found.posts])
    lines = iter(shown([line for one in found.subjects for line in one.duties], who, words))
    people = [_person(one, list(islice(lines, len(one.duties))), who) for one in found.subjects]
    finished = shown(done, who, words)
    context = {
        "posts": [_post(post, names) for post in found.posts],
        "groups": [
            ("late", [one for one in people if one["late"]]),
            ("rest", [one for one in people if not one["late"]]),
        ],
        "count": sum(len(one.duties) for one in found.subjects),
        "late": found.late,
        "more": found.more,
        "done": finished,
        "may_record": who.can("duty.write"),
    }
    return render(request, "today/today.html", context)


def _post(post: HeldPost, names: Placing) -> dict[str, Any]:
    return {"post": post, "name": at_place(titles.post(post.kind), names.of(post.jurisdiction))}


def _person(one: PersonDuties, lines: Sequence[Shown], who: Acting) -> dict[str, Any]:
    tasks = [_task(line, who) for line in lines]
    return {
        "id": one.subject,
        "code": titles.short_code(one.subject),
        "url": subject_url(one.subject_kind, one.subject),
        "place": tasks[0]["shown"].place,
        "tasks": tasks,
        "late": tasks[0]["state"] == "late",
    }


def _task(line: Shown, who: Acting) -> dict[str, Any]:
    kind = kind_for(line.duty.evidence) if line.duty.subject_kind == "person" else ""
    form = INLINE.get(kind)
    key = request_key()
    return {
        "shown": line,
        "state": state_of(line, who.at),
        "kind": kind,
        "form": form(initial={"key": key}, auto_id=f"{key[-12:]}_%s") if form else None,
        "key": key,
    }
