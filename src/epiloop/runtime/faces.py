"""What stands over a door: names in full, and hours, from the register. A code may hold them cut, or not at all."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from epiloop.operations.checkins.codes import Claims
from epiloop.operations.checkins.presumed import Doors, kind_of, presumed_end
from epiloop.registers.places.hours import Hours, parsed
from epiloop.registers.places.queries import closing_after
from epiloop.runtime.parts import Parts
from epiloop.store import inbox as stored

FRESH_SECONDS = 60.0
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Face:
    """The names of a place and of one of its zones, its hours, and the clock on its wall."""

    names: Mapping[str, str]
    kind: str
    hours: Hours = ()
    clock: tzinfo = UTC

    def presumed_end(self, at: datetime) -> datetime:
        """When a stay that begins now presumably ends."""
        return presumed_end(at, Doors(self.kind, self.hours, self.clock)).at

    def closes(self, at: datetime) -> datetime | None:
        """When the place shuts next; None if it is shut, or nobody says when it shuts."""
        return closing_after(self.hours, at, self.clock)


class Faces:
    """The faces that somebody looked at lately, from a minute ago at the most. Several threads may use it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: dict[tuple[UUID, str], tuple[float, Face]] = {}

    def of(self, said: Claims) -> Face:
        """The face of a door whose code was believed; what the code says alone while no database answers."""
        read, known = self._known.get(said.spot, (0.0, None))
        if known is not None and time.monotonic() - read < FRESH_SECONDS:
            return known
        try:
            found = self._read(said)
        except (OperationalError, PoolTimeout):
            return known or face_of(said)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[said.spot] = time.monotonic(), found
        return found

    def _read(self, said: Claims) -> Face:
        with self._parts.pool.connection() as connection:
            row = stored.face(connection, said.place, said.zone)
            clock = self._parts.shelf.laws(connection).zone(said.jurisdiction)
        told = face_of(said)
        if row is None:
            return Face(told.names, told.kind, (), clock)
        names = {name: getattr(row, name) or told.names[name] for name in told.names}
        return Face(names, told.kind, parsed(row.hours), clock)


def face_of(said: Claims) -> Face:
    """What the code alone says."""
    names = {name: getattr(said, name) for name in ("name_zh", "name_en", "zone_zh", "zone_en")}
    return Face(names, kind_of(said.place_kind, said.zone_kind))
