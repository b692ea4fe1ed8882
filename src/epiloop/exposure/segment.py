"""A day of visits as one block of bytes: sorted columns, written once and then mapped from disk read-only.

    header    64 bytes, see HEADER; a checksum of itself, so that a torn or foreign file is refused
    kinds     the words of the kinds of places, JSON
    columns   one after the other, each from a multiple of 64 bytes on

Rows are sorted by place, then by time of entering; `moment` has both in one number: that of the place among `places`
in the upper half, seconds after `base` in the lower. So one binary search finds a time at a place. `longest` is the
longest stay at each place. `person` is a number among `people`; `by_person` lists the rows of each of them, from
`person_starts` on. `sealed` is for the keeper of a sealed day: bytes of fixed width for each row that only it can
read. Tokens sort as well as places do; nothing here knows which they are.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from epiloop.core.errors import N_, Broken, InvalidInput
from epiloop.exposure.visits import NO_SEAT, Visit

Tokens = NDArray[np.uint64]
Numbers = NDArray[np.int64]
Buffer = bytes | bytearray | memoryview

MAGIC = b"EPISEG"
VERSION = 1
HEADER = struct.Struct("<6sHQQQqQHI6xI")
"""Magic, version, rows, places, people, base, seconds from base to the last leaving, width of `sealed`, length of the
kinds, spare, checksum of all before it."""
ALIGNED = 64
PRESUMED = 0x80
"""In `origin`: nobody recorded when the person left. The other bits are the source."""
LONGEST_SPAN = 2**32 - 1
HALF, LATER = np.uint64(32), np.uint64(LONGEST_SPAN)
Selected = NDArray[Any] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Visits as columns, in any order, all of one length. `kind` counts in `kinds`; `sealed` has a row for each."""

    person: Tokens
    place: Tokens
    entered: Numbers
    left: Numbers
    kind: NDArray[np.uint16]
    row: NDArray[np.int16]
    origin: NDArray[np.uint8]
    sealed: NDArray[np.uint8]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A decoded block. Columns are views of it: nothing is read before it is looked at."""

    base: int
    latest: int
    kinds: tuple[str, ...]
    places: Tokens
    longest: NDArray[np.uint32]
    people: Tokens
    person_starts: NDArray[np.uint32]
    by_person: NDArray[np.uint32]
    moment: Tokens
    left: NDArray[np.uint32]
    person: NDArray[np.uint32]
    kind: NDArray[np.uint16]
    row: NDArray[np.int16]
    origin: NDArray[np.uint8]
    sealed: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.person)

    def entered(self, rows: Selected) -> Numbers:
        """When rows entered, in seconds after `base`."""
        return (self.moment[rows] & LATER).astype(np.int64)

    def place_of(self, rows: Selected) -> Tokens:
        """The places of rows."""
        places: Tokens = self.places[self.moment[rows] >> HALF]
        return places

    def person_of(self, rows: Selected) -> Tokens:
        """The people of rows."""
        return self.people[self.person[rows]]

    def columns(self) -> Columns:
        """All of it, as columns in memory."""
        every = slice(None)
        return Columns(
            person=self.person_of(every),
            place=self.place_of(every),
            entered=self.base + self.entered(every),
            left=self.base + self.left.astype(np.int64),
            kind=self.kind,
            row=self.row,
            origin=self.origin,
            sealed=self.sealed,
            kinds=self.kinds,
        )


def moments(place: NDArray[np.intp], entered: Numbers) -> Tokens:
    """What to look for in `moment`: the number of a place, and how many seconds after `base` somebody entered there."""
    after = np.minimum(np.maximum(entered, 0), LONGEST_SPAN + 1)  # `np.clip` takes several times as long
    return (place.astype(np.uint64) << HALF) + after.astype(np.uint64)


def changes(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Where in a sorted column a new value begins."""
    heads = np.empty(len(ordered), bool)
    heads[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=heads[1:])
    return heads


