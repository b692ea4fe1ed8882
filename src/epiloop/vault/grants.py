"""What may be opened, of whom, for whom: a text that people sign and the key service reads for itself (PRIVACY R8-R12).

The text is a map in canonical CBOR (RFC 8949, 4.2.3). What is read is written again and compared, so an authorisation
has one text and a text one meaning. Who signs it and who may then ask decides the key service; what stands here holds
for everybody: which purposes there are, how long an authorisation and its window may be. No case number is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import cbor2

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.core.instants import instant
from epiloop.core.statutes import check_statute
from epiloop.vault.spots import SPOT_BYTES
from epiloop.vault.visits import NO_ROW, SOURCES

FORM = "epiloop authorisation v1"
REVIEW = "epiloop review v1"
MOST_BYTES = 1 << 18
LONGEST_WINDOW = timedelta(days=28)
"""No check-in is kept for longer (PRIVACY R15)."""
MOST_STAFF, MOST_TOLD, MOST_KINDS = 100, 2000, 1000
LONGEST_WORDS = 200
"""Of the authority that is entitled by an order, and of its reference."""
_NOWHERE = "authorisation"


class GrantKind(StrEnum):
    """What an authorisation opens. The words are stored and signed."""

    TRACE = "trace"
    HISTORY = "history"
    LEGAL_ORDER = "legal-order"
    BREAK_GLASS = "break-glass"


PURPOSES: Mapping[GrantKind, tuple[str, ...]] = {
    GrantKind.TRACE: ("case-investigation",),
    GrantKind.HISTORY: ("case-investigation",),
    GrantKind.LEGAL_ORDER: ("data-export",),
    GrantKind.BREAK_GLASS: ("case-investigation", "transfer"),
}
"""What each may be for: a part of `core.purposes`, which knows no police purpose (PRIVACY R12)."""
APPROVALS: Mapping[GrantKind, int] = {
    GrantKind.TRACE: 1,
    GrantKind.HISTORY: 1,
    GrantKind.LEGAL_ORDER: 2,
    GrantKind.BREAK_GLASS: 0,
}
"""How many others have to sign, each of another unit."""
LONGEST: Mapping[GrantKind, timedelta] = {
    GrantKind.TRACE: timedelta(days=7),
    GrantKind.HISTORY: timedelta(days=7),
    GrantKind.LEGAL_ORDER: timedelta(days=7),
    GrantKind.BREAK_GLASS: timedelta(minutes=60),
}
"""How long it may be used after it was made."""
REVIEW_WITHIN = timedelta(hours=24)
"""A broken glass is reviewed by another person in this time, or its maker is answered nothing (PRIVACY B1)."""
MOST_UNREVIEWED = 3
"""Broken glasses of one maker that may wait for a review at once."""


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """A visit that the case told of: see `vault.visits.Said` for zone, source and row; the kind of place in words."""

    zone: bytes
    kind: str
    entered: datetime
    left: datetime
    source: int
    row: int = NO_ROW

    def __post_init__(self) -> None:
        _whole_seconds(self, "entered", "left")
        if len(self.zone) != SPOT_BYTES or self.source not in SOURCES or not 0 <= self.row <= NO_ROW:
            raise InvalidInput(N_("A number in a check-in is out of range."), where=_NOWHERE)
        if not self.entered <= self.left:
            raise InvalidInput(N_("A stay ends after it began, and within a day."), where=_NOWHERE)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Authorisation:
    """What a case needs opened: visits of `subject` from `since` until `until`, for `staff` (account ids).

    It may be used until `expires`. `creator` (account id) of `unit` made it at `made_at`. A trace has the terms as
    `exposure.load_terms` takes them, with the version of the clause and the digest (32 bytes) of its rulebook, the
    words of the kinds of places, what the case told, and for ring 2 until when those of ring 1 may have met others. A
    legal order has the statute (a word of `core.statutes`), the authority that it entitles and that one's reference; a
    broken glass has the reason. Instants are whole seconds. Raises InvalidInput, and Refused where a limit is passed.
    """

    id: UUID
    kind: GrantKind
    subject: UUID
    since: datetime
    until: datetime
    staff: tuple[str, ...]
    creator: str
    unit: str
    purpose: str
    made_at: datetime
    expires: datetime
    second_until: datetime | None = None
    terms: Mapping[str, Any] | None = None
    version: str = ""
    digest: bytes = b""
    kinds: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    statute: str = ""
    authority: str = ""
    reference: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        _whole_seconds(self, "since", "until", "made_at", "expires", "second_until")
        _check_people(self)
        _check_purpose(self)
        _check_times(self)
        _check_parts(self)
        _check_order(self)

    @property
    def rings(self) -> int:
        """How many rings are searched: 2 if it says until when those of ring 1 may have met others."""
        return 1 if self.second_until is None else 2


def write(authorisation: Authorisation) -> bytes:
    """The text that is signed."""
    told = [
        [one.zone, one.kind, _seconds(one.entered), _seconds(one.left), one.source, one.row]
        for one in authorisation.told
    ]
    plain = {field.name: _plain(getattr(authorisation, field.name)) for field in fields(Authorisation)}
    return cbor2.dumps({**plain, "told": told, "form": FORM}, canonical=True)


def read(text: bytes) -> Authorisation:
    """The authorisation in a text. Raises InvalidInput for any but the one text of one, Refused as it does."""
    if len(text) > MOST_BYTES:
        raise _no_text()
    try:
        found = _built(cbor2.loads(text))
        same = write(found) == text
    except (InvalidInput, Refused):
        raise
    except Exception:
        raise _no_text() from None
    if not same:
        raise _no_text()
    return found


def digest(text: bytes) -> bytes:
    """The SHA-256 of a text, by which registers outside the key service know it."""
    return sha256(text).digest()


def fingerprint(text: bytes) -> str:
    """The beginning of a text's digest, as two people read it to each other: "3f7a 91c0 ..."."""
    return read_out(digest(text).hex())


