"""Pure questions about many people's investigations, over plain records that any reader can feed."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One standing case, as a reader finds it. `diagnosed` is the local day it became a case."""

    person: UUID
    disease: str
    diagnosed: date
    onset: date | None = None
    reported: date | None = None
    classification: str = "confirmed"


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """One contact link that is not withdrawn: `person` was exposed to `source`."""

    link: str
    person: UUID
    source: UUID
    disease: str
    ring: int = 1
    last_exposure: date | None = None
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class CurveDay:
    """How many cases of a day are placed there by onset, and how many by report because their onset is unknown."""

    day: date
    by_onset: int
    by_report: int


@dataclass(frozen=True, slots=True)
class Curve:
    """An epidemic curve without gaps. `onset_missing` of `total` cases are placed by report, else diagnosis."""

    days: tuple[CurveDay, ...]
    total: int
    onset_missing: int


def epidemic_curve(cases: Iterable[CaseRecord]) -> Curve:
    """Cases per day of onset; where that is unknown, per day of report, counted apart so that the chart can say so."""
    onset: Counter[date] = Counter()
    report: Counter[date] = Counter()
    for case in cases:
        if case.onset:
            onset[case.onset] += 1
        else:
            report[case.reported or case.diagnosed] += 1
    days = _span([*onset, *report])
    return Curve(
        tuple(CurveDay(day, onset[day], report[day]) for day in days), onset.total() + report.total(), report.total()
    )


def _span(days: list[date]) -> list[date]:
    if not days:
        return []
    first, last = min(days), max(days)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@dataclass(frozen=True, slots=True)
class Node:
    """One person in a transmission tree. `generation` counts from 0 at a root; `infected` is how many link to it."""

    person: UUID
    onset: date | None
    generation: int
    infected: int
    is_case: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """One exposure. `serial_interval`: days from the source's onset to this one's, None if one is unknown."""

    source: UUID
    person: UUID
    setting: str | None
    serial_interval: int | None


@dataclass(frozen=True, slots=True)
class Tree:
    """Who may have infected whom. `roots` have no known source, or are the earliest of a circle of mutual links."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    roots: tuple[UUID, ...]

    @property
    def serial_intervals(self) -> tuple[int, ...]:
        """All known serial intervals in days, ascending; negative ones (the infected fell ill first) included."""
        return tuple(sorted(edge.serial_interval for edge in self.edges if edge.serial_interval is not None))


def transmission_tree(cases: Iterable[CaseRecord], links: Iterable[LinkRecord]) -> Tree:
    """The tree of one disease's cases and links. A person with several sources stands one generation after the nearest.

    Links to people who are no cases are left out: nobody was infected there. A source that is no known case is a node.
    """
    onsets = {case.person: case.onset for case in cases}
    kept = [link for link in links if link.person in onsets and link.source != link.person]
    people = onsets | {link.source: None for link in kept if link.source not in onsets}
    generations, roots = _generations(people, kept)
    infected = Counter(source for source, _ in {(link.source, link.person) for link in kept})
    nodes = (Node(p, onset, generations[p], infected[p], p in onsets) for p, onset in people.items())
    edges = (Edge(k.source, k.person, k.setting, _days(people[k.source], people[k.person])) for k in kept)
    return Tree(tuple(nodes), tuple(edges), roots)


def _days(first: date | None, then: date | None) -> int | None:
    return (then - first).days if first and then else None


def _generations(
    people: Mapping[UUID, date | None], links: Iterable[LinkRecord]
) -> tuple[dict[UUID, int], tuple[UUID, ...]]:
    """The roots are who has no source, then circle by circle the earliest onset left; generations count from all.

    From all at once: somebody whom a circle infected too may be nearer to its first case than to any other root.
    """
    infected: defaultdict[UUID, list[UUID]] = defaultdict(list)
    has_source = set()
    for link in links:
        infected[link.source].append(link.person)
        has_source.add(link.person)
    roots = [person for person in people if person not in has_source]
    reached = dict.fromkeys(roots, 0)
    _spread(deque(roots), infected, reached)
    for person in sorted(people, key=lambda each: (people[each] or date.max, each)):
        if person not in reached:
            roots.append(person)
            reached[person] = 0
            _spread(deque([person]), infected, reached)
    generations = dict.fromkeys(roots, 0)
    _spread(deque(roots), infected, generations)
    return generations, tuple(roots)


def _spread(queue: deque[UUID], infected: Mapping[UUID, list[UUID]], generations: dict[UUID, int]) -> None:
    while queue:
        source = queue.popleft()
        for person in infected.get(source, ()):
            if person not in generations:
                generations[person] = generations[source] + 1
                queue.append(person)


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One person to ask after on a day: day `day_of` of `window` after the last exposure, with all sources."""

    person: UUID
    disease: str
    last_exposure: date
    day_of: int
    last_day: date
    sources: tuple[LinkRecord, ...]
    diagnosed: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUpList:
    """A day's follow-up: `lines` are due; `cases` would be, but are cases by then; `links` within window."""

    lines: tuple[FollowUpLine, ...]
    cases: tuple[FollowUpLine, ...]
    links: int


def follow_up_list(
    links: Iterable[LinkRecord], cases: Iterable[CaseRecord], *, disease: str, on: date, window: int
) -> FollowUpList:
    """Who is within days 1 to `window` after the last exposure on the day `on`, one line per person.

    The day of the exposure itself is day 0 and not within. Who was diagnosed on that day or before is a case by then.
    A link without a known last exposure puts nobody on the list, but is shown among the sources of whoever is on it.
    """
    diagnosed = _first_diagnosis(case for case in cases if case.disease == disease)
    by_person: defaultdict[UUID, list[LinkRecord]] = defaultdict(list)
    for link in links:
        if link.disease == disease:
            by_person[link.person].append(link)
    lines: list[FollowUpLine] = []
    became: list[FollowUpLine] = []
    count = 0
    for person, sources in by_person.items():
        within = [day for link in sources if (day := link.last_exposure) and 1 <= (on - day).days <= window]
        if not within:
            continue
        count += len(within)
        line = _line(person, sources, max(within), on, window, diagnosed.get(person))
        (became if line.diagnosed and line.diagnosed <= on else lines).append(line)
    return FollowUpList(tuple(lines), tuple(became), count)


def _line(
    person: UUID, sources: list[LinkRecord], last: date, on: date, window: int, diagnosed: date | None
) -> FollowUpLine:
    end = last + timedelta(days=window)
    return FollowUpLine(person, sources[0].disease, last, (on - last).days, end, tuple(sources), diagnosed)


def _first_diagnosis(cases: Iterable[CaseRecord]) -> dict[UUID, date]:
    first: dict[UUID, date] = {}
    for case in cases:
        first[case.person] = min(case.diagnosed, first.get(case.person, case.diagnosed))
    return first


def exposure_unknown(links: Iterable[LinkRecord]) -> tuple[LinkRecord, ...]:
    """Links whose last exposure must be found out: without it no rule can count days."""
    return tuple(link for link in links if link.last_exposure is None)