def columns(visits: Iterable[Visit], *, sealed: Sequence[bytes] = ()) -> Columns:
    """Visits as columns; `sealed` has as many bytes for each."""
    told = list(visits)
    kinds = tuple(sorted({visit.kind for visit in told}))
    number = {kind: at for at, kind in enumerate(kinds)}
    width = len(sealed[0]) if sealed else 0
    return Columns(
        person=np.array([visit.person for visit in told], np.uint64),
        place=np.array([visit.place for visit in told], np.uint64),
        entered=np.array([visit.entered for visit in told], np.int64),
        left=np.array([visit.left for visit in told], np.int64),
        kind=np.array([number[visit.kind] for visit in told], np.uint16),
        row=np.array([visit.row for visit in told], np.int16),
        origin=np.array([visit.source | PRESUMED * visit.presumed for visit in told], np.uint8),
        sealed=np.frombuffer(b"".join(sealed), np.uint8).reshape(len(told), width),
        kinds=kinds,
    )


def encode(given: Columns) -> bytes:
    """The block of these visits. Raises InvalidInput for columns that cannot be visits."""
    segment, width = arranged(given), given.sealed.shape[1]
    words = json.dumps(given.kinds, ensure_ascii=False).encode()
    counts = len(segment), len(segment.places), len(segment.people)
    span = segment.latest - segment.base
    head = HEADER.pack(MAGIC, VERSION, *counts, segment.base, span, width, len(words), 0)[:-4]
    # Columns are copied once only: a day may have millions of rows.
    columns = (getattr(segment, name).ravel().view(np.uint8).data for name in _layout(*counts, width))
    parts = (head + zlib.crc32(head).to_bytes(4, "little"), words, *columns)
    return b"".join(piece for part in parts for piece in (part, bytes(-len(part) % ALIGNED)))


def arranged(given: Columns) -> Segment:
    """The segment of these visits, in memory: what `decode` gives of their block. Raises as `encode`."""
    _check(given)
    base = int(given.entered.min()) if len(given) else 0
    latest = int(given.left.max()) - base if len(given) else 0
    if latest > LONGEST_SPAN:
        raise InvalidInput(N_("One segment cannot span more than 136 years."))
    return Segment(base=base, latest=base + latest, kinds=given.kinds, **_sorted(given, base))


def _check(given: Columns) -> None:
    shapes = {len(column) for column in (given.place, given.entered, given.left, given.kind, given.row, given.origin)}
    if shapes != {len(given)} or given.sealed.shape[:1] != (len(given),):
        raise InvalidInput(N_("Columns of visits must be of one length."))
    if len(given) >= LONGEST_SPAN:
        raise InvalidInput(N_("One segment cannot hold more than four thousand million visits."))
    if np.any(given.left <= given.entered):
        raise InvalidInput(N_("A visit lasts at least one second."))
    if len(given) and int(given.kind.max()) >= len(given.kinds):
        raise InvalidInput(N_("A visit names a kind of place that is not in the list."))


def _sorted(given: Columns, base: int) -> dict[str, NDArray[Any]]:
    """The columns as stored."""
    places, _, place = _ranks(given.place)
    entered, left = ((column - base).astype(np.uint64) for column in (given.entered, given.left))
    moment = place.astype(np.uint64) << HALF | entered
    order = _order(moment, given)
    moment, stay = moment[order], (left - entered)[order]
    people, by_person, person = _ranks(given.person[order])
    first = np.searchsorted(moment, np.arange(len(places), dtype=np.uint64) << HALF)
    return {
        "places": places,
        "longest": (np.maximum.reduceat(stay, first) if len(first) else stay).astype(np.uint32),
        "people": people,
        "person_starts": np.concatenate(([0], np.cumsum(np.bincount(person)))).astype(np.uint32),
        "by_person": by_person.astype(np.uint32),
        "moment": moment,
        "left": left[order].astype(np.uint32),
        "person": person.astype(np.uint32),
        "kind": given.kind[order],
        "row": given.row[order],
        "origin": given.origin[order],
        "sealed": given.sealed[order],
    }


def _ranks(tokens: Tokens) -> tuple[Tokens, NDArray[np.intp], NDArray[np.intp]]:
    """Tokens once each, in order; the rows in their order; and the rank of each row."""
    order = tokens.argsort(kind="stable")
    ordered = tokens[order]
    heads = changes(ordered)
    rank = np.empty(len(order), np.intp)
    rank[order] = heads.cumsum() - 1
    return ordered[heads], order, rank


