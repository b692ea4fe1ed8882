"""One request: what is due now, about whom, what came of it, what was asked; receive, answer, take over, close it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Unavailable
from epiloop.core.instants import day_of
from epiloop.operations.assistance import checks
from epiloop.operations.assistance.minimal import RULES, Kind, Result
from epiloop.operations.assistance.queries import waiting
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.assistance import asking, taking
from epiloop.runtime.requests.assistance.asking import ANSWER, ASK, IDENTITY, READ, Opened
from epiloop.store.reading import assistance as stored
from epiloop.store.tables import AssistancePersonRow, AssistanceRow
from epiloop.vault.port import Identity
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.assistance import words
from epiloop.web.assistance.forms import AnswerForm, TakeUpForm
from epiloop.web.errors import words as said
from epiloop.web.keyed import by, fresh_key
from epiloop.web.people.sources import candidates, people_called
from epiloop.web.placing import Placing, placing
from epiloop.web.titles import Titles
from epiloop.web.whose import shown

PURPOSE = "case-investigation"
SIGNED_BY_TAP = "receive-request"
"""The kind of duty that receiving the request does; it needs no signing for of its own."""
Form = AnswerForm | TakeUpForm
FORMS: Mapping[str, type[AnswerForm] | type[TakeUpForm]] = {"answer": AnswerForm, "take-up": TakeUpForm}


@right_required(READ)
def page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The request, without who the people are."""
    return _page(request, request_id)


@require_POST
@right_required(READ)
def act(request: HttpRequest, request_id: UUID, action: str) -> HttpResponse:
    """Do one thing about it; what is refused comes back with the reason and what was typed."""
    if action == "who":
        return _who(request, request_id)
    if action in FORMS:
        return _with_form(request, request_id, action)
    if action not in ACTS:
        raise Http404
    asked, (todo, done) = by(request, PURPOSE), ACTS[action]
    try:
        todo(asked, request_id, request.POST, acting(request))
    except Unavailable:
        raise  # the page of the error keeps the reason
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


def _with_form(request: HttpRequest, request_id: UUID, action: str) -> HttpResponse:
    """A result, or whom it is; with `find` only a search for whom it may be."""
    who, asked = acting(request), by(request, PURPOSE)
    one, _away = _opened(asked, request_id)
    number = _number(request.POST, one)
    if "find" in request.POST:
        seeking = TakeUpForm(who, one.state.jurisdiction, number)
        seeking.initial = {"stay": request.POST.get("stay", "")}
        _find(who, seeking, request.POST.get("find_text", "").strip())
        return _page(request, request_id, form=seeking)
    form = _form_of(action, who, one, number, request.POST)
    if form.is_valid():
        try:
            _carry_out(asked, request_id, form)
        except EpiloopError as wrong:
            form.add_error(None, said(wrong))
        else:
            messages.success(request, gettext("Recorded. The answer goes to the other side."))
            return redirect("assistance-one", request_id=request_id)
    return _page(request, request_id, form=form, status=422)


def _form_of(action: str, who: Acting, one: Opened, number: int, data: Any = None) -> Form:
    assert one.state.told is not None
    kind = one.state.told.asked
    if action == "answer":
        return AnswerForm(who, kind, number, lambda result: words.result(result, kind), data)
    return TakeUpForm(who, one.state.jurisdiction, number, data)


def _find(who: Acting, form: TakeUpForm, text: str) -> None:
    try:
        form.offer(text, candidates(who, people_called(who, text, PURPOSE)) if text else ())
    except EpiloopError as wrong:
        form.offer(text, (), said(wrong))


def _carry_out(asked: By, request_id: UUID, form: Form) -> None:
    parts, given = present.parts(), form.cleaned_data
    if isinstance(form, AnswerForm):
        asking.answer(parts, asked, request_id, [form.answer(present.now())], given["note"].strip())
    else:
        taking.take_up(parts, asked, request_id, form.number, person=form.chosen(), stay=given["code"])


