"""What the head of every page says: where, what time it is there, who is on duty, which rules are in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, Scope, short
from epiloop.rules.vocabulary import POSTS
from epiloop.store.reading import divisions
from epiloop.store.reading import header as stored
from epiloop.store.tables import DivisionRow
from epiloop.web.acting import Acting


@dataclass(frozen=True, slots=True)
class Step:
    """One jurisdiction by code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rulebook in force in the jurisdiction and since when."""

    name: str
    since: date


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a page."""

    at: datetime
    path: tuple[Step, ...] = ()
    on_duty: str = ""
    """The post on duty with its account, never a person's name; "" where nobody is on duty."""
    phone: str = ""
    rules: RulesInForce | None = None


def header(who: Acting) -> Header:
    """The head of the page for the jurisdiction looked at."""
    number = who.jurisdiction
    if number is None:
        return Header(who.at)
    with who.reading(stored.seen_by_all(number)) as connection:
        head = stored.head(connection, number, who.at, day_of(who.at, who.zone))
    duty, rules = head.on_duty, head.rules
    return Header(
        at=who.at,
        path=_path(number, head.path),
        on_duty=f"{post_name(duty.post)} {duty.account}" if duty else "",
        phone=duty.phone if duty else "",
        rules=RulesInForce(rules.rulebook, day_of(rules.since, who.zone)) if rules else None,
    )


def named(jurisdictions: Iterable[int], who: Acting) -> dict[int, str]:
    """The names of jurisdictions in the reader's language; the code where no name is known."""
    wanted = sorted({each for each in jurisdictions if each})
    learn(wanted, who)
    known = ((each, who.divisions[each]) for each in wanted)
    return {each: place_name(row) if row else short(Code(each)) for each, row in known}


def learn(jurisdictions: Iterable[int], who: Acting) -> None:
    """Look up, in one question, what this request did not ask for yet; a page that knows early what it will name says
    so here."""
    if unknown := {each for each in jurisdictions if each} - who.divisions.keys():
        with who.reading(Scope()) as connection:
            found = divisions.names(connection, unknown, day_of(who.at, who.zone))
        who.divisions.update({each: found.get(each) for each in unknown})


def below(number: Code, who: Acting) -> tuple[Step, ...]:
    """The next jurisdictions down, for the page that changes the one looked at."""
    with who.reading(Scope()) as connection:
        return _steps(divisions.children(connection, number, day_of(who.at, who.zone)))


def found(text: str, who: Acting) -> tuple[Step, ...]:
    """The jurisdictions meant by a name, pinyin, initials or code."""
    with who.reading(Scope()) as connection:
        return _steps(divisions.search(connection, text, day_of(who.at, who.zone)))


def place_name(place: DivisionRow) -> str:
    """The name of a jurisdiction in the reader's language, in the other one where only that exists."""
    chinese = (get_language() or "").startswith("zh")
    return (place.name_zh or place.name_en) if chinese else (place.name_en or place.name_zh)


def post_name(kind: str) -> str:
    """A kind of post in the reader's language, from the rules' vocabulary; the word itself if unknown."""
    english, chinese = POSTS.get(kind, (kind, kind))
    return chinese if (get_language() or "").startswith("zh") else english


def _path(number: Code, known: Iterable[DivisionRow]) -> tuple[Step, ...]:
    names = {place.code: place_name(place) for place in known}
    return tuple(Step(short(step), names.get(step, short(step))) for step in stored.path_of(number))


def _steps(rows: Iterable[DivisionRow]) -> tuple[Step, ...]:
    return tuple(Step(short(Code(row.code)), place_name(row)) for row in rows if not row.placeholder)
