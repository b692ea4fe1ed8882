"""One person: what holds, until when, why, what next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from epiloop.core.instants import day_of
from epiloop.core.purposes import PURPOSES
from epiloop.operations.investigation.state import fold
from epiloop.runtime import present
from epiloop.runtime.requests.explaining import explain_known
from epiloop.runtime.requests.knowing import known
from epiloop.store.reading.people import PersonPage
from epiloop.store.reading.registers import units_by_id
from epiloop.store.tables import StatusRow
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.people.around import READ
from epiloop.web.people.begun import record_address
from epiloop.web.people.correcting import RIGHTS as CORRECTING
from epiloop.web.people.kinds import AT_HAND, KINDS, kind_for
from epiloop.web.people.lines import case_words, contact_words, member
from epiloop.web.people.records import by, next_steps, page_of, request_key
from epiloop.web.people.timeline import state_of, timelines
from epiloop.web.people.whys import Step, whys
from epiloop.web.placing import Placing, placing
from epiloop.web.titles import Titles
from epiloop.web.whose import Shown, at_place, shown

OF_A_STAGE = ("admission", "release")
"""Records that name a stage."""


@dataclass(frozen=True, slots=True)
class Task:
    """One duty of the page: as shown, its state, the record that fulfils it, why it is asked for."""

    shown: Shown
    state: str
    record: str
    why: tuple[Step, ...]
    row: str
    """An id for its row, from its place in the list."""

    @property
    def form(self) -> str:
        """The address of the record's form; "" where nothing is recorded."""
        duty = self.shown.duty
        stage = duty.stage if self.record in OF_A_STAGE else ""
        return record_address(duty.subject, self.record, stage=stage) if self.record else ""


@right_required(READ)
def person(request: HttpRequest, person: UUID) -> HttpResponseBase:
    """The page of one person. Identity stays covered; nothing is changed by looking (R5)."""
    who = acting(request)
    page = page_of(who, person)
    if page.person.merged_into:
        return redirect("person", person=page.person.merged_into)
    words = Titles(who.laws)
    asked = by(who, "duty-control")
    history = known(present.parts(), asked, person, who.at)
    entries = {entry.ref: entry for entry in history.entries}
    why = whys(explain_known(history, person), page, entries, who)
    names = placing(who, _places(page))
    duties = shown(page.duties, who, words)
    context = {
        "page": page,
        "code": titles.short_code(person),
        "facts": facts_of(page, names, who),
        "held": status_of(page, words, who.at),
        "why": why,
        "timelines": timelines(page, duties, words, who.at, who.zone),
        "stages": [(row, words.stage(row, _measure(page, row.loop))) for row in page.stages],
        **_tasks(duties, who.at, why.duties),
        **_contacts(page),
        "exposures": [(one, v.said(v.SETTINGS, one.setting)) for one in fold(person, history.entries).exposures],
        "cases": [case_words(row) for row in page.cases],
        "samples": [(row, v.said(v.SAMPLES, row.kind), v.said(v.RESULTS, row.outcome)) for row in page.samples],
        "steps": _risen(page, duties, names),
        "household": [member(row, names) for row in page.household],
        "duplicates": _duplicates(page),
        "menu": next_steps(who, page),
        "at_hand": [(key, KINDS[key].name) for key in AT_HAND],
        "may_show": who.can("person.identity", page.person.jurisdiction),
        "may_open_itinerary": who.can("case.write", page.person.jurisdiction),
        "may_record": who.can("duty.write", page.person.jurisdiction),
        "may_determine": who.can("contact.write", page.person.jurisdiction),
        "may_change": who.can("person.write", page.person.jurisdiction),
        "may_trace": who.can("trace.request", page.person.jurisdiction),
        "may_correct": all(who.can(right, page.person.jurisdiction) for right in CORRECTING),
        "purposes": [(key, gettext(name)) for key, name in PURPOSES.items()],
        "key": request_key(),
    }
    return render(request, "people/person.html", context)


def facts_of(page: PersonPage, names: Placing, who: Acting) -> list[str]:
    """Who it is without saying who: sex, age, occupation, where they live and stay."""
    one = page.person
    age = day_of(who.at, who.zone).year - one.birth_year if one.birth_year else None
    words = [v.said(v.SEXES, one.sex)]
    words += [gettext("about %(age)s") % {"age": age}] if age is not None else []
    words += [v.said(v.OCCUPATIONS, one.occupation)] if one.occupation else []
    if one.residence:
        words.append(gettext("lives in %(place)s") % {"place": names.of(one.residence)})
    if one.jurisdiction != one.residence:
        words.append(gettext("stays in %(place)s") % {"place": names.of(one.jurisdiction)})
    if one.employer:
        words += _employer(one.employer, who)
    if one.died_on:
        words.append(gettext("died"))
    return words


