"""A day of visits as one block of bytes: sorted columns, written once and then mapped from disk read-only.

    header    64 bytes, see HEADER; a checksum of itself, so that a torn or foreign file is refused
    kinds     the words of the kinds of places, JSON
    columns   one after the other, each from a multiple of 64 bytes on

Rows are sorted by place, then by time of entering. Places have columns of their own (token, first row, longest stay),
so a search looks at a few places and then at the rows of those alone. `by_person` lists the rows in order of person.
Times are seconds after `base`, so that four bytes do. `sealed` is for the keeper of a sealed day: bytes of fixed
width that only it can read. Tokens sort as well as places do; nothing here knows which they are.
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
HEADER = struct.Struct("<6sHQQqQHHI12xI")
"""Magic, version, rows, places, base, seconds from base to the last leaving, width of `sealed`, spare, length of the
kinds, checksum of all before it."""
ALIGNED = 64
PRESUMED = 0x80
"""In `origin`: nobody recorded when the person left. The other bits are the source."""
LONGEST_SPAN = 2**32 - 1


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
    starts: NDArray[np.uint32]
    longest: NDArray[np.uint32]
    person: Tokens
    entered: NDArray[np.uint32]
    left: NDArray[np.uint32]
    kind: NDArray[np.uint16]
    row: NDArray[np.int16]
    origin: NDArray[np.uint8]
    by_person: NDArray[np.uint32]
    sealed: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.person)

    def place_of(self, rows: NDArray[Any]) -> Tokens:
        """The places of rows."""
        # Rows of the same type as the column: else numpy would copy the column first.
        return self.places[np.searchsorted(self.starts, rows.astype(np.uint32), side="right") - 1]

    def columns(self) -> Columns:
        """All of it, as columns in memory."""
        place = np.repeat(self.places, np.diff(self.starts))
        entered, left = (self.base + column.astype(np.int64) for column in (self.entered, self.left))
        return Columns(self.person, place, entered, left, self.kind, self.row, self.origin, self.sealed, self.kinds)


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
    _check(given)
    base = int(given.entered.min()) if len(given) else 0
    latest = int(given.left.max()) - base if len(given) else 0
    if latest > LONGEST_SPAN:
        raise InvalidInput(N_("One segment cannot span more than 136 years."))
    parts, places, width = _sorted(given, base), len(np.unique(given.place)), given.sealed.shape[1]
    words = json.dumps(given.kinds, ensure_ascii=False).encode()
    fields = (MAGIC, VERSION, len(given), places, base, latest, width, 0, len(words))
    head = HEADER.pack(*fields, 0)[:-4]
    return b"".join(map(_padded, (head + zlib.crc32(head).to_bytes(4, "little"), words, *parts)))


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


def _sorted(given: Columns, base: int) -> list[bytes]:
    """The columns as stored, in the order of `_layout`."""
    # All that is stored is sorted by, so that the order in which people came in cannot be read from a block.
    rest = given.kind.astype(np.int64) << 32 | (given.row.astype(np.int64) - NO_SEAT) << 8 | given.origin
    order = np.lexsort((rest, given.person, given.left, given.entered, given.place))
    place = given.place[order]
    places, first = np.unique(place, return_index=True)
    stay = (given.left - given.entered).astype(np.uint32)[order]
    longest = np.maximum.reduceat(stay, first) if len(given) else stay
    person = given.person[order]
    stored = (
        places,
        np.append(first, len(given)).astype(np.uint32),
        longest,
        person,
        (given.entered - base).astype(np.uint32)[order],
        (given.left - base).astype(np.uint32)[order],
        given.kind[order],
        given.row[order],
        given.origin[order],
        np.argsort(person, kind="stable").astype(np.uint32),
        given.sealed[order],
    )
    return [column.tobytes() for column in stored]


def _layout(rows: int, places: int, width: int) -> Mapping[str, tuple[str, int]]:
    """Columns in order of storage: type and number of items."""
    return {
        "places": ("<u8", places),
        "starts": ("<u4", places + 1),
        "longest": ("<u4", places),
        "person": ("<u8", rows),
        "entered": ("<u4", rows),
        "left": ("<u4", rows),
        "kind": ("<u2", rows),
        "row": ("<i2", rows),
        "origin": ("u1", rows),
        "by_person": ("<u4", rows),
        "sealed": ("u1", rows * width),
    }


def _padded(part: bytes) -> bytes:
    return part + bytes(-len(part) % ALIGNED)


def _after(at: int, size: int) -> int:
    return at + size + (-size % ALIGNED)


def decode(block: Buffer) -> Segment:
    """The segment in a block, without reading its rows. Raises Broken for anything that is not a whole block."""
    rows, places, base, latest, width, words = _header(block)
    views: dict[str, NDArray[Any]] = {}
    at = _after(HEADER.size, 0)
    kinds = _kinds(bytes(block[at : at + words]))
    at = _after(at, words)
    for name, (kind, count) in _layout(rows, places, width).items():
        size = count * np.dtype(kind).itemsize
        if at + size > len(block):
            raise Broken(N_("A segment of visits is cut short."))
        views[name] = np.frombuffer(block, kind, count, at)
        views[name].flags.writeable = False
        at = _after(at, size)
    views["sealed"] = views["sealed"].reshape(rows, width)
    return Segment(base=base, latest=base + latest, kinds=kinds, **views)


def _header(block: Buffer) -> tuple[int, int, int, int, int, int]:
    head = bytes(block[: HEADER.size])
    if len(head) < HEADER.size or head[: len(MAGIC)] != MAGIC:
        raise Broken(N_("This is not a segment of visits."))
    _, version, rows, places, base, latest, width, _, words, checksum = HEADER.unpack(head)
    if version != VERSION:
        raise Broken(N_("A segment of visits has version %(version)s, which is not known here."), version=version)
    if checksum != zlib.crc32(head[:-4]):
        raise Broken(N_("The head of a segment of visits is damaged."))
    return rows, places, base, latest, width, words


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
