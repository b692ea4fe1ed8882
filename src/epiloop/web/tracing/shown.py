"""Requests in words: how they stand, who has to do what until when, and with whom it lies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code
from epiloop.core.statutes import STATUTES
from epiloop.registers.units.queries import DUTY_OFFICERS
from epiloop.runtime.requests.tracing import APPROVE
from epiloop.runtime.requests.tracing.told import SUPERVISE
from epiloop.store.reading import tracing as stored
from epiloop.store.reading.header import path_of, seen_by_all
from epiloop.store.reading.tracing import OnCall
from epiloop.store.tables import TraceRow
from epiloop.vault import grants
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting
from epiloop.web.header import post_name
from epiloop.web.who import logins, said_actor

STEPS = {
    "asked": N_("waits for approval"),
    "approved": N_("approved, not searched yet"),
    "done": N_("searched"),
    "refused": N_("not approved"),
    "withdrawn": N_("ended"),
    "broken": N_("emergency, to be reviewed"),
    "lapsed": N_("emergency, not reviewed in time"),
    "reviewed": N_("emergency, reviewed"),
    "over": N_("its time is over"),
}
OPENED = {"approved": N_("approved, may be opened")}
"""Steps of what opens one person's visits, where they are said otherwise."""
TITLES = {
    "trace": N_("Contact search"),
    "history": N_("Places of a case"),
    "order": N_("Places by legal order"),
    "glass": N_("Emergency"),
}
KINDS = {
    "trace": N_("Contact searches"),
    "history": N_("Places of cases"),
    "order": N_("Legal orders"),
    "glass": N_("Emergencies"),
}
"""What the list of requests can be narrowed to."""
TASKS = {
    "trace": N_("Approve a contact search"),
    "history": N_("Approve opening the places of a case"),
    "order": N_("Approve a legal order"),
    "glass": N_("Review an emergency"),
}
POSITIVES = {
    "": N_("No laboratory has signed a positive result of this person at the key service yet."),
    "positive": N_("A first positive is signed: people are counted, not named, until it is confirmed."),
    "confirmed": N_("A laboratory has signed the confirmed positive."),
    "withdrawn": N_("The laboratory has taken its positive back: nothing can be searched because of it."),
}
SPOKEN = ("glass", "order")
"""Kinds of requests whose maker said something in words; of the others only a refusal does."""
APPROVERS = ("trace-approver", DUTY_OFFICERS["county"])
"""Posts whose holders are called to approve."""


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list. `kind` is its colour: late, due, done or none."""

    row: TraceRow
    code: str
    step: str
    kind: str
    by: str
    disease: str
    waits: bool
    late: bool
    title: str
    task: str


def line_of(row: TraceRow, at: datetime, people: dict[str, str]) -> Line:
    """One request in words; `people` are logins by account."""
    waits = row.step in ("asked", "broken")
    late = (waits and at >= row.due) or row.step == "lapsed"
    over = row.step == "approved" and row.expires is not None and at >= row.expires
    due = waits or (row.step == "approved" and not over)
    kind = "late" if late else "due" if due else "done" if row.step == "done" else ""
    disease = v.said(v.DISEASES, row.disease) if row.disease else ""
    steps = STEPS | OPENED if row.kind in ("history", "order") else STEPS
    said = "over" if over else row.step
    code, step = titles.short_code(row.person), gettext(steps.get(said, said))
    title, task = gettext(TITLES[row.kind]), gettext(TASKS[row.kind])
    return Line(row, code, step, kind, said_actor(row.asked_by, people), disease, waits, late, title, task)


def may_be_told(who: Acting, row: TraceRow) -> bool:
    """Whether something was said about the request in words, and it is the reader's business."""
    mine = row.asked_by == who.actor or any(who.can(right, row.jurisdiction) for right in (APPROVE, SUPERVISE))
    return mine and (row.kind in SPOKEN or row.step == "refused")


def positive_words(attested: str) -> str:
    """What laboratories said, as far as the key service knows."""
    return gettext(POSITIVES.get(attested, POSITIVES[""]))


def statute_words(word: str) -> str:
    """A statute as the reader calls it, and whom it entitles; the word itself if it is of no list."""
    known = STATUTES.get(word)
    if known is None:
        return word
    parts = {"title": titles.of_language(known.title), "who": gettext(known.entitles)}
    return gettext("%(title)s: %(who)s") % parts


def to_sign(text: bytes) -> dict[str, Any]:
    """What a page needs to show a text in words and have it signed."""
    given = grants.read(text)
    told = {"text": text.hex(), "fingerprint": grants.fingerprint(text), "authorisation": given}
    told["may_look_names"] = sorted(logins(given.staff).values())
    return told | {"statute": statute_words(given.statute)}


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody on shift who may approve now."""

    post: str
    account: str
    phone: str
    unit: str


def calls(who: Acting, row: TraceRow) -> list[Call]:
    """Whom to call for an approval at this hour; the most local first; not the reader, nor the unit that asked."""
    number = Code(row.jurisdiction)
    with who.reading(seen_by_all(number)) as connection:
        found = stored.on_call(connection, path_of(number), APPROVERS, who.login, who.at)
    return [_call(one) for one in found if one.phone and row.asked_unit not in (one.name_zh, one.name_en)]


def _call(one: OnCall) -> Call:
    unit = (one.name_zh if titles.chinese() else one.name_en) or one.name_zh or ""
    return Call(post_name(one.post), one.account, one.phone, unit)
