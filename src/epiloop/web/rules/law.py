"""The laws as adopted, seen from one jurisdiction at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from epiloop.core.jurisdictions import Code
from epiloop.rules.model import Measure, Rulebook
from epiloop.rules.regimes import Context, Regime, timeline
from epiloop.runtime import present
from epiloop.runtime.laws import Laws
from epiloop.runtime.requests.asking import laws_of
from epiloop.web.acting import Acting

NOWHERE = Code(10**15)
"""What rules are asked for when no jurisdiction is looked at: any number will do."""


@dataclass(frozen=True, slots=True)
class Law:
    """The adopted laws, and where and when they are asked about."""

    laws: Laws
    context: Context
    at: datetime

    def timeline(self, measure: str) -> tuple[Regime, ...]:
        """All versions of a measure that are known now, one after the other."""
        return timeline(measure, self.laws.adoptions, self.context, self.at)

    def names(self) -> list[str]:
        """The measures of all adopted rulebooks."""
        return sorted({name for book in self.laws.books().values() for name in book.measures})

    def measure(self, name: str) -> Measure | None:
        """A measure as the rulebook adopted last has it."""
        return next((book.measures[name] for book in self.laws.books().values() if name in book.measures), None)

    def chain(self, name: str) -> Sequence[Rulebook]:
        """The rulebook with a measure, preceded by those it overlays."""
        books = self.laws.books()
        found = [book for book in books.values() if name in book.measures]
        local = next((book for book in found if book.overlays), found[0] if found else None)
        chain: list[Rulebook] = []
        while local is not None:
            chain.insert(0, local)
            local = books.get(local.overlays)
        return chain


def law_of(who: Acting) -> Law:
    """The laws for the jurisdiction looked at."""
    laws = laws_of(present.parts())
    return Law(laws, laws.context(who.jurisdiction or NOWHERE), who.at)


def current(regimes: Sequence[Regime], at: datetime) -> Regime | None:
    """The version that holds at an instant."""
    return next((one for one in reversed(regimes) if one.start <= at), None)