def _page(
    request: HttpRequest,
    request_id: UUID,
    known: Mapping[UUID, Identity] | None = None,
    *,
    form: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `form` is the one that was sent, with what was typed."""
    who, asked = acting(request), by(request, PURPOSE, fresh_key())
    one, away = _opened(asked, request_id)
    with who.reading(who.scope(READ)) as connection:
        row = stored.request(connection, request_id)
        people = stored.people(connection, request_id)
        duties = stored.duties(connection, [request_id], who.at)
    if row is None or one.state.told is None:
        raise Http404
    names = placing(who, [row.other, row.jurisdiction, *(each.elsewhere for each in people)])
    context = {
        "row": row,
        "code": titles.short_code(row.id),
        "kind": words.kind(row.kind),
        "step": words.step(row.step),
        "other": names.of(row.other),
        "ours": names.of(row.jurisdiction),
        "note": one.note,
        "answer_note": one.answer,
        "people": _People(who, one, row, names, known or {}, form).lines(people, asked),
        "duties": shown(duties, who, Titles(who.laws)),
        "signed_by_tap": SIGNED_BY_TAP,
        "waiting": waiting(one.state),
        "known": bool(known),
        "away": away,
        "key": fresh_key(),
        **_may(who, one, row),
    }
    response = render(request, "assistance/one.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _opened(asked: By, request_id: UUID) -> tuple[Opened, bool]:
    """The request, and whether nothing of it could be opened: it is received and answered all the same."""
    try:
        return asking.opened(present.parts(), asked, request_id), False
    except Unavailable:
        return asking.covered(present.parts(), asked, request_id), True


def _may(who: Acting, one: Opened, row: AssistanceRow) -> dict[str, bool]:
    """What the reader may do now."""
    state = one.state
    assert state.told is not None
    answers, asks = who.can(ANSWER, row.jurisdiction), who.can(ASK, row.jurisdiction)
    return {
        "may_receive": answers and checks.can_receive(state),
        "may_sign": answers,
        "may_close": asks and checks.can_close(state),
        "may_withdraw": asks and checks.can_close(state, withdrawn=True),
        "may_carry": answers and state.told.peer is not None,
        "may_show": who.can(IDENTITY, row.jurisdiction) and bool(RULES[state.told.asked].identity),
    }


@dataclass(frozen=True, slots=True)
class _People:
    """The people of a request as the page shows them, each with the forms that can be sent about them."""

    who: Acting
    one: Opened
    row: AssistanceRow
    names: Placing
    known: Mapping[UUID, Identity]
    sent: Form | None

    def lines(self, people: list[AssistancePersonRow], asked: By) -> list[dict[str, Any]]:
        alike = self._alike(asked)
        return [self._line(each, alike.get(each.person, [])) for each in people]

    def _alike(self, asked: By) -> dict[UUID, list[Any]]:
        """Whom of ours the vault finds alike, in words, once somebody looked who it is."""
        if not self.known or self.one.state.outgoing:
            return {}
        pairs = taking.alike(present.parts(), asked, self.one)
        ids = {hit.right for hits in pairs.values() for hit in hits}
        words_of = {one.id: one for one in candidates(self.who, sorted(ids))} if ids else {}
        return {
            person: [(words_of[hit.right], round(hit.score * 100)) for hit in hits if hit.right in words_of]
            for person, hits in pairs.items()
        }

    def _line(self, row: AssistancePersonRow, alike: list[Any]) -> dict[str, Any]:
        state, kind = self.one.state, Kind(self.row.kind)
        here = state.outgoing or (state.told is not None and state.told.peer is None)
        taken = row.result in (Result.FOUND, Result.CONTROLLED, Result.TAKEN_OVER)
        link = row.matched or (row.person if here or taken else None)
        return {
            "row": row,
            "code": titles.short_code(row.matched or row.person),
            "link": link,
            "result": words.result(row.result, kind),
            "elsewhere": self.names.of(row.elsewhere),
            "facts": words.facts(self.one.items[row.number - 1], day_of(self.who.at, self.who.zone)),
            "identity": self.known.get(row.matched or row.person),
            "alike": alike,
            "take_up": None if row.result and link else self._form("take-up", row.number),
            "answer": None if row.result == Result.TAKEN_OVER else self._form("answer", row.number),
        }

    def _form(self, action: str, number: int) -> Form | None:
        """The form that was sent about this person, an empty one, or none where it is not for the reader to send."""
        state = self.one.state
        assert state.told is not None
        right = ANSWER if action == "answer" else ASK
        open_for_it = action == "answer" or state.told.asked in taking.TAKEN_UP
        if not (open_for_it and checks.can_answer(state) and self.who.can(right, self.row.jurisdiction)):
            return None
        if self.sent is not None and self.sent.number == number and isinstance(self.sent, FORMS[action]):
            return self.sent
        return _form_of(action, self.who, self.one, number)


def _number(sent: Mapping[str, str], one: Opened) -> int:
    """Which person of the request. Raises InvalidInput."""
    text = sent.get("number", "")
    if not (text.isdecimal() and 1 <= int(text) <= one.state.people):
        raise InvalidInput(N_("Choose one of the people shown."), remedy=N_("Load the page again."))
    return int(text)


def _receive(asked: By, request_id: UUID, _sent: Mapping[str, str], _who: Acting) -> None:
    asking.receive(present.parts(), asked, request_id)


def _close(asked: By, request_id: UUID, sent: Mapping[str, str], _who: Acting) -> None:
    asking.close(present.parts(), asked, request_id, reason=sent.get("reason", ""))


def _withdraw(asked: By, request_id: UUID, sent: Mapping[str, str], _who: Acting) -> None:
    asking.close(present.parts(), asked, request_id, withdrawn=True, reason=sent.get("reason", ""))


def _take(asked: By, request_id: UUID, sent: Mapping[str, str], who: Acting) -> None:
    asking.take(present.parts(), asked, request_id, sent.get("loop", ""), sent.get("duty", ""), login=who.login)


ACTS: Mapping[str, tuple[Callable[[By, UUID, Mapping[str, str], Acting], None], str]] = {
    "receive": (_receive, N_("Received. The receipt goes to the other side.")),
    "close": (_close, N_("Closed.")),
    "withdraw": (_withdraw, N_("Withdrawn.")),
    "take": (_take, N_("Signed for.")),
}
