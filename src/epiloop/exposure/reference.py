"""The obvious algorithm: everybody against everybody at each place. Slow, and what the fast one has to agree with.

Two people share time at a place as a set of seconds. *Together*: seconds in which both were there. *After*: seconds in
which the contact was there within the lag after the source had left, and which are not together. A second counts
once, however many records say it; so a check-in recorded twice, or a stay told in two pieces, changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from epiloop.exposure.contacts import Contact, Reason, Rings, Shared, Stretch, Traced, onward, ranked
from epiloop.exposure.terms import Setting, Terms
from epiloop.exposure.visits import Visit

Spans = list[tuple[int, int]]
"""Half-open stretches of seconds; sorted and apart where `union` made them."""


def trace(visits: Sequence[Visit], cases: Sequence[Traced], terms: Terms, *, second_until: int | None = None) -> Rings:
    """Ring 1 of the cases, and ring 2 if somebody says until when those of ring 1 may have met others (seconds; now, or
    when they were isolated). Raises InvalidInput where the clause has no ring 2.
    """
    second = 0 if second_until is None else terms.threshold(2)
    first = _contacts(visits, cases, terms, terms.first)
    if second_until is None:
        return Rings(first)
    inside = {one.person for one in cases} | {one.person for one in first}
    found = _contacts(visits, onward(cases, first, terms.latency, second_until), terms, second)
    return Rings(first, tuple(contact for contact in found if contact.person not in inside))


def explain(visits: Iterable[Visit], source: Traced, person: int, terms: Terms) -> tuple[Stretch, ...]:
    """Each stretch of time that `person` was exposed to `source` at places that count, in order of time."""
    there = list(visits)
    theirs = [visit for visit in there if visit.person == person]
    stretches: list[Stretch] = []
    for mine in _by_place(within(there, source)):
        met = [visit for visit in theirs if visit.place == mine[0].place]
        setting = terms.setting(mine[0].kind)
        if _shared(mine, met, setting).points:
            stretches += _stretches(mine, met, setting)
    return tuple(sorted(stretches))


def within(visits: Iterable[Visit], source: Traced) -> list[Visit]:
    """The visits of somebody traced, cut to the window; those outside of it are left out."""
    return [
        replace(visit, entered=max(visit.entered, source.since), left=min(visit.left, source.until))
        for visit in visits
        if visit.person == source.person and max(visit.entered, source.since) < min(visit.left, source.until)
    ]


def _contacts(visits: Sequence[Visit], sources: Iterable[Traced], terms: Terms, threshold: int) -> tuple[Contact, ...]:
    people, places = _grouped(visits, lambda visit: visit.person), _grouped(visits, lambda visit: visit.place)
    found = (
        contact
        for source in sources
        for contact in _contacts_of(source, within(people.get(source.person, ()), source), places, terms)
    )
    return ranked(contact for contact in found if contact.points >= threshold)


def _grouped(visits: Iterable[Visit], key: Callable[[Visit], int]) -> dict[int, list[Visit]]:
    groups: dict[int, list[Visit]] = {}
    for visit in visits:
        groups.setdefault(key(visit), []).append(visit)
    return groups


def _contacts_of(
    source: Traced, visits: Iterable[Visit], places: Mapping[int, Sequence[Visit]], terms: Terms
) -> Iterator[Contact]:
    shared: dict[int, list[tuple[Shared, Spans]]] = {}
    for mine in _by_place(visits):
        setting = terms.setting(mine[0].kind)
        for person, theirs in _grouped(places[mine[0].place], lambda visit: visit.person).items():
            one = _shared(mine, theirs, setting)
            if person != source.person and one.points:
                spans = together(mine, theirs, setting) + after(mine, theirs, setting)
                shared.setdefault(person, []).append((one, spans))
    for person, places_met in shared.items():
        points, when = sum(one.points for one, _ in places_met), [span for _, spans in places_met for span in spans]
        first, last = min(start for start, _ in when), max(end for _, end in when) - 1
        yield Contact(source.person, person, points, first, last, tuple(one for one, _ in places_met))


def _by_place(mine: Iterable[Visit]) -> list[list[Visit]]:
    """Visits by place. The first one says what kind of place it is, should they differ."""
    ordered = sorted(mine, key=lambda visit: (visit.place, visit.entered, visit.left, visit.kind))
    return [list(visits) for _, visits in groupby(ordered, key=lambda visit: visit.place)]


def _shared(mine: Sequence[Visit], theirs: Sequence[Visit], setting: Setting) -> Shared:
    joint, later = length(together(mine, theirs, setting)), length(after(mine, theirs, setting))
    return Shared(mine[0].place, mine[0].kind, joint, later, setting.points(joint, later))


def together(mine: Iterable[Visit], theirs: Sequence[Visit], setting: Setting) -> Spans:
    """When both were there, on seats near enough."""
    return union(
        (max(one.entered, other.entered), min(one.left, other.left))
        for one in mine
        for other in theirs
        if setting.near(one.row, other.row)
    )


def after(mine: Sequence[Visit], theirs: Sequence[Visit], setting: Setting) -> Spans:
    """When the other one was there within the lag after I had left, and we were not together."""
    lagging = union(
        (max(one.left, other.entered), min(one.left + setting.lag, other.left))
        for one in mine
        for other in theirs
        if setting.near(one.row, other.row)
    )
    return without(lagging, together(mine, theirs, setting))


def _stretches(mine: Sequence[Visit], theirs: Sequence[Visit], setting: Setting) -> Iterable[Stretch]:
    told = (
        (Reason.TOGETHER, together(mine, theirs, setting), setting.weight),
        (Reason.AFTER, after(mine, theirs, setting), setting.lag_weight),
    )
    for reason, spans, weight in told:
        for start, end in spans:
            behind = [
                *_behind(mine, start - (setting.lag if reason is Reason.AFTER else 0), end),
                *_behind(theirs, start, end),
            ]
            known_from = tuple(sorted({visit.source for visit in behind}))
            presumed = any(visit.presumed for visit in behind)
            points = (end - start) * weight
            yield Stretch(start, end, mine[0].place, mine[0].kind, reason, points, known_from, presumed)


def _behind(visits: Iterable[Visit], start: int, end: int) -> list[Visit]:
    return [visit for visit in visits if visit.entered < end and visit.left > start]


def union(spans: Iterable[tuple[int, int]]) -> Spans:
    """The same seconds, each once: stretches in order and apart. Empty ones vanish."""
    whole: Spans = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if whole and start <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(whole[-1][1], end)
        else:
            whole.append((start, end))
    return whole


def without(spans: Spans, taken: Spans) -> Spans:
    """The seconds of `spans` that are not in `taken`."""
    for low, high in taken:
        spans = [piece for start, end in spans for piece in ((start, min(end, low)), (max(start, high), end))]
        spans = [(start, end) for start, end in spans if start < end]
    return spans


def length(spans: Spans) -> int:
    """Seconds in all."""
    return sum(end - start for start, end in spans)
