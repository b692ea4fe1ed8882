"""People and what they were told, in memory: acts go through the steps that production takes, without a database.

Checks, actions, reactions and rows are the real ones; what the database would answer is looked up in the rows.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from epiloop.core.errors import EpiloopError
from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, Draft, Entry, decode
from epiloop.ledger.port import Head
from epiloop.operations.investigation.state import Investigation
from epiloop.operations.investigation.state import fold as investigated
from epiloop.registers.people import actions as registering
from epiloop.registers.people.state import Person, fold, in_recorded_order, merged
from epiloop.runtime.acts import _unsaid
from epiloop.runtime.histories import History
from epiloop.runtime.laws import Laws
from epiloop.runtime.parting import echoes, handed, left
from epiloop.runtime.reactions import worked_out
from epiloop.runtime.requests.people import Known, telling
from epiloop.runtime.rows.people import case_rows, contact_rows
from epiloop.runtime.standing import SURE
from epiloop.store.contacts import CloserLink, Held, RingLink, SecondaryLink
from epiloop.store.tables import CaseRow, ContactRow

HERE = 4502260010010000


class _Zone:
    """The only thing that actions ask of the laws."""

    def zone(self, _where: int) -> ZoneInfo:
        return ZoneInfo("Asia/Shanghai")


LAWS = cast("Laws", _Zone())


@dataclass
class Memory:
    """Streams of people by id; `surroundings` is itself."""

    streams: dict[UUID, list[Entry]] = field(default_factory=dict)

    # --- acts ------------------------------------------------------------------------------------------------------

    def act(self, drafts: Sequence[Draft], now: datetime) -> list[Draft]:
        """One act: what is told, and what that brings about; all that was written."""
        streams = {draft.stream for draft in drafts}
        told = self.histories(streams | {one for each in streams for one in self._alone(each).absorbed})
        written = worked_out(self, _unsaid(drafts, told), told)
        for draft in _unsaid(written, self.histories({draft.stream for draft in written})):
            self._append(draft, now)
        return list(written)

    def request(self, whom: UUID, body: Body, at: datetime) -> Sequence[Draft]:
        """What a page asks for: the drafts of the capability's action. Raises EpiloopError."""
        return telling(body)[1](self.known(whom, at), body, at)

    def tell(self, whom: UUID, body: Body, at: datetime) -> bool:
        """Whether it was told; False where it was refused."""
        try:
            drafts = self.request(self.survivor(whom), body, at)
        except EpiloopError:
            return False
        self.act(drafts, at)
        return True

    def declare_same(self, survivor: UUID, other: UUID, at: datetime) -> bool:
        """Two registrations are one person."""
        try:
            drafts = registering.declare_same(self._alone(survivor), self._alone(other), at=at)
        except EpiloopError:
            return False
        self.act(drafts, at)
        return True

    def split(self, survivor: UUID, other: UUID, at: datetime) -> bool:
        """They are two people after all; as `requests.registering.split` does it."""
        one, two = self._alone(survivor), self._alone(other)
        try:
            drafts = registering.split(one, two, at=at)
        except EpiloopError:
            return False
        going = echoes(self.streams[survivor], other, self.streams[other])
        back = left(going, survivor, at, one.jurisdiction)
        self.act([*handed(going, other, two.jurisdiction), *drafts, *back], at)
        return True

    def known(self, whom: UUID, now: datetime) -> Known:
        """A person as an act finds them."""
        others = [self.streams[other] for other in sorted(self._alone(whom).absorbed)]
        person = merged(whom, self.streams[whom], *others)
        return Known(person, in_recorded_order(self.streams[whom], *others), LAWS, now)

    def survivor(self, whom: UUID) -> UUID:
        """The registration that goes on."""
        while into := self._alone(whom).merged_into:
            whom = into
        return whom

    def _alone(self, whom: UUID) -> Person:
        return fold(whom, self.streams.get(whom, ()))

    def _append(self, draft: Draft, now: datetime) -> None:
        stream = self.streams.setdefault(draft.stream, [])
        said = decode(draft.body.kind, draft.body.kind_version, draft.body.parts()[0])
        ref = EventRef(draft.stream, len(stream) + 1)
        stream.append(Entry(ref, said, draft.occurred_at, now, draft.jurisdiction, draft.source_key, None))

    # --- rows ------------------------------------------------------------------------------------------------------

    def links(self) -> list[ContactRow]:
        """The rows of contact links."""
        return [row for one in self._going_on() for row in contact_rows(*self._state(one), {})]

    def cases(self) -> list[CaseRow]:
        """The rows of cases."""
        return [row for one in self._going_on() for row in case_rows(*self._state(one), {})]

    def _going_on(self) -> Iterator[UUID]:
        return (one for one in sorted(self.streams) if not self._alone(one).merged_into)

    def _state(self, one: UUID) -> tuple[Person, Investigation]:
        known = self.known(one, datetime.max)
        return known.person, investigated(one, known.entries)

    # --- surroundings ----------------------------------------------------------------------------------------------

    def secondaries(self, sources: Collection[UUID]) -> list[SecondaryLink]:
        return [
            SecondaryLink(
                row.source,
                row.contact,
                row.link,
                row.disease,
                row.ring,
                row.last_exposure,
                row.determined_at,
                row.relation,
                row.setting,
                row.jurisdiction,
            )
            for row in self.links()
            if row.source in sources and row.ring == 2 and row.withdrawn_at is None
        ]

    def closers(self, people: Collection[UUID]) -> list[CloserLink]:
        return [
            CloserLink(row.contact, row.link, row.source, row.last_exposure, row.determined_at, row.withdrawn_at)
            for row in self.links()
            if row.contact in people and row.ring == 1 and row.link.endswith(":closer")
        ]

    def ring(self, sources: Collection[UUID], number: int) -> list[RingLink]:
        standing = [row for row in self.links() if row.ring == number and row.withdrawn_at is None]
        near = {row.contact for row in standing if row.source in sources}
        sure = {
            (row.person, row.disease) for row in self.cases() if row.discarded_at is None and row.classification in SURE
        }
        found = [row for row in standing if row.contact in near and (row.contact, row.disease) not in sure]
        return [
            RingLink(
                row.contact,
                row.link,
                row.source,
                row.disease,
                row.last_exposure,
                row.determined_at,
                row.relation,
                row.setting,
                row.jurisdiction,
            )
            for row in sorted(found, key=lambda row: (row.contact, len(row.link), row.link))
            if row.source is not None
        ]

    def held(self, people: Collection[UUID]) -> list[Held]:
        return [
            Held(row.contact, row.link, row.disease, row.withdrawn_at is None)
            for row in self.links()
            if row.contact in people and row.ring == 1
        ]

    def merged(self, people: Collection[UUID]) -> dict[UUID, UUID]:
        going_on = {self._alone(one).merged_into or one for one in people} | set(people)
        return {other: one for one in going_on for other in self._alone(one).absorbed}

    def histories(self, people: Collection[UUID]) -> dict[UUID, History]:
        return {one: self.locked(one) for one in people}

    def locked(self, person: UUID) -> History:
        stream = self.streams.get(person)
        head = Head(person, "person", len(stream), b"") if stream else None
        return History(person, "person", head, tuple(stream or ()))
