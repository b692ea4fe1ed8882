"""Who looked at somebody's data, as that person may know it: when, which office, for what; never an official's name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from uuid import UUID

from django.utils.translation import gettext

from epiloop.core.instants import day_of
from epiloop.core.purposes import PURPOSES
from epiloop.core.rights import EVERYWHERE, ROLE_NAMES
from epiloop.runtime import present
from epiloop.store.models import RoleGrant
from epiloop.vault.port import Access
from epiloop.web.acting import Acting
from epiloop.web.audit.views import KINDS
from epiloop.web.header import named
from epiloop.web.titles import short_code
from epiloop.web.who import MACHINES, is_id

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A look: when, what was shown, to which office, for which purpose, and under which authorisation, "" if none.

    `times`: how often, one after the other; `at` is the last of them.
    """

    at: datetime
    what: str
    office: str
    purpose: str
    case: str
    times: int = 1


def looks(ids: Sequence[UUID], who: Acting) -> list[Look]:
    """The latest looks at a person's data under any of their ids, each once, from the log of the key service, which is
    written before anything is shown.

    Raises Unavailable while the key service is away.
    """
    vault = present.parts().vault
    each = {one.number: one for subject in ids for one in vault.accesses(subject=subject, limit=SHOWN)}
    found = [each[number] for number in sorted(each, reverse=True)[:SHOWN]]
    offices = _offices({one.asker for one in found}, who)
    return [_look(one, offices) for one in found]


def in_a_row(found: Sequence[Look], zone: tzinfo) -> list[Look]:
    """The same looks with those said once that differ in nothing but the hour: what was opened ten times is a line."""
    lines: list[Look] = []
    for one in found:
        last = lines[-1] if lines else None
        same = last and replace(one, at=last.at, times=last.times) == last
        if last and same and day_of(one.at, zone) == day_of(last.at, zone):
            lines[-1] = replace(last, times=last.times + 1)
        else:
            lines.append(one)
    return lines


def _look(one: Access, offices: dict[str, str]) -> Look:
    known = one.unit or offices.get(one.asker) or gettext(MACHINES.get(one.asker, ""))
    return Look(
        one.at,
        gettext(KINDS.get(one.kind, one.kind)),
        known or gettext("an office that is gone"),
        gettext(PURPOSES.get(one.purpose, one.purpose)),
        short_code(one.case) if one.case else "",
    )


def _offices(askers: Collection[str], who: Acting) -> dict[str, str]:
    """The office of each account: its role and the jurisdiction it holds it in."""
    ids = [UUID(asker) for asker in askers if is_id(asker)]
    grants = list(RoleGrant.objects.filter(account__in=ids).order_by("starts_at"))
    names = named([grant.jurisdiction for grant in grants if grant.jurisdiction != EVERYWHERE], who)
    return {
        str(grant.account_id): " · ".join(
            filter(None, (gettext(ROLE_NAMES[grant.role]), names.get(grant.jurisdiction, "")))
        )
        for grant in grants
    }
