"""What a page is asked about: the jurisdiction looked at, narrowed to what the right reaches, and the filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import Code, Range, Scope, code, range_of, short
from epiloop.rules.plan import Line
from epiloop.rules.vocabulary import POSTS
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.reading.board import Day, day_around
from epiloop.web.acting import Acting

FILTERS = ("line", "measure", "owner", "jurisdiction", "lateness", "state", "escalated", "code", "unit")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address. `number` is the jurisdiction asked about, `area` what of it the right reaches."""

    who: Acting
    right: str
    words: Mapping[str, str] = field(default_factory=dict)
    number: Code | None = None
    area: Scope = EVERYWHERE

    @property
    def day(self) -> Day:
        """The calendar day around the request's instant."""
        return day_around(self.who.at, self.who.zone)

    def get(self, name: str) -> str | None:
        """One filter; None where it is not set."""
        return self.words.get(name) or None

    def unit(self) -> UUID | None:
        """The unit asked for. Raises InvalidInput."""
        given = self.get("unit")
        try:
            return UUID(given) if given else None
        except ValueError as wrong:
            raise _unknown("unit", str(given)) from wrong

    def owner_code(self) -> int | None:
        """The jurisdiction of the owner's post."""
        given = self.get("code")
        return code(given) if given else None

    def link(self, path: str, **changed: str | None) -> str:
        """The address of a list with these filters kept, some changed."""
        words = {name: value for name, value in {**self.words, **changed}.items() if value}
        return f"{path}?{urlencode(words)}" if words else path


def asked(request: HttpRequest, who: Acting, right: str) -> Asked:
    """Read the filters of an address. Raises InvalidInput for a word that is none."""
    words = {name: value for name in FILTERS if (value := request.GET.get(name, "").strip())}
    _check(words, "line", set(Line))
    _check(words, "owner", POSTS)
    chosen = words.get("jurisdiction")
    number = code(chosen) if chosen else who.jurisdiction
    reach = who.scope(right)
    return Asked(who, right, words, number, meet(reach, range_of(number)) if number else reach)


def meet(scope: Scope, part: Range) -> Scope:
    """What of a scope lies inside one range."""
    cut = (Range(max(one.low, part.low), min(one.high, part.high)) for one in scope.ranges)
    return Scope(tuple(sorted({one for one in cut if one.low < one.high})))


def short_or_none(number: int | None) -> str | None:
    """A jurisdiction's code for an address."""
    return short(Code(number)) if number else None


def _check(words: Mapping[str, str], name: str, known: Any) -> None:
    if name in words and words[name] not in known:
        raise _unknown(name, words[name])


def _unknown(name: str, value: str) -> InvalidInput:
    return InvalidInput(
        N_("%(value)s is not a choice for the filter %(name)s."),
        remedy=N_("Choose from the list."),
        value=repr(value),
        name=name,
    )