def status_of(page: PersonPage, words: Titles, at: datetime) -> dict[str, Any]:
    """What the person may do now: words, until when, what then, the law, the reason in plain language (R2)."""
    now = page.status
    if now is None:
        ahead = min((span for span in page.spans if span.starts > at), key=lambda span: span.starts, default=None)
        words_ahead = titles.status(ahead.status) if ahead else ""
        free = {"words": titles.status("free"), "until": None, "kind": "done"}
        return {**free, "ahead": ahead and ahead.starts, "ahead_words": words_ahead}
    last, then = _chain(page.spans, now)
    return {
        "words": titles.status(now.status),
        "until": now.ends,
        "later": last.ends if last.ends > now.ends else None,
        "then": titles.status(then.status if then else "free"),
        "clause": f"{now.rulebook} · {words.clause(now.measure, now.version, now.clause)} · {now.version}",
        "reason": gettext(now.reason),
        "kind": "due" if now.strictness else "done",
    }


def _chain(spans: Sequence[StatusRow], now: StatusRow) -> tuple[StatusRow, StatusRow | None]:
    """The last span that goes on with the same status (up to an outer limit), and the one after it."""
    then = _then(spans, now)
    while then is not None and then.status == now.status:
        now, then = then, _then(spans, then)
    return now, then


def _then(spans: Sequence[StatusRow], now: StatusRow) -> StatusRow | None:
    holding = [span for span in spans if span.starts <= now.ends < span.ends]
    return max(holding, key=lambda span: (span.strictness, span.ends), default=None)


def _tasks(duties: Sequence[Shown], at: datetime, why: Any) -> dict[str, Any]:
    tasks = [
        Task(one, state_of(one, at), kind_for(one.duty.evidence), why.get((one.duty.loop, one.duty.key), ()), f"d{n}")
        for n, one in enumerate(duties)
        if one.duty.state != "void"
    ]
    waiting = [task for task in tasks if task.shown.open]
    late = [task for task in waiting if task.state == "late"]
    late.sort(key=lambda task: (-task.shown.duty.consequence, task.shown.duty.due))
    rest = [task for task in waiting if task.state != "late"]
    done = [task for task in tasks if not task.shown.open]
    done.sort(key=lambda task: task.shown.duty.done_at or at, reverse=True)
    tasks = late + rest
    return {"tasks": tasks, "first": next((task for task in tasks if task.record), None), "tasks_done": done}


def _contacts(page: PersonPage) -> dict[str, Any]:
    mine = page.person.id
    return {
        "exposed_by": [contact_words(row, row.source) for row in page.contacts if row.contact == mine],
        "exposed": [contact_words(row, row.contact) for row in page.contacts if row.contact != mine],
    }


def _risen(page: PersonPage, duties: Sequence[Shown], names: Placing) -> list[dict[str, Any]]:
    what = {(one.duty.loop, one.duty.key): one.title for one in duties}
    return [
        {
            "row": row,
            "what": what.get((row.loop, row.duty), row.duty),
            "to": at_place(titles.post(row.owner_post), names.beside(row.owner_code)) if row.level else row.account,
        }
        for row in reversed(page.escalations)
    ]


def _duplicates(page: PersonPage) -> list[dict[str, Any]]:
    mine = page.person.id
    found = []
    for row in page.duplicates:
        other = row.right_person if row.left_person == mine else row.left_person
        found.append({"row": row, "other": other, "code": titles.short_code(other)})
    return found


def _places(page: PersonPage) -> list[int]:
    one = page.person
    return [one.residence, one.jurisdiction, *(row.owner_code for row in page.escalations)] + [
        row.jurisdiction for row in page.household
    ]


def _measure(page: PersonPage, loop: str) -> str:
    return next((row.measure for row in page.loops if row.key == loop), "")


def _employer(unit: UUID, who: Acting) -> list[str]:
    with who.reading(who.scope(READ)) as connection:
        found = units_by_id(connection, [unit]).get(unit)
    if found is None:
        return []
    name = (found.name_zh if titles.chinese() else found.name_en) or found.name_zh
    return [gettext("works for %(unit)s") % {"unit": name}]
