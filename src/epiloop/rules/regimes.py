"""Which version of a measure holds when: adoptions, ceilings and overlays, dates of force, and what was known.

Two times: `t`, the instant asked about, and `known_at`, what was known when asking. A version counts from the day it
was issued; an adoption from the instant it was recorded.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from epiloop.core.instants import start_of_day
from epiloop.rules.model import ExposureVersion, Measure, Rulebook, Version

V = TypeVar("V", Version, ExposureVersion)

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


def in_force(versions: Iterable[V], t: datetime, context: Context, known_at: datetime) -> V | None:
    """The version of one rulebook's rule that holds at an instant; a version for some jurisdictions goes first."""
    holding = [
        version
        for version in versions
        if start_of_day(version.issued, context.zone) <= known_at
        and start_of_day(version.in_force, context.zone) <= t
        and (version.until is None or t < start_of_day(version.until, context.zone))
        and (version.scope is None or context.jurisdiction in version.scope)
    ]
    return max(holding, key=lambda version: (version.in_force, version.scope is not None), default=None)


def governing(
    name: str, t: datetime, adoptions: Sequence[Adoption], context: Context, known_at: datetime
) -> Regime | None:
    """What a measure says at an instant, here. None: no adopted rulebook has a version of it yet."""

    def versions(book: Rulebook) -> tuple[Version, ...]:
        return book.measures[name].versions if name in book.measures else ()

    found = _held(versions, t, adoptions, context, known_at)
    if found is None:
        return None
    book, version = found
    return Regime(t, book, book.measures[name], None if version.repealed else version)


def exposure_terms(
    disease: str, t: datetime, adoptions: Sequence[Adoption], context: Context, known_at: datetime
) -> tuple[Rulebook, ExposureVersion] | None:
    """Which shared time makes a contact of a disease at an instant, here, and which rulebook says so. None: no adopted
    rulebook says so, or none any more.
    """

    def versions(book: Rulebook) -> tuple[ExposureVersion, ...]:
        return book.exposures[disease].versions if disease in book.exposures else ()

    found = _held(versions, t, adoptions, context, known_at)
    return None if found is None or found[1].repealed else found


def _held(
    versions: Callable[[Rulebook], Iterable[V]],
    t: datetime,
    adoptions: Sequence[Adoption],
    context: Context,
    known_at: datetime,
) -> tuple[Rulebook, V] | None:
    """The version that holds, and its rulebook: the local one goes before the one it overlays; when the ceiling repeals
    the rule, the local one ends too.
    """
    found: tuple[Rulebook, V] | None = None
    for book in _from_the_ceiling_down(adopted(t, adoptions, known_at), context):
        version = in_force(versions(book), t, context, known_at)
        if version is None:
            continue
        if version.repealed and not book.overlays:
            return book, version
        if not version.repealed:
            found = book, version
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
