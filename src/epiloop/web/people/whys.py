"""Why, in the reader's words: the steps of rules.explain with clause and the records they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from epiloop.core.instants import day_of
from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Entry
from epiloop.rules.explain import render
from epiloop.rules.plan import Why
from epiloop.rules.said import OUTCOMES
from epiloop.runtime.requests.explaining import Explained
from epiloop.store.reading.people import PersonPage
from epiloop.web import said, titles, vocabulary
from epiloop.web.acting import Acting
from epiloop.web.titles import Titles


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence, its law, and the records it rests on as (what, when)."""

    text: str
    clause: str
    source: str
    certainty: str
    records: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Whys:
    """The working of one person's page."""

    status: tuple[Step, ...]
    loops: tuple[dict[str, Any], ...]
    duties: Mapping[tuple[str, str], tuple[Step, ...]]


def whys(explained: Explained, page: PersonPage, entries: Mapping[EventRef, Entry], who: Acting) -> Whys:
    """The steps in the reader's words."""
    found = Titles(who.laws)

    def said_steps(steps: tuple[Why, ...]) -> tuple[Step, ...]:
        return _once([_step(step, entries, found, who) for step in steps])

    return Whys(
        status=said_steps(explained.status),
        loops=tuple(
            {
                "row": row,
                "title": found.measure(row.measure),
                "outcome": vocabulary.said(OUTCOMES, row.outcome),
                "open": row.closes_at is None or row.closes_at > who.at,
                "steps": said_steps(explained.loops.get(row.key, ())),
            }
            for row in page.loops
        ),
        duties={key: said_steps(steps) for key, steps in explained.duties.items()},
    )


def _in_words(text: str) -> str:
    """A message, or a word of the rules' language that stands in one."""
    return gettext(vocabulary.CLOCKS.get(text, text))


def _once(steps: list[Step]) -> tuple[Step, ...]:
    """The law is named where it changes, not in every line."""
    before = ["", *(step.source for step in steps)]
    return tuple(
        replace(s, source="", certainty="") if s.source == last else s for s, last in zip(steps, before, strict=False)
    )


def _step(step: Why, entries: Mapping[EventRef, Entry], found: Titles, who: Acting) -> Step:
    language = "zh" if titles.chinese() else "en"

    def show(value: Any) -> str:
        if isinstance(value, datetime):
            return said.said_moment(value, who.at, who.zone)
        return said.said_date(value, day_of(who.at, who.zone)) if isinstance(value, date) else str(value)

    law = step.clause
    known = [entries[ref] for ref in step.events if ref in entries]
    return Step(
        text=render(step, _in_words, language=language, show=show),
        clause=f"{law.rulebook} · {found.measure(law.measure)} · {law.version}" if law else "",
        source=((law.source_zh if titles.chinese() else law.source) or law.source) if law else "",
        certainty=law.certainty if law else "",
        records=tuple((vocabulary.said(vocabulary.EVENTS, each.body.kind), each.occurred_at) for each in known),
    )
