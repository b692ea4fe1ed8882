"""Which version of a measure holds when: adoptions, ceilings and overlays, dates of force, and what was known.

Two times: `t`, the instant asked about, and `known_at`, what was known when asking. A version counts from the day it
was issued; an adoption from the instant it was recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from epiloop.core.instants import start_of_day
from epiloop.rules.model import Measure, Rulebook, Version

EVER = datetime(1, 1, 2, tzinfo=UTC)
"""Before every instant that can be asked about."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """The act of adopting a rulebook. It counts for instants from `since` on (None: ever), known from `recorded_at`."""

    rulebook: Rulebook
    recorded_at: datetime
    since: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What is dated about a subject besides its facts: the zone of its calendar days and where it stays.

    Compared by identity, so that looking something up by context and day costs next to nothing.
    """

    zone: tzinfo
    jurisdiction: int


@dataclass(frozen=True, slots=True)
class Regime:
    """From `start` on this version of the measure holds; `version` None: there is no such measure."""

    start: datetime
    book: Rulebook
    measure: Measure
    version: Version | None


def adopted(t: datetime, adoptions: Iterable[Adoption], known_at: datetime) -> dict[str, Rulebook]:
    """The rulebooks in use at an instant, by name: of each name the one adopted last."""
    chosen: dict[str, Rulebook] = {}
    for adoption in sorted(adoptions, key=lambda one: (one.since or EVER, one.recorded_at)):
        if adoption.recorded_at <= known_at and (adoption.since or EVER) <= t:
            chosen[adoption.rulebook.name] = adoption.rulebook
    return chosen


def in_force(measure: Measure, t: datetime, context: Context, known_at: datetime) -> Version | None:
    """The version of one rulebook's measure that holds at an instant; a version for some jurisdictions goes first."""
    holding = [
        version
        for version in measure.versions
        if start_of_day(version.issued, context.zone) <= known_at
        and start_of_day(version.in_force, context.zone) <= t
        and (version.until is None or t < start_of_day(version.until, context.zone))
        and (version.scope is None or context.jurisdiction in version.scope)
    ]
    return max(holding, key=lambda version: (version.in_force, version.scope is not None), default=None)


def governing(
    name: str, t: datetime, adoptions: Sequence[Adoption], context: Context, known_at: datetime
) -> Regime | None:
    """What a measure says at an instant, here. None: no adopted rulebook has a version of it yet.

    A local rulebook goes before the one it overlays; when the ceiling repeals the measure, the local one ends too.
    """
    found: Regime | None = None
    for book in _from_the_ceiling_down(adopted(t, adoptions, known_at), context):
        measure = book.measures.get(name)
        version = in_force(measure, t, context, known_at) if measure else None
        if measure is None or version is None:
            continue
        if version.repealed and not book.overlays:
            return Regime(t, book, measure, None)
        if not version.repealed:
            found = Regime(t, book, measure, version)
    return found


def timeline(name: str, adoptions: Sequence[Adoption], context: Context, known_at: datetime) -> tuple[Regime, ...]:
    """All regimes of a measure one after the other, as far as they are known; equal neighbours are one."""
    regimes: list[Regime] = []
    for cut in _cuts(name, adoptions, context):
        now = governing(name, cut, adoptions, context, known_at)
        if now is None and regimes and regimes[-1].version is not None:
            regimes.append(Regime(cut, regimes[-1].book, regimes[-1].measure, None))
        elif now is not None and not (regimes and regimes[-1].version == now.version):
            regimes.append(now)
    return tuple(regimes)


def _cuts(name: str, adoptions: Sequence[Adoption], context: Context) -> list[datetime]:
    """Every instant at which a measure may change."""
    cuts = {adoption.since or EVER for adoption in adoptions}
    for adoption in adoptions:
        measure = adoption.rulebook.measures.get(name)
        for version in measure.versions if measure else ():
            days = [version.in_force] + ([version.until] if version.until else [])
            cuts.update(start_of_day(day, context.zone) for day in days)
    return sorted(cuts)


def _from_the_ceiling_down(books: dict[str, Rulebook], context: Context) -> list[Rulebook]:
    here = [book for book in books.values() if book.scope is None or context.jurisdiction in book.scope]
    return sorted(here, key=lambda book: (_depth(book, books), book.name))


def _depth(book: Rulebook, books: dict[str, Rulebook]) -> int:
    above = books.get(book.overlays)
    return 0 if above is None else 1 + _depth(above, books)
