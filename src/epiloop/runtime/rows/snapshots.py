"""What a subject's history tells the rules, and what of that decides the rows of its plan.

A snapshot is small, holds no detail in clear and depends on no law: with a pattern made of another subject alike it
gives the rows, so that a rule change need not read anybody's events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from struct import pack, unpack
from typing import NamedTuple
from uuid import UUID

from epiloop.operations.duties.state import Risen
from epiloop.rules.alike import NAMES, likeness
from epiloop.rules.facts import Fact
from epiloop.rules.moments import micros
from epiloop.runtime.rows.plans import Whose
from epiloop.store.tables import SnapshotRow

Steps = Mapping[tuple[str, str, int], Risen]
LIKENESS_BYTES = 16


class Snapshot(NamedTuple):
    """A subject as patterns see it: its own values, and a digest of all that it has in common with those alike.

    `instants` are those of its facts in recorded order, then of the first rungs its duties have gone up, by duty;
    microseconds since 1970.
    """

    subject: UUID
    jurisdiction: int
    employer: UUID | None
    likeness: bytes
    instants: tuple[int, ...]

    def row(self) -> SnapshotRow:
        """As it is kept."""
        return SnapshotRow(*self[:4], instants=pack(f"!{len(self.instants)}q", *self.instants))


@dataclass(frozen=True)
class Told:
    """All of a subject that its plan is worked out from: whose it is, the facts, how far duties have gone up."""

    whose: Whose
    facts: Sequence[Fact]
    steps: Steps

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """None if the facts' order is their own, as when streams were merged."""
        found = likeness(self.facts, NAMES)
        if found is None:
            return None
        said = repr((self.whose.kind, found[0], sorted(self.steps)))
        digest = blake2b(said.encode(), digest_size=LIKENESS_BYTES).digest()
        instants = (*found[1], *(micros(step.at) for step in first_rungs(self.steps)))
        return Snapshot(self.whose.subject, self.whose.jurisdiction, self.whose.employer, digest, instants)


def first_rungs(steps: Steps) -> list[Risen]:
    """The steps whose instants count on the board, in order of their duties."""
    return [steps[key] for key in sorted(steps) if key[2] == 1]


def read(row: SnapshotRow) -> Snapshot:
    """The snapshot that was kept."""
    return Snapshot(*row[:4], instants=unpack(f"!{len(row.instants) // 8}q", row.instants))
