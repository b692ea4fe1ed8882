"""What adopting a rulebook would change for real people, before it is adopted: for a sample, and never written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, NotFound
from epiloop.core.jurisdictions import LEVELS, Code, at_level, level
from epiloop.registers.people.state import fold as fold_person
from epiloop.registers.people.state import in_recorded_order
from epiloop.rules.loader import load, split
from epiloop.rules.model import Rulebook
from epiloop.rules.plan import Duty, DutyState, Loop, Plan
from epiloop.rules.regimes import Adoption
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.histories import History
from epiloop.runtime.histories import load as load_histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts, Pool
from epiloop.runtime.requests.asking import By, laws_of
from epiloop.store import laws as stored
from epiloop.store.ledger import PgLedger
from epiloop.store.reading.asking import Area
from epiloop.store.reading.effect import Sampled, sample
from epiloop.store.scoped import reading

RIGHT = "rules.adopt"
MOST = 1000
"""People of a sample: a few seconds of work."""
CHUNK = 250
KINDS = ("opened", "closed", "appear", "vanish", "move")


@dataclass(frozen=True, slots=True)
class Tally:
    """What changes under one measure in one jurisdiction: loops that open and close, duties that come, go and move."""

    measure: str
    jurisdiction: Code
    opened: int = 0
    closed: int = 0
    appear: int = 0
    vanish: int = 0
    move: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect on `people` people out of `of` with an open loop; `changed` of them have other loops or duties."""

    at: datetime
    people: int
    of: int
    changed: int
    tallies: tuple[Tally, ...]


def keep_draft(parts: Parts, by: By, book: Rulebook) -> str:
    """Keep a text that nobody has adopted, so that it can be looked at again by its digest; nothing follows from it."""
    by.check(RIGHT, None)
    with parts.pool.connection() as connection:
        stored.keep_text(connection, bytes.fromhex(book.digest), book.name, book.text)
    return book.digest


def draft(parts: Parts, digest: str, *, parent: Rulebook | None = None) -> Rulebook:
    """A rulebook kept before. Raises NotFound."""
    with parts.pool.connection() as connection:
        known = stored.known_text(connection, bytes.fromhex(digest))
    if known is None:
        raise NotFound(N_("There is no rulebook with this digest."), remedy=N_("Choose the files again."))
    return load(split(known), parent=parent)


def effect(
    parts: Parts, readers: Pool, by: By, area: Area, book: Rulebook, at: datetime, *, most: int = MOST
) -> Effect:
    """What people's loops and duties would be at an instant if `book` were adopted now, against what they are.

    Worked out for at most `most` people of the area who have an open loop. Nothing is written.
    """
    by.check(RIGHT, None)
    with reading(readers, by.scope(RIGHT)) as connection:
        people = sample(connection, area, min(at, parts.now()), limit=most)
    now = laws_of(parts)
    then = _adopted(now, book, min(at, parts.now()))
    counts: Counter[tuple[str, Code, str]] = Counter()
    changed = 0
    for part in (people[n : n + CHUNK] for n in range(0, len(people), CHUNK)):
        for one, before, after in _plans(parts, part, now, then):
            found = list(_differences(before, after, at))
            changed += bool(found)
            counts.update((measure, _counted_at(one.jurisdiction), kind) for measure, kind in found)
    return Effect(at, len(people), people[0].of if people else 0, changed, _tallies(counts))


def _adopted(laws: Laws, book: Rulebook, at: datetime) -> Laws:
    first = book.name not in laws.books()
    return Laws((*laws.adoptions, Adoption(book, at, None if first else at)), bytes.fromhex(book.digest))


def _plans(parts: Parts, people: Sequence[Sampled], now: Laws, then: Laws) -> Iterable[tuple[Sampled, Plan, Plan]]:
    own = _histories(parts, [one.subject for one in people])
    absorbed = {one: fold_person(one, history.entries).absorbed for one, history in own.items()}
    others = _histories(parts, set().union(*absorbed.values()))
    for one in people:
        merged = [others[other].entries for other in sorted(absorbed[one.subject])]
        facts = facts_of(in_recorded_order(own[one.subject].entries, *merged), one.subject)
        yield one, now.plan(facts, one.jurisdiction), then.plan(facts, one.jurisdiction)


def _histories(parts: Parts, people: Iterable[UUID]) -> dict[UUID, History]:
    with parts.pool.connection() as connection:
        return load_histories(PgLedger(connection), dict.fromkeys(people, "person"), lock=False)


def _differences(before: Plan, after: Plan, at: datetime) -> Iterable[tuple[str, str]]:
    """(measure, what happened) for each loop and duty that differs at the instant."""
    loops = {one.key: one.measure for plan in (before, after) for one in plan.loops}
    old, new = _open_loops(before, at), _open_loops(after, at)
    yield from ((new[key].measure, "opened") for key in new.keys() - old.keys())
    yield from ((old[key].measure, "closed") for key in old.keys() - new.keys())
    was, will = _open_duties(before, at), _open_duties(after, at)
    yield from ((loops[loop], "appear") for loop, _key in will.keys() - was.keys())
    yield from ((loops[loop], "vanish") for loop, _key in was.keys() - will.keys())
    moved = (key for key in was.keys() & will.keys() if _what(was[key]) != _what(will[key]))
    yield from ((loops[loop], "move") for loop, _key in moved)


def _open_loops(plan: Plan, at: datetime) -> dict[str, Loop]:
    return {one.key: one for one in plan.loops if one.opened_at <= at and (one.closed_at is None or one.closed_at > at)}


def _open_duties(plan: Plan, at: datetime) -> dict[tuple[str, str], Duty]:
    held = (one for one in plan.duties if at in one.valid and one.state is DutyState.OPEN)
    return {(one.loop, one.key.partition("~")[0]): one for one in held}  # "~n": the same duty under the nth regime


def _what(duty: Duty) -> tuple[object, ...]:
    """What of a duty people would notice."""
    return duty.due, duty.owner, duty.kind, duty.every


def _counted_at(jurisdiction: int) -> Code:
    """The township, or what is above it where no township is known."""
    code = Code(jurisdiction)
    return at_level(code, "township") if LEVELS.index(level(code)) > LEVELS.index("township") else code


def _tallies(counts: Mapping[tuple[str, Code, str], int]) -> tuple[Tally, ...]:
    places = sorted({(measure, place) for measure, place, _kind in counts})
    return tuple(
        Tally(measure, place, **{kind: counts.get((measure, place, kind), 0) for kind in KINDS})
        for measure, place in places
    )
