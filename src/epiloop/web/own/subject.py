"""A person as their own page shows them: read within their own jurisdiction only, for the purpose of telling them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from epiloop.core.jurisdictions import Code, Range, Scope
from epiloop.core.rights import AccountView
from epiloop.runtime import present
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.explaining import explain_known
from epiloop.runtime.requests.knowing import known
from epiloop.store.reading import people
from epiloop.store.reading.people import PersonPage
from epiloop.store.scoped import Reader
from epiloop.web.acting import Acting
from epiloop.web.header import header
from epiloop.web.people.page import status_of
from epiloop.web.people.whys import Step, whys
from epiloop.web.titles import Titles

PURPOSE = "data-subject"


@dataclass(frozen=True, slots=True)
class Own:
    """What a person's own page says: the status in words, why, and the telephone of who is on duty for them.

    `ids`: theirs, and those of the registrations that were merged into it.
    """

    who: Acting
    page: PersonPage
    held: dict[str, Any]
    steps: Sequence[Step]
    phone: str
    ids: tuple[UUID, ...]


def own_of(subject: UUID, at: datetime) -> Own | None:
    """The page of a person; of the registration that goes on, if two were merged. None if there is none."""
    jurisdiction = _jurisdiction(subject)
    if jurisdiction is None:
        return None
    who = _reader(subject, Code(jurisdiction), at)
    with who.reading(Scope((Range(jurisdiction, jurisdiction + 1),))) as connection:
        page = people.person_page(connection, subject, at)
    if page is None:
        return None
    if page.person.merged_into:
        return own_of(page.person.merged_into, at)
    history = known(present.parts(), By("data-subject", PURPOSE, f"own:{subject}"), subject, at)
    entries = {entry.ref: entry for entry in history.entries}
    why = whys(explain_known(history, subject), page, entries, who)
    ids = (subject, *sorted(history.person.absorbed))
    return Own(who, page, status_of(page, Titles(who.laws), at), why.status, header(who).phone, ids)


def _jurisdiction(subject: UUID) -> int | None:
    with present.parts().pool.connection() as connection:
        row = people.person(connection, subject)
    return row.jurisdiction if row else None


def _reader(subject: UUID, jurisdiction: Code, at: datetime) -> Acting:
    """The person as a reader: an account with no grant at all, which sees by no right but its own letter's."""
    return Acting(
        account=AccountView(subject),
        login="",
        language=translation.get_language() or settings.LANGUAGE_CODE,
        zone=timezone.get_default_timezone(),
        at=at,
        jurisdiction=jurisdiction,
        reader=Reader(present.readers(), keep=False),
    )
