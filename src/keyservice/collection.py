"""Whether check-ins are collected at all: decisions to go on, each for some weeks, and the end of the event.

Where the settings ask for it, days are made no further than the last renewed decision says, so collection stops by
itself (PRIVACY R18). The end destroys every day at once; only a new decision begins again. Decisions are lines of a
file that is only added to, so that anybody who may read it sees what was decided and when.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from epiloop.core.errors import N_, Broken, InvalidInput
from keyservice import lines

MOST_DAYS = 30
"""A decision lets check-ins be collected for so many days at the most."""
RENEWED, ENDED = "renewed", "ended"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, in whose words. `until`: the last day for which check-ins are collected; None for the end."""

    at: datetime
    text: str
    until: date | None

    @property
    def what(self) -> str:
        """Its kind, a word that is stored."""
        return ENDED if self.until is None else RENEWED

    def line(self) -> str:
        """The line in the file."""
        until = self.until and self.until.isoformat()
        return json.dumps({"what": self.what, "at": self.at.isoformat(), "decision": self.text, "until": until})


@dataclass(frozen=True, slots=True)
class Decisions:
    """The file of decisions, made with the first."""

    file: Path

    def all(self) -> list[Decision]:
        """All decisions in order. A line that was not written to its end was not acknowledged. Raises Broken."""
        return [_read(line, self.file) for line in lines.every(self.file)]

    def last(self) -> Decision | None:
        """The decision that holds."""
        return next(reversed(self.all()), None)

    def has_ended(self) -> bool:
        """Whether the event has ended, and nothing was decided since."""
        last = self.last()
        return last is not None and last.until is None

    def ended_on(self, zone: tzinfo) -> date:
        """The day on which the event ended last; the first day there is if it never did."""
        ends = (one.at.astimezone(zone).date() for one in self.all() if one.until is None)
        return max(ends, default=date.min)

    def renew(self, text: str, until: date, *, at: datetime, today: date) -> Decision:
        """Collect until the end of a day, at most 30 days from today. Raises InvalidInput."""
        if not today <= until <= today + timedelta(days=MOST_DAYS):
            raise InvalidInput(N_("A decision lets check-ins be collected for 1 to 30 days."), where="collection")
        return self._add(Decision(at, _said(text), until))

    def end(self, text: str, *, at: datetime) -> Decision:
        """Collection has ended. Whoever decides this destroys the days. Raises InvalidInput."""
        return self._add(Decision(at, _said(text), None))

    def last_day(self, *, renewal: bool) -> date | None:
        """The last day for which check-ins are collected; None: for none. `renewal`: whether a decision is needed."""
        last = self.last()
        if last is None:
            return None if renewal else date.max
        if last.until is None:
            return None
        return last.until if renewal else date.max

    def _add(self, decision: Decision) -> Decision:
        lines.add(self.file, decision.line())
        return decision


def _said(text: str) -> str:
    if not text.strip():
        raise InvalidInput(N_("A decision says who decided what."), where="collection")
    return " ".join(text.split())


def _read(line: str, file: Path) -> Decision:
    try:
        found: dict[str, Any] = json.loads(line)
        until = date.fromisoformat(found["until"]) if found["what"] == RENEWED else None
        return Decision(datetime.fromisoformat(found["at"]), str(found["decision"]), until)
    except (ValueError, KeyError, TypeError):
        raise Broken(N_("The record of decisions on collection is damaged."), where=str(file)) from None
