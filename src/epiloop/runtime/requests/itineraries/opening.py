"""Itineraries read: logged by the key service first, then opened with the keys it gives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from epiloop.core.errors import NotFound, Refused
from epiloop.core.instants import ONE_DAY, Interval, instant
from epiloop.ledger.events import Entry, decode
from epiloop.operations.itineraries.events import StopTold, StopWithdrawn
from epiloop.operations.itineraries.state import Itinerary, fold
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.knowing import known
from epiloop.runtime.requests.people import Known
from epiloop.runtime.requests.tracing.windows import window_of
from epiloop.vault.sealing import unseal

READ = WRITE = "case.write"
"""Who investigates opens an itinerary; who may only see that somebody is a case, as keepers of rules may, does not."""
PURPOSE = "case-investigation"
WITHOUT_CASE = timedelta(days=14)
"""How far back somebody is asked who is no case: the longest incubation that matters."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A person with the itinerary as told so far, and the time in which it matters whom they met."""

    known: Known
    itinerary: Itinerary
    window: Interval

    @property
    def zone(self) -> tzinfo:
        """The zone of the person's calendar days."""
        return self.known.laws.zone(self.known.jurisdiction)


def seen(parts: Parts, by: By, person: UUID, at: datetime) -> Seen:
    """A person's itinerary, opened. Raises NotFound, NotAllowed, Unavailable when the key service does not answer:
    then nothing is shown.
    """
    one = known(parts, by, person, at)
    by.check_person(READ, one.jurisdiction)
    return Seen(one, fold(person, opened(parts, by, one.entries)), window(one))


def opened(parts: Parts, by: By, entries: Iterable[Entry]) -> list[Entry]:
    """What was told of an itinerary, with its sealed parts. What was erased is left out."""
    mine = [entry for entry in entries if isinstance(entry.body, StopTold | StopWithdrawn)]
    if not mine:
        return []
    streams = sorted({entry.ref.stream for entry in mine})
    keys = parts.vault.unlock(streams, asker=by.actor, purpose=by.purpose)
    return [_opened(entry, keys[entry.ref.stream]) for entry in mine if entry.ref.stream in keys]


def window(one: Known) -> Interval:
    """From when until when it matters whom the person met: as a search for the contacts of a case asks, at least a day;
    of somebody who is no case, or where no clause says it, the last two weeks.
    """
    try:
        found = window_of(one)
    except (NotFound, Refused):
        return Interval(instant(one.now - WITHOUT_CASE), instant(one.now))
    return Interval(found.since, max(found.until, found.since + ONE_DAY))


def _opened(entry: Entry, key: bytes) -> Entry:
    """The entry with its secret fields."""
    if entry.sealed is None:
        return entry
    kind, version = entry.body.kind, entry.body.kind_version
    secret = unseal(entry.sealed, key, stream=entry.ref.stream, kind=kind)
    stored = {"stop": str(entry.body.stop)} if isinstance(entry.body, StopTold | StopWithdrawn) else {}
    return entry._replace(body=decode(kind, version, {**stored, **secret}))
