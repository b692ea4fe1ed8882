"""Acts and reads of identity, the latest first, with filters. Never what was said in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from epiloop.core.errors import N_, NotFound
from epiloop.core.instants import ONE_DAY, start_of_day
from epiloop.core.purposes import PURPOSES
from epiloop.core.rights import EVERYWHERE
from epiloop.runtime import present
from epiloop.store.models import Account
from epiloop.store.models.accounts import normal_login
from epiloop.store.reading import audit as stored
from epiloop.store.reading.asking import PAGE
from epiloop.store.reading.audit import AuditFilter
from epiloop.store.reading.lists import EVER, NEVER
from epiloop.store.reading.people import people_by_id
from epiloop.store.scoped import reading
from epiloop.vault.port import Access
from epiloop.web import titles
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import asked
from epiloop.web.errors import words
from epiloop.web.header import named
from epiloop.web.who import MACHINES, is_id, logins, said_actor

Page = Callable[[HttpRequest, str], HttpResponse]
"""A page, and what is wrong with the login that was typed; "" for nothing."""

RIGHT = "audit.read"
KEPT = ("subject", "purpose", "since", "until")
"""Filters that an address may hold as they were sent."""
STEP, STEPS = 200, 10
"""Reads of identity looked through at once, and how often for one page: filters may leave few of them."""
KINDS = {
    "reveal": N_("identity shown"),
    "facts": N_("sealed facts read"),
    "search": N_("search by name or number"),
    "linkage": N_("duplicates looked for"),
    "trace": N_("contacts searched among check-ins"),
    "history": N_("places visited, opened for an investigation"),
    "legal-order": N_("places visited, opened by legal order"),
    "break-glass": N_("places visited, opened in an emergency"),
    "attest": N_("laboratory result handed in or asked for"),
    "read": N_("authorisation read before signing"),
    "approve": N_("opening of check-ins approved"),
    "witness": N_("end of the ledger of a day, kept as a witness"),
    "conflict": N_("another end of the ledger of a day, refused"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of an address: actor (an id, or a machine's word), purpose, and the days of the period."""

    actor: str = ""
    purpose: str = ""
    since: str = ""
    until: str = ""

    def period(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """[since, until) as instants; `until` is the last day."""
        first, last = _day(self.since), _day(self.until)
        return (
            start_of_day(first, zone) if first else EVER,
            start_of_day(last + ONE_DAY, zone) if last else NEVER,
        )


def by_post(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """A page whose filters are sent by POST, and which is then shown by GET: whose acts or looks are asked for is typed
    as a login, which an address does not hold; it holds the account's id (R28).
    """

    @wraps(page)
    def filtered(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return page(request, "")
        try:
            actor = actor_of(request.POST.get("login", ""))
        except NotFound as wrong:
            return page(request, words(wrong))
        chosen = {"actor": actor} | {name: request.POST.get(name, "") for name in KEPT}
        kept = urlencode({name: value for name, value in chosen.items() if value})
        return redirect(f"{request.path}?{kept}" if kept else request.path)

    return filtered


@right_required(RIGHT)
@by_post
def acts(request: HttpRequest, unknown: str) -> HttpResponse:
    """The acts of the jurisdictions that the account audits."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    chosen = _chosen(request)
    since, until = chosen.period(who.zone)
    filters = AuditFilter(chosen.actor or None, chosen.purpose or None, since, until)
    area = seen.area if request.GET.get("jurisdiction") else who.scope(RIGHT)
    with reading(present.readers(), who.scope(RIGHT)) as connection:
        page = stored.audit(connection, area, filters, after_page=request.GET.get("after"))
    names = named([row.jurisdiction for row in page.rows], who)
    people = logins(row.actor for row in page.rows)
    context = {
        "tab": "acts",
        "unknown": unknown,
        "rows": [
            {
                "row": row,
                "actor": said_actor(row.actor, people),
                "place": names.get(row.jurisdiction, ""),
                "what": purpose(row.purpose),
            }
            for row in page.rows
        ],
        "after": page.after,
        **_filters(request, chosen),
    }
    return render(request, "audit/acts.html", context, status=422 if unknown else 200)


@right_required(RIGHT)
@by_post
def reads(request: HttpRequest, unknown: str) -> HttpResponse:
    """Who looked at whose identity: everybody's, or one person's."""
    who = acting(request)
    chosen = _chosen(request)
    subject = _subject(request.GET.get("subject", ""))
    shown, following = _looked(chosen, subject, _number(request.GET.get("after", "")), who)
    people = logins(one.asker for one in shown)
    context = {
        "tab": "reads",
        "unknown": unknown,
        "rows": [
            {
                "at": one.at,
                "kind": gettext(KINDS.get(one.kind, one.kind)),
                "actor": said_actor(one.asker, people),
                "what": purpose(one.purpose),
                "subjects": [(each, titles.short_code(each)) for each in one.subjects[:6]],
                "more": max(0, len(one.subjects) - 6),
            }
            for one in shown
        ],
        "subject": subject,
        "subject_code": titles.short_code(subject) if subject else "",
        "after": following,
        **_filters(request, chosen),
    }
    return render(request, "audit/reads.html", context, status=422 if unknown else 200)


def purpose(key: str) -> str:
    """A purpose in words."""
    return gettext(PURPOSES.get(key, key))


def actor_of(login: str) -> str:
    """What acts name as actor for a login; machines by their word; "" for none. Raises NotFound."""
    wanted = normal_login(login)
    if not wanted or wanted in MACHINES:
        return wanted
    found = Account.objects.filter(login=wanted).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(N_("There is no account %(login)s."), login=wanted)
    return str(found)


def _looked(chosen: Chosen, subject: UUID | None, before: int | None, who: Acting) -> tuple[list[Access], str | None]:
    """A page of looks that the filters keep, the latest first, and where the next one begins (None: these were all)."""
    since, until = chosen.period(who.zone)
    kept = list[Access]()
    for _step in range(STEPS):
        found = present.parts().vault.accesses(subject=subject, limit=STEP, before=before)
        asked_for = [one for one in found if chosen.actor in ("", one.asker) and chosen.purpose in ("", one.purpose)]
        kept += _within([one for one in asked_for if since <= one.at < until], who)
        if len(kept) > PAGE:
            return kept[:PAGE], str(kept[PAGE - 1].number)
        if len(found) < STEP or found[-1].at < since:
            return kept, None
        before = found[-1].number
    return kept, str(before)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _within(found: Iterable[Access], who: Acting) -> list[Access]:
    """Those that showed somebody within what the account audits; who audits everywhere sees searches in vain, too."""
    scope = who.scope(RIGHT)
    everywhere = any(part.low <= EVERYWHERE and part.high >= 10**16 for part in scope.ranges)
    kept = list(found)
    if everywhere:
        return kept
    ids = {subject for one in kept for subject in one.subjects}
    with reading(present.readers(), scope) as connection:
        inside = {line.id for line in people_by_id(connection, sorted(ids), who.at)}
    return [one for one in kept if inside & set(one.subjects)]


def _chosen(request: HttpRequest) -> Chosen:
    sent = request.POST if request.method == "POST" else request.GET  # by POST only what has to be corrected
    return Chosen(**{name: sent.get(name, "").strip()[:80] for name in ("actor", "purpose", "since", "until")})


def _filters(request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    purposes = [(key, gettext(name)) for key, name in PURPOSES.items()]
    known = said_actor(chosen.actor, logins([chosen.actor])) if is_id(chosen.actor) else chosen.actor
    login = request.POST.get("login", known)
    return {"chosen": chosen, "login": login, "purposes": purposes, "filtered": chosen != Chosen()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _subject(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
