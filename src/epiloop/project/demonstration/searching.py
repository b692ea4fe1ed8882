"""What contact searches need in the demonstration: a laboratory that signs positives, check-ins around the cases."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

from epiloop.core.errors import EpiloopError
from epiloop.project.demonstration.meetings import KINDS, Outing, Place, meetings
from epiloop.runtime.collecting import Keeper, collect, keep_days
from epiloop.runtime.inbox import seal_visits
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.tracing.asking import window
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.vault import results
from epiloop.vault.port import Identity
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.results import Found, LaboratoryResult
from epiloop.vault.signatures import signed
from epiloop.vault.visits import Said

WHO = "demonstration"
LABORATORY = "county-laboratory"
PURPOSE = "case-investigation"


def check_ins(parts: Parts, seed: int) -> int:
    """Made-up visits around all open cases, sealed into the inbox; how many."""
    places = [Place(*row) for row in _rows(parts, "public_places", {"kinds": list(KINDS)})]
    people = [row[0] for row in _rows(parts, "some_people", {})]
    now = parts.now()
    said = [
        one
        for outing in _outings(parts, [row[0] for row in _rows(parts, "standing_cases", {})], now)
        for one in meetings(outing, places, people, seed=seed, now=now)
    ]
    _hand_in(parts, said)
    return len(said)


def _hand_in(parts: Parts, said: Sequence[Said]) -> None:
    """Through the inbox to the key service, as what a gate took goes there minute by minute."""
    keeper = cast("Keeper", parts.vault)
    keep_days(parts, keeper, now=parts.now())
    with parts.pool.connection() as connection:
        seal_visits(parts, connection, said)
    collect(parts, keeper)


def positives(parts: Parts, laboratory: bytes) -> int:
    """The laboratory signs the positives of the open cases: confirmed ones, but for the last, a first positive only."""
    cases = _rows(parts, "standing_cases", {})
    known = parts.vault.reveal([row[0] for row in cases], asker=WHO, purpose="testing")
    attested = 0
    for number, (person, sample, taken_at) in enumerate(cases, start=1):
        found = Found.POSITIVE if number == len(cases) > 1 else Found.CONFIRMED
        code = _code(known.get(person, Identity()))
        if code is not None:
            text = results.write(LaboratoryResult(LABORATORY, sample, taken_at, found, code))
            desk_of(parts).attest(text, signed(text, laboratory))
            attested += 1
    return attested


def _code(known: Identity) -> bytes | None:
    if known.documents:
        return code_of(ReachKind.DOCUMENT, known.documents[0][1])
    return code_of(ReachKind.PHONE, known.phones[0]) if known.phones else None


def _outings(parts: Parts, cases: Sequence[UUID], now: datetime) -> Iterator[Outing]:
    """When each case may have exposed others, by the rules that hold."""
    for person in cases:
        try:
            found = window(parts, By(WHO, PURPOSE, f"{WHO}:{person}"), person, now)
        except EpiloopError:
            continue  # a case of something that no rulebook has terms for
        yield Outing(person, found.since, found.until)


def _rows(parts: Parts, query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    text = files("epiloop.project").joinpath("sql", f"{query}.sql").read_bytes()
    with parts.pool.connection() as connection:
        return connection.execute(text, asked).fetchall()