def read_out(digits: str) -> str:
    """The fingerprint of the text whose digest is known in hex."""
    digits = digits[:16]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def review_text(grant: UUID, *, justified: bool) -> bytes:
    """What a reviewer of a broken glass signs."""
    return cbor2.dumps({"form": REVIEW, "id": grant.bytes, "justified": justified}, canonical=True)


def _built(said: dict[str, Any]) -> Authorisation:
    if said.pop("form") != FORM:
        raise _no_text()
    instants = ("since", "until", "made_at", "expires")
    later = said["second_until"]
    return Authorisation(
        **said
        | {name: _moment(said[name]) for name in instants}
        | {name: UUID(bytes=said[name]) for name in ("id", "subject")}
        | {name: tuple(said[name]) for name in ("staff", "kinds")}
        | {
            "kind": GrantKind(said["kind"]),
            "second_until": None if later is None else _moment(later),
            "told": tuple([_told(*one) for one in said["told"]]),
        }
    )


def _told(zone: bytes, kind: str, entered: int, left: int, source: int, row: int) -> Told:
    return Told(zone, kind, _moment(entered), _moment(left), source, row)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _seconds(value)
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _whole_seconds(value: object, *names: str) -> None:
    for name in names:
        if (at := getattr(value, name)) is not None:
            object.__setattr__(value, name, instant(at).astimezone(UTC).replace(microsecond=0))


def _check_people(given: Authorisation) -> None:
    people = (given.creator, given.unit, *given.staff)
    if not given.staff or len(given.staff) > MOST_STAFF or not all(one.strip() == one and one for one in people):
        raise InvalidInput(N_("An authorisation names who made it, of which unit, and who may ask."), where=_NOWHERE)
    object.__setattr__(given, "staff", tuple(sorted(set(given.staff))))
    if given.kind is GrantKind.BREAK_GLASS and given.staff != (given.creator,):
        raise Refused(N_("Whoever breaks the glass looks alone."), where=_NOWHERE)


def _check_purpose(given: Authorisation) -> None:
    if given.purpose not in PURPOSES[given.kind]:
        raise Refused(
            N_("Nothing of this kind is opened for %(purpose)s."),
            where=_NOWHERE,
            remedy=N_("Use one of: %(choices)s"),
            purpose=repr(given.purpose),
            choices=", ".join(PURPOSES[given.kind]),
        )


def _check_times(given: Authorisation) -> None:
    ends = [given.until, *([given.second_until] if given.second_until else [])]
    if not given.made_at < given.expires <= given.made_at + LONGEST[given.kind]:
        most = LONGEST[given.kind] // timedelta(minutes=1)
        raise Refused(N_("It ends after it was made, and within %(most)d minutes."), where=_NOWHERE, most=most)
    if not all(given.since < end <= min(given.since + LONGEST_WINDOW, given.expires) for end in ends):
        raise Refused(
            N_("A window ends after it began, within 28 days, and not after the authorisation."), where=_NOWHERE
        )


def _check_parts(given: Authorisation) -> None:
    traced = bool(given.terms) and bool(given.version) and len(given.digest) == 32
    only_traced = bool(given.terms or given.version or given.digest or given.told or given.second_until)
    if not (traced if given.kind is GrantKind.TRACE else not only_traced):
        raise InvalidInput(N_("A trace, and nothing else, names its terms, their version and digest."), where=_NOWHERE)
    if bool(given.reason.strip()) != (given.kind is GrantKind.BREAK_GLASS):
        raise InvalidInput(N_("Breaking the glass, and nothing else, has a reason."), where=_NOWHERE)
    if len(given.kinds) > MOST_KINDS or len(given.told) > MOST_TOLD:
        raise InvalidInput(N_("An authorisation holds too much."), where=_NOWHERE)


def _check_order(given: Authorisation) -> None:
    named = given.statute, given.authority, given.reference
    if given.kind is not GrantKind.LEGAL_ORDER:
        if any(named):
            raise InvalidInput(N_("A legal order, and nothing else, names its statute."), where=_NOWHERE)
        return
    check_statute(given.statute, given.made_at.date())
    if not all(one and one.strip() == one and len(one) <= LONGEST_WORDS for one in named[1:]):
        raise InvalidInput(
            N_("A legal order names the authority that is entitled to it, and that authority's reference."),
            where=_NOWHERE,
            remedy=N_("Give both, as they stand in the order; 200 characters at most."),
        )


def _no_text() -> InvalidInput:
    return InvalidInput(N_("This is not the text of an authorisation."), where=_NOWHERE)
