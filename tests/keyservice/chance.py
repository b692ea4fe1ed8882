"""Towns of messages by chance, around midnights of days of 23, 24 and 25 hours: what gates may be told, and what the
reference makes of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.exposure.towns import law

from epiloop.core.instants import start_of_day
from epiloop.exposure import Rings, Source, Terms, Traced, Visit, load_terms, reference
from epiloop.exposure.visits import CARRIAGE, NO_SEAT, seconds
from epiloop.vault.spots import ON_BOARD, spot_on_board, whole
from epiloop.vault.visits import LONGEST_STAY, NO_ROW, Kind, Said, kind_number
from keyservice.carriages import UNSAID
from keyservice.days import DayKeys, keys_of
from keyservice.opening import Piece, Stay, stays
from keyservice.stored import Calendar
from keyservice.tracing import Case, Told

ZONES = ("restaurant", "restaurant/room", "train", "shop", "household")
"""The kind of place of each zone."""
MIDNIGHTS = (
    (ZoneInfo("Asia/Shanghai"), date(2022, 7, 3)),
    (ZoneInfo("Europe/Berlin"), date(2022, 3, 27)),
    (ZoneInfo("Europe/Berlin"), date(2022, 3, 28)),
    (ZoneInfo("Europe/Berlin"), date(2022, 10, 30)),
    (ZoneInfo("Europe/Berlin"), date(2022, 10, 31)),
)
PEOPLE, CODES = range(20), range(30)
"""Every second person has a second code."""


def name(kind: int, number: int) -> bytes:
    """An id of 16 bytes."""
    return bytes([kind]) * 8 + number.to_bytes(8, "big")


def code(number: int) -> bytes:
    """A code of a person."""
    return name(1, number)


def same(codes: Collection[bytes]) -> Mapping[bytes, Sequence[bytes]]:
    """What a vault knows of codes: code 20 + n is of person 2 n."""
    told = {}
    for one in codes:
        number = int.from_bytes(one[8:], "big")
        person = 2 * (number - 20) if number >= 20 else number
        if person % 2 == 0:
            told[one] = (code(person), code(20 + person // 2))
    return told


def person_of(one: bytes) -> bytes:
    """The code that a person answers with."""
    return same([one]).get(one, (one,))[0]


@dataclass(frozen=True)
class Town:
    """What was said, what else is known of the cases, and a search."""

    clock: ZoneInfo
    keys: Mapping[date, DayKeys]
    said: Sequence[Said]
    told: Sequence[Told]
    cases: Sequence[Case]
    terms: Terms
    until: int

    def expected(self, *, doubtful: bool = True) -> Rings:
        """What the reference finds in what lies on days that are held; people are numbers of their codes. `doubtful`:
        with what a gate doubted.
        """
        found = [_visit(one, unsaid=0 if doubtful else UNSAID) for one in self.stays(doubtful=doubtful)]
        traced = [Traced(_number(person_of(one.codes[0])), one.since, one.until) for one in self.cases]
        return reference.trace(found, traced, self.terms, second_until=self.until)

    def stays(self, *, doubtful: bool) -> list[Stay]:
        """The stays of everybody; those that are doubtful end no others, and are ended by none."""
        calendar = Calendar(self.keys, self.clock)
        pieces = [piece for one in {*self.said, *self._told()} for _, _, piece in calendar.pieces_of(one)]
        told = {one for one in self._told() if not any(True for _ in calendar.pieces_of(one))}
        assert not told, "what is told of cases is not cut to days"
        sure = {_visit_of(one) for one in pieces if not one.said.doubts}
        kept = [one for one in pieces if _visit_of(one) in sure]
        doubted = {_visit_of(one) for one in pieces} - sure if doubtful else set()
        alone = [stays([one for one in pieces if _visit_of(one) == each], person_of) for each in sorted(doubted)]
        return [*stays(kept, person_of), *(stay for every in alone for stay in every)]

    def _told(self) -> list[Said]:
        return [
            Said(
                name(9, at),
                Kind.OUT,
                one.entered,
                one.left,
                one.zone,
                self.cases[one.case].codes[0],
                kind_number(one.kind),
                source=one.source,
                row=NO_ROW if one.row == NO_SEAT else one.row,
            )
            for at, one in enumerate(self.told)
        ]


def town(seed: int) -> Town:
    """Thirty codes in five zones on two days, and a search among them."""
    draw = Random(seed)
    clock, day = draw.choice(MIDNIGHTS)
    midnight = seconds(start_of_day(day, clock))
    held = [day + timedelta(days=number) for number in range(-4, 4)]
    keys = {one: keys_of(one, one.toordinal().to_bytes(32, "big")) for one in held}
    said = [one for number in range(70) for one in _messages(draw, number, midnight)]
    said += [_ride(draw, number, midnight) for number in range(12)]
    windows = [midnight + draw.choice((-90_000, -3600, -1, 0, 1, -200_000)) for _ in range(3)]
    people = draw.sample(PEOPLE, 3)
    cases = [
        Case(tuple(same([code(one)]).get(code(one), (code(one),))), since, since + draw.choice((150_000, 400_000)))
        for one, since in zip(people, windows, strict=True)
    ]
    told = [_told(draw, midnight) for _ in range(draw.choice((0, 0, 2)))]
    terms = load_terms(law(draw))
    return Town(clock, keys, said + said[::3], told, cases, terms, midnight + draw.choice((200_000, 40_000, 1)))


def without(given: Town, day: date) -> Town:
    """The same when a day was destroyed, and those before it were already."""
    return replace(given, keys={one: key for one, key in given.keys.items() if one > day})


def _moment(draw: Random, midnight: int) -> int:
    near = draw.choice((-40_000, -3600, -900, 0, 0, 900, 3600, 40_000))
    return midnight + near + draw.choice((-1, 0, 1, 60, draw.randrange(9000)))


def _messages(draw: Random, number: int, midnight: int) -> list[Said]:
    """What is said of one visit, in any order: came, perhaps stays longer, perhaps left, perhaps twice."""
    zone, entered = draw.randrange(len(ZONES)), _moment(draw, midnight)
    source = Source.VEHICLE if ZONES[zone] == "train" else Source.CHECK_IN
    source = Source.HOUSEHOLD if ZONES[zone] == "household" else source
    one = Said(
        name(3, number),
        Kind.IN,
        entered,
        entered + draw.choice((0, 59, 60, 1800, 7200, 7201, 20_000, LONGEST_STAY)),
        name(2, zone),
        code(draw.choice(CODES)),
        kind_number(ZONES[zone]),
        doubts=draw.choice((0,) * 12 + (1, 4)),
        source=source,
        row=draw.choice((NO_ROW, 1, 2, 6)) if source == Source.VEHICLE else NO_ROW,
    )
    said = [one]
    for kind, share in ((Kind.EXTEND, 0.3), (Kind.OUT, 0.5), (Kind.OUT, 0.1)):
        if draw.random() < share:
            until = entered + draw.choice((0, 1, 599, 600, 601, 7199, draw.randrange(20_000), LONGEST_STAY))
            said.append(replace(one, kind=kind, until=until))
    # A check-out may come alone: the check-in was lost with a telephone.
    return draw.sample(said, len(said)) if draw.random() < 0.9 else said[-1:]


def _carriage(draw: Random) -> bytes:
    """A train, of which somebody may not know the carriage."""
    return spot_on_board(b"a train", draw.choice(("", "1", "2", "02")))


def _ride(draw: Random, number: int, midnight: int) -> Said:
    """What an interview tells of a way by train; it is over."""
    entered, rider = _moment(draw, midnight), code(draw.choice(CODES))
    told = {"place": kind_number("train"), "source": Source.VEHICLE, "row": draw.choice((NO_ROW, NO_ROW, 1, 2, 6))}
    return Said(name(4, number), Kind.OUT, entered, entered + 7200, _carriage(draw), rider, **told)


def _told(draw: Random, midnight: int) -> Told:
    zone, entered = draw.randrange(4), _moment(draw, midnight)
    row = draw.choice((NO_SEAT, 2))
    if draw.random() < 0.3:
        return Told(draw.randrange(3), _carriage(draw), "train", entered, entered + 2000, Source.VEHICLE, row)
    return Told(draw.randrange(3), name(2, zone), ZONES[zone], entered, entered + 2000, Source.ITINERARY, row)


def _visit(stay: Stay, *, unsaid: int) -> Visit:
    """`unsaid`: the carriage of those whose carriage nobody said."""
    aboard = stay.zone.startswith(ON_BOARD)
    row = (stay.zone[-1] or unsaid) * CARRIAGE + stay.row if aboard else stay.row
    kinds = {kind_number(one): one for one in ZONES}
    return Visit(
        _number(stay.person),
        int.from_bytes(whole(stay.zone)[8:], "big"),
        kinds[stay.place],
        stay.entered,
        stay.left,
        Source(stay.source),
        NO_SEAT if row == NO_ROW else row,
        stay.presumed,
    )


def _number(one: bytes) -> int:
    return int.from_bytes(one[8:], "big")


def _visit_of(piece: Piece) -> tuple[bytes, bytes, bytes]:
    return piece.said.visit, piece.said.zone, piece.said.person
