"""The calls about cases: whose key may sign, what may be opened, and opening it.

Whatever opens something first checks everything by itself and commits an entry of the log (PRIVACY R11); people are
shown only after a second entry, which names them, is committed too. If either fails, nothing is shown. Nor is anything
if the authorisation was withdrawn while it was searched: with the last entry it is looked at once more.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, cast
from uuid import UUID

from epiloop.core.errors import N_, NotAllowed
from epiloop.core.instants import ONE_DAY
from epiloop.exposure import load_terms
from epiloop.exposure.visits import NO_SEAT, Source, moment, seconds
from epiloop.vault import results
from epiloop.vault.answers import DayCount, Grant, MetPerson, Signer, TraceAnswer, Visits, steps_of
from epiloop.vault.grants import Authorisation, GrantKind
from epiloop.vault.identities import check_asked
from epiloop.vault.port import Identity
from epiloop.vault.reach import Reach, ReachKind, known_of
from epiloop.vault.results import Found
from epiloop.vault.signatures import PublicKey, Signature
from epiloop.vault.visits import NO_ROW
from keyservice import checking, enrolment
from keyservice.accesslog import Look, record
from keyservice.attestations import PURPOSE, Attestations
from keyservice.database import Connection, Pool, transaction
from keyservice.destroyed import DayTold
from keyservice.enrolment import Enrolled
from keyservice.grants import Grants
from keyservice.statements import statement
from keyservice.tracing import Answer, Case, Met, SealedDays, Told
from keyservice.visited import Days, visits_of
from keyservice.whois import WhoIs


@dataclass(frozen=True, slots=True)
class Around:
    """What the calls need: the sealed days, the clock, the jurisdiction's, and whether a call may let a key in. `gaps`:
    the days of which files are missing.
    """

    days: Days
    clock: Callable[[], datetime]
    zone: tzinfo
    enrol_open: Callable[[], bool]
    told: Callable[[], Mapping[date, DayTold]] = dict
    gaps: Callable[[], Collection[date]] = tuple
    randomness: Callable[[int], bytes] = os.urandom


class Cases:
    """The calls, under the names of `epiloop.vault.cases`. Safe to use from several threads."""

    def __init__(self, pool: Pool, master: bytes, around: Around) -> None:
        self._pool, self._around = pool, around
        self._who = WhoIs(pool, master)
        self._grants = Grants(master, around.randomness)
        self._results = Attestations(master, around.randomness, self._who.token)

    # Keys

    def enrol(self, key: PublicKey, person: str, unit: str) -> bool:
        """See `CaseCalls.enrol`."""
        now, opened = self._around.clock(), self._around.enrol_open()
        one = Enrolled(key, "person", person, unit, now if opened else None, now + enrolment.ENROLLED_FOR)
        with transaction(self._pool) as connection:
            (enrolment.enrol if opened else enrolment.ask)(connection, one)
        return opened

    def signers(self, person: str) -> list[Signer]:
        """See `CaseCalls.signers`."""
        with transaction(self._pool) as connection:
            return enrolment.signers(connection, person, self._around.clock())

    # What laboratories say

    def attest(self, text: bytes, signature: Signature) -> UUID:
        """See `CaseCalls.attest`."""
        told, now = results.read(text), self._around.clock()
        meant = self._who.meant(told.person) if told.found is Found.WITHDRAWN else {}
        with transaction(self._pool) as connection:
            number = self._results.attest(connection, text, signature, now)
            for subject, codes in meant.items():
                if checking.found_of(self._results.of(connection, codes, now), now) in (None, Found.WITHDRAWN):
                    ended = {"subject": subject, "by": told.laboratory, "at": now}
                    connection.execute(statement("end_unfounded"), ended)
        return number

    def attested(self, subject: UUID, asker: str) -> str:
        """See `CaseCalls.attested`."""
        check_asked(asker, PURPOSE)
        now = self._around.clock()
        with transaction(self._pool) as connection:
            record(connection, Look("attest", asker, PURPOSE, [subject]), now)
        codes = self._who.attested(subject)
        with transaction(self._pool) as connection:
            found = checking.found_of(self._results.of(connection, codes, now), now)
        return found.value if found else ""

    # Authorisations

    def propose(self, text: bytes, signature: Signature) -> UUID:
        """See `CaseCalls.propose`."""
        with transaction(self._pool) as connection:
            return self._grants.propose(connection, text, signature, self._around.clock())

    def approve(self, grant: UUID, signature: Signature) -> datetime:
        """See `CaseCalls.approve`."""
        with transaction(self._pool) as connection:
            return self._grants.approve(connection, grant, signature, self._around.clock())

    def withdraw(self, grant: UUID, asker: str) -> None:
        """See `CaseCalls.withdraw`."""
        with transaction(self._pool) as connection:
            self._grants.withdraw(connection, grant, asker, self._around.clock())

    def text(self, grant: UUID, asker: str) -> bytes:
        """See `CaseCalls.text`."""
        with transaction(self._pool) as connection:  # committed with the entry, or nothing is shown
            return self._grants.read(connection, grant, asker, self._around.clock())

    def grants(self, limit: int) -> list[Grant]:
        """See `CaseCalls.grants`."""
        with transaction(self._pool) as connection:
            return self._grants.listed(connection, limit, self._around.clock())

    def review(self, grant: UUID, signature: Signature, justified: bool) -> None:  # noqa: FBT001 - as it travels
        """See `CaseCalls.review`."""
        with transaction(self._pool) as connection:
            self._grants.review(connection, grant, signature, self._around.clock(), justified=justified)

    def counts(self, after: date | None = None) -> list[DayCount]:
        """See `CaseCalls.counts`."""
        with transaction(self._pool) as connection:
            rows = connection.execute(statement("counted"), {"after": after or date.min}).fetchall()
        counted = {day: _count(day, numbers) for day, *numbers in rows}
        for day, one in self._around.told().items():
            if day > (after or date.min):
                counted[day] = replace(counted.get(day, DayCount(day)), kept=one.kept, destroyed=one.destroyed)
        return [counted[day] for day in sorted(counted)]

    # Opening

    def trace(self, grant: UUID, asker: str) -> TraceAnswer:
        """See `CaseCalls.trace`."""
        given, now = self._checked(grant, asker), self._around.clock()
        if given.kind is not GrantKind.TRACE:
            raise NotAllowed(N_("This authorisation opens the visits of one person, and no contacts."))
        attested = self._who.attested(given.subject)
        with transaction(self._pool) as connection:
            confirmed = checking.is_confirmed(self._results.of(connection, attested, now), now)
        number = self._open(given, asker, [given.subject])
        found = self._search(given, self._who.codes(given.subject))
        self._count(number, found.opened)
        met = found.met
        people = self._people(met) if confirmed else ()
        self._show(given, asker, number, met if people else ())
        rings = [one.ring for one in met]
        minutes = steps_of(one.together + one.after for one in met)
        gaps = self._gaps(given, given.second_until or given.until)
        return TraceAnswer(people, rings.count(1), rings.count(2), minutes, prepared=not confirmed, gaps=gaps)

    def history(self, grant: UUID, asker: str) -> Visits:
        """See `CaseCalls.history`."""
        given = self._checked(grant, asker)
        if not checking.opens_visits(given):
            raise NotAllowed(N_("This authorisation opens contacts, and not the visits of one person."))
        self._open(given, asker, [given.subject])
        window = seconds(given.since), seconds(given.until)
        found = visits_of(self._around.days, self._who.sole(given.subject), window, given.kinds)
        with transaction(self._pool) as connection:
            self._check_still(connection, given, asker)
        return Visits(found, self._gaps(given, given.until))

    def _gaps(self, given: Authorisation, until: datetime) -> tuple[date, ...]:
        """The days that were looked at and of which files are missing; the day before is looked at, too."""
        first, last = (at.astimezone(self._around.zone).date() for at in (given.since - ONE_DAY, until))
        return tuple(sorted(day for day in self._around.gaps() if first <= day <= last))

    def _checked(self, grant: UUID, asker: str) -> Authorisation:
        with transaction(self._pool) as connection:
            return checking.check_open(self._grants.standing(connection, grant), asker, self._around.clock())

    def _check_still(self, connection: Connection, given: Authorisation, asker: str) -> None:
        """Raise as `_checked` if it opens nothing any more; until the transaction ends nobody withdraws it."""
        checking.check_open(self._grants.standing(connection, given.id, held=True), asker, self._around.clock())

    def _open(self, given: Authorisation, asker: str, subjects: Sequence[UUID]) -> int:
        """The entry in the log, and that the authorisation was used; committed, or nothing is opened."""
        now = self._around.clock()
        with transaction(self._pool) as connection:
            self._check_still(connection, given, asker)
            self._log(connection, given, asker, subjects, now)
            row = connection.execute(statement("open"), {"id": given.id, "at": now, "asker": asker}).fetchone()
        assert row is not None
        return int(row[0])

    def _count(self, number: int, rows: int) -> None:
        """How many sealed messages a search opened, beside its opening."""
        with transaction(self._pool) as connection:
            connection.execute(statement("searched"), {"number": number, "rows": rows})

    def _show(self, given: Authorisation, asker: str, number: int, met: Collection[Met]) -> None:
        """The entry that names everybody who is about to be shown; none if nobody is named."""
        ids = [self._who.log_id(one.person) for one in met]
        with transaction(self._pool) as connection:
            self._check_still(connection, given, asker)
            if ids:
                self._log(connection, given, asker, ids, self._around.clock())
                connection.execute(statement("shown"), {"number": number, "people": len(ids)})

    def _log(
        self, connection: Connection, given: Authorisation, asker: str, subjects: Sequence[UUID], now: datetime
    ) -> None:
        record(connection, Look(given.kind.value, asker, given.purpose, subjects, given.unit, given.id), now)

    def _search(self, given: Authorisation, codes: tuple[bytes, ...]) -> Answer:
        until = None if given.second_until is None else seconds(given.second_until)
        return SealedDays(*self._around.days()).trace(
            [Case(codes, seconds(given.since), seconds(given.until))],
            load_terms(given.terms or {}),
            places=given.kinds,
            second_until=until,
            same=self._who.same,
            told=_told(given),
        )

    def _people(self, met: Sequence[Met]) -> tuple[MetPerson, ...]:
        known = self._who.identities([who for one in met if isinstance(who := known_of(one.person), UUID)])
        return tuple(_person(one, known, self._around.zone) for one in met)


def _count(day: date, numbers: Sequence[Any]) -> DayCount:
    return DayCount(day, *[cast("Any", int(one)) for one in numbers])


def _told(given: Authorisation) -> list[Told]:
    return [
        Told(
            0,
            one.zone,
            one.kind,
            seconds(one.entered),
            seconds(one.left),
            Source(one.source),
            NO_SEAT if one.row == NO_ROW else one.row,
        )
        for one in given.told
    ]


def _person(one: Met, known: dict[UUID, Identity], zone: tzinfo) -> MetPerson:
    who = known_of(one.person)
    identity = known.get(who, Identity()) if isinstance(who, UUID) else Identity()
    phones = (who.text,) if isinstance(who, Reach) and who.kind is ReachKind.PHONE else identity.phones
    first, last = (moment(at).astimezone(zone).date() for at in (one.first, one.last))
    kinds = tuple(kind for kind, *_minutes in one.kinds)
    times = one.together, one.after, first, last
    return MetPerson(one.person, one.ring, *times, kinds, identity.name, phones, one.via, one.doubtful)
