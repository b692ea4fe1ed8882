"""A small town with a case: who is who, who was where, who signs; for tests of what may be opened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from tests.keyservice.sealing import CLOCK, held, name

from epiloop.exposure import decode
from epiloop.vault import grants, results
from epiloop.vault.grants import Authorisation, GrantKind
from epiloop.vault.port import Identity
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.results import Found, LaboratoryResult
from epiloop.vault.signatures import Signature, public_of, signed
from epiloop.vault.visits import Kind, Said, kind_number
from keyservice import enrolment
from keyservice.blocks import block
from keyservice.cases import Around, Cases
from keyservice.database import Pool, transaction
from keyservice.enrolment import Enrolled
from keyservice.stored import stored

NOW = datetime(2022, 7, 5, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = int(datetime(2022, 7, 4, 12, tzinfo=CLOCK).timestamp())
MASTER = bytes(range(32))
CASE, FRIEND, CHILD, STRANGER = (UUID(f"0198{n:04x}-0000-7000-8000-00000000000{n}") for n in range(1, 5))
TOWN = 450203001001_0000 // 1
PEOPLE = {
    CASE: Identity("张伟", (("id-card", "11010519491231002X"),), ("13812345678", "07722345678")),
    FRIEND: Identity("王小明", (("passport", "E12345678"),), ("13900000001",)),
    CHILD: Identity("张小伟", (), ("07722345678",)),
    STRANGER: Identity("李四", (), ("13700000007",)),
}
VISITOR, PASSER = "13600000009", "13500000008"
ZONE, HOME = name(2001), name(2002)
LAW = {"clause": "a test", "window_days": 2, "ring_1": {"minutes": 15}, "kinds": {}}
STAFF = {"maker": "centre", "colleague": "centre", "approver": "office", "judge": "court", "inspector": "bureau"}


def phone(number: str) -> bytes:
    return code_of(ReachKind.PHONE, number)


def stay(visit: int, code: bytes, start: int, minutes: float, zone: bytes = ZONE) -> Said:
    until = NOON + start * 60 + int(minutes * 60)
    return Said(name(visit), Kind.OUT, NOON + start * 60, until, zone, code, kind_number("shop"))


VISITS = [
    stay(1, phone("13812345678"), 0, 60),
    stay(2, phone("13900000001"), 0, 10),
    stay(3, FRIEND.bytes, 40, 10),
    stay(4, phone(VISITOR), 30, 15),
    stay(5, phone(PASSER), 0, 14.9),
    stay(6, STRANGER.bytes, 0, 60, HOME),
]
KEYS = held()


def blocks(said: Iterable[Said] = VISITS):
    rows = stored(said, KEYS, CLOCK)
    return {day: [decode(block([row for row in rows if row.day == day]))] for day in KEYS}


class Clock:
    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def private(who: str) -> bytes:
    return sha256(who.encode()).digest()


def sign(who: str, text: bytes) -> Signature:
    return signed(text, private(who))


def enrol(pool: Pool, *, since: datetime = NOW - 30 * DAY, until: datetime = NOW + 300 * DAY) -> None:
    with transaction(pool) as connection:
        for who, unit in STAFF.items():
            enrolment.enrol(connection, Enrolled(public_of(private(who)), "person", who, unit, since, until))
        laboratory = Enrolled(public_of(private("central lab")), "laboratory", "central lab", "", since, until)
        enrolment.enrol(connection, laboratory)


def service(pool: Pool, clock: Clock, *, days=None, enrol_open: bool = False, gaps=tuple) -> Cases:
    there = blocks() if days is None else None
    return Cases(pool, MASTER, Around(days or (lambda: (there, KEYS)), clock, CLOCK, lambda: enrol_open, gaps=gaps))


def authorisation(kind: str = "trace", number: int = 1, at: datetime = NOW, **parts: object) -> Authorisation:
    """One that is in order, but for what is given."""
    ends = HOUR if kind == "break-glass" else 3 * DAY
    own = {
        "trace": {"terms": LAW, "version": "1", "digest": bytes(32)},
        "history": {},
        "legal-order": {
            "purpose": "data-export",
            "statute": "ihr-2005-45",
            "authority": "National IHR Focal Point",
            "reference": "2022/17",
        },
        "break-glass": {"reason": "cannot wait"},
    }[kind]
    usual = {
        "id": UUID(int=number << 64 | 1 << 63),
        "subject": CASE,
        "since": at - 3 * DAY,
        "until": at,
        "staff": ("maker",),
        "creator": "maker",
        "unit": "centre",
        "purpose": "case-investigation",
        "made_at": at,
        "expires": at + ends,
        "kinds": ("shop",),
    }
    return Authorisation(**{**usual, "kind": GrantKind(kind), **own, **parts})


def result(found: str = "confirmed", at: datetime = NOW, number: str = "13812345678", **parts: object) -> bytes:
    told = LaboratoryResult("central lab", f"S {found}", at - HOUR, Found(found), phone(number))
    return results.write(replace(told, **parts))


def attest(cases, *found: str, at: datetime = NOW) -> None:
    for one in found:
        cases.attest(text := result(one, at), sign("central lab", text))


def propose(cases, given: Authorisation, by: str = "maker") -> UUID:
    text = grants.write(given)
    return cases.propose(text, sign(by, text))


def opened(cases, given: Authorisation, *by: str) -> UUID:
    """Handed in, and signed by others."""
    grant = propose(cases, given)
    for who in by:
        cases.approve(grant, sign(who, grants.write(given)))
    return grant