def _order(moment: Tokens, given: Columns) -> NDArray[np.intp]:
    """Rows by place and time of entering, and among equals by all else that is stored.

    So the order in which people came in cannot be read from a block. Few are equal: only those are sorted twice.
    """
    order = np.argsort(moment)
    equal = np.zeros(len(order) + 1, bool)
    equal[1:-1] = moment[order][1:] == moment[order][:-1]
    ties = np.flatnonzero(equal[1:] | equal[:-1])
    rows = order[ties]
    rest = given.kind[rows].astype(np.int64) << 32 | (given.row[rows].astype(np.int64) - NO_SEAT) << 8
    keys = (rest | given.origin[rows], given.person[rows], given.left[rows], moment[rows])
    order[ties] = rows[np.lexsort(keys)]
    return order


def _layout(rows: int, places: int, people: int, width: int) -> Mapping[str, tuple[str, int]]:
    """Columns in order of storage: type and number of items."""
    return {
        "places": ("<u8", places),
        "longest": ("<u4", places),
        "people": ("<u8", people),
        "person_starts": ("<u4", people + 1),
        "by_person": ("<u4", rows),
        "moment": ("<u8", rows),
        "left": ("<u4", rows),
        "person": ("<u4", rows),
        "kind": ("<u2", rows),
        "row": ("<i2", rows),
        "origin": ("u1", rows),
        "sealed": ("u1", rows * width),
    }


def _after(at: int, size: int) -> int:
    return at + size + (-size % ALIGNED)


def decode(block: Buffer) -> Segment:
    """The segment in a block, without reading its rows. Raises Broken for anything that is not a whole block."""
    rows, places, people, base, latest, width, words = _header(block)
    views: dict[str, NDArray[Any]] = {}
    at = _after(HEADER.size, 0)
    kinds = _kinds(bytes(block[at : at + words]))
    at = _after(at, words)
    for name, (kind, count) in _layout(rows, places, people, width).items():
        size = count * np.dtype(kind).itemsize
        if at + size > len(block):
            raise Broken(N_("A segment of visits is cut short."))
        views[name] = np.frombuffer(block, kind, count, at)
        views[name].flags.writeable = False
        at = _after(at, size)
    views["sealed"] = views["sealed"].reshape(rows, width)
    return Segment(base=base, latest=base + latest, kinds=kinds, **views)


def _header(block: Buffer) -> tuple[int, int, int, int, int, int, int]:
    head = bytes(block[: HEADER.size])
    if len(head) < HEADER.size or head[: len(MAGIC)] != MAGIC:
        raise Broken(N_("This is not a segment of visits."))
    _, version, rows, places, people, base, latest, width, words, checksum = HEADER.unpack(head)
    if version != VERSION:
        raise Broken(N_("A segment of visits has version %(version)s, which is not known here."), version=version)
    if checksum != zlib.crc32(head[:-4]):
        raise Broken(N_("The head of a segment of visits is damaged."))
    return rows, places, people, base, latest, width, words


def _kinds(words: bytes) -> tuple[str, ...]:
    try:
        return tuple(json.loads(words))
    except ValueError:
        raise Broken(N_("The kinds of places in a segment of visits are damaged.")) from None


def merge(parts: Sequence[Segment]) -> Columns:
    """Several segments of one domain of tokens as columns: the minutes of a day, or open days. Duplicates stay."""
    kinds = tuple(sorted({kind for part in parts for kind in part.kinds}))
    number = {kind: at for at, kind in enumerate(kinds)}
    taken = [part.columns() for part in parts]
    widths = {part.sealed.shape[1] for part in parts}
    if len(widths) > 1:
        raise InvalidInput(N_("Segments with sealed parts of different width cannot be merged."))

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in taken])

    if not parts:
        return columns(())
    mapped = [np.array([number[kind] for kind in part.kinds], np.uint16)[part.kind] for part in taken]
    names = ("person", "place", "entered", "left", "row", "origin", "sealed")
    return Columns(kind=np.concatenate(mapped), kinds=kinds, **{name: joined(name) for name in names})
