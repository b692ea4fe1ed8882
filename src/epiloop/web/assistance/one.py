"""One request: what is asked, of whom, what came of it, what is due; receive, answer, take over, close it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.operations.assistance import checks
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import RULES, Result
from epiloop.operations.assistance.queries import waiting
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.assistance import asking, taking
from epiloop.runtime.requests.assistance.asking import ANSWER, ASK, IDENTITY, READ, Opened
from epiloop.store.reading import assistance as stored
from epiloop.store.tables import AssistancePersonRow
from epiloop.vault.port import Identity
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.assistance import words
from epiloop.web.errors import words as said
from epiloop.web.keyed import by, fresh_key
from epiloop.web.placing import placing
from epiloop.web.titles import Titles
from epiloop.web.whose import shown

PURPOSE = "case-investigation"
GIVEN = (Result.TAKEN_OVER,)
"""Results that come from taking somebody up, not from a list."""


@right_required(READ)
def page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The request, without who the people are."""
    return _page(request, request_id, {})


@require_POST
@right_required(READ)
def act(request: HttpRequest, request_id: UUID, action: str) -> HttpResponse:
    """Do one thing about it; what is refused comes back with the reason."""
    if action == "who":
        return _who(request, request_id)
    if action not in ACTS:
        raise Http404
    asked, (todo, done) = by(request, PURPOSE), ACTS[action]
    try:
        todo(asked, request_id, request.POST, acting(request))
    except InvalidInput as wrong:
        messages.error(request, said(wrong))
        return _page(request, request_id, {}, status=422)
    except EpiloopError as wrong:
        messages.error(request, said(wrong))
    else:
        messages.success(request, gettext(done))
    if request.POST.get("next", "").startswith("/today/"):
        return redirect("/today/")
    return redirect("assistance-one", request_id=request_id)


def _who(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Who it is: logged, shown once, to be printed; with whom of ours they may be."""
    parts, asked = present.parts(), by(request, PURPOSE)
    one = asking.opened(parts, asked, request_id)
    return _page(request, request_id, asking.people_known(parts, asked, one))


def _page(request: HttpRequest, request_id: UUID, known: Mapping[UUID, Identity], *, status: int = 200) -> HttpResponse:
    who, parts = acting(request), present.parts()
    asked = by(request, PURPOSE, fresh_key())
    one = asking.opened(parts, asked, request_id)
    state = one.state
    with who.reading(who.scope(READ)) as connection:
        row = stored.request(connection, request_id)
        people = stored.people(connection, request_id)
        duties = stored.duties(connection, [request_id], who.at)
    if row is None or state.told is None:
        raise Http404
    names = placing(who, [row.other, row.jurisdiction, *(each.elsewhere for each in people)])
    alike = taking.alike(parts, asked, one) if known and not state.outgoing else {}
    context = {
        "row": row,
        "state": state,
        "code": titles.short_code(row.id),
        "kind": words.kind(row.kind),
        "step": words.step(row.step),
        "other": names.of(row.other),
        "ours": names.of(row.jurisdiction),
        "note": one.note,
        "answer_note": one.answer,
        "people": [_person(each, one, known, alike, names.of(each.elsewhere)) for each in people],
        "duties": shown(duties, who, Titles(who.laws)),
        "waiting": waiting(state),
        "known": bool(known),
        "key": fresh_key(),
        "results": [(value.value, words.result(value.value)) for value in RULES[state.told.asked].results],
        "handing": state.told.asked in taking.TAKEN_UP,
        "may_receive": who.can(ANSWER, row.jurisdiction) and checks.can_receive(state),
        "may_answer": who.can(ANSWER, row.jurisdiction) and checks.can_answer(state),
        "may_take_up": who.can(ASK, row.jurisdiction) and checks.can_answer(state),
        "may_close": who.can(ASK, row.jurisdiction) and checks.can_close(state),
        "may_withdraw": who.can(ASK, row.jurisdiction) and checks.can_close(state, withdrawn=True),
        "may_carry": who.can(ANSWER, row.jurisdiction) and state.told.peer is not None,
        "may_show": who.can(IDENTITY, row.jurisdiction) and bool(RULES[state.told.asked].identity),
    }
    response = render(request, "assistance/one.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _person(
    row: AssistancePersonRow,
    one: Opened,
    known: Mapping[UUID, Identity],
    alike: Mapping[UUID, list[Any]],
    elsewhere: str,
) -> dict[str, Any]:
    state = one.state
    registered = row.matched or (row.person if state.outgoing or (state.told and state.told.peer is None) else None)
    taken = row.result in (Result.FOUND, Result.CONTROLLED, Result.TAKEN_OVER)
    hits = [(hit.right, titles.short_code(hit.right), round(hit.score * 100)) for hit in alike.get(row.person, ())]
    return {
        "row": row,
        "code": titles.short_code(row.matched or row.person),
        "link": registered or (row.person if taken else None),
        "result": words.result(row.result),
        "elsewhere": elsewhere,
        "facts": words.facts(one.items[row.number - 1]),
        "identity": known.get(row.matched or row.person),
        "alike": hits,
    }


def _receive(asked: By, request_id: UUID, _sent: Mapping[str, str], _who: Acting) -> None:
    asking.receive(present.parts(), asked, request_id)


def _answer(asked: By, request_id: UUID, sent: Mapping[str, str], _who: Acting) -> None:
    given = sent.get("result", "")
    if given not in set(Result) - {one.value for one in GIVEN}:
        raise InvalidInput(N_("Choose what came of it."))
    where = int(code(sent["where"])) if sent.get("where", "").strip() else None
    answer = Answer(_number(sent), Result(given), _now(), where)
    asking.answer(present.parts(), asked, request_id, [answer], sent.get("note", "").strip())


def _take_up(asked: By, request_id: UUID, sent: Mapping[str, str], _who: Acting) -> None:
    person = _uuid(sent["person"]) if sent.get("person") else None
    stay = int(code(sent["stay"])) if sent.get("stay", "").strip() else None
    taking.take_up(present.parts(), asked, request_id, _number(sent), person=person, stay=stay)


def _number(sent: Mapping[str, str]) -> int:
    """Which person of the request."""
    try:
        return int(sent.get("number", ""))
    except ValueError:
        raise _nobody() from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _nobody() from None


def _nobody() -> InvalidInput:
    return InvalidInput(N_("Choose one of the people shown."), remedy=N_("Load the page again."))


def _close(asked: By, request_id: UUID, sent: Mapping[str, str], _who: Acting) -> None:
    asking.close(present.parts(), asked, request_id, reason=sent.get("reason", ""))


def _withdraw(asked: By, request_id: UUID, sent: Mapping[str, str], _who: Acting) -> None:
    asking.close(present.parts(), asked, request_id, withdrawn=True, reason=sent.get("reason", ""))


def _take(asked: By, request_id: UUID, sent: Mapping[str, str], who: Acting) -> None:
    asking.take(present.parts(), asked, request_id, sent.get("loop", ""), sent.get("duty", ""), login=who.login)


def _now() -> datetime:
    return present.now()


ACTS: Mapping[str, tuple[Callable[[By, UUID, Mapping[str, str], Acting], None], str]] = {
    "receive": (_receive, N_("Received. The receipt goes to the other side.")),
    "answer": (_answer, N_("Recorded. The answer goes to the other side.")),
    "take-up": (_take_up, N_("Recorded. The answer goes to the other side.")),
    "close": (_close, N_("Closed.")),
    "withdraw": (_withdraw, N_("Withdrawn.")),
    "take": (_take, N_("Signed for.")),
}
