"""Rows of a day as segments of `exposure`: sorted by token and coarse time, with the sealed rest beside each row.

Blocks are made, merged and looked through without any key. Nothing shows in them but tokens and quarters of an hour:
kind, row of seats and source stand in the sealed rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure import Columns, Segment, decode, encode, merge
from epiloop.exposure.visits import NO_SEAT, Source
from keyservice.stored import PAYLOAD_BYTES, Stored

_NAMES = ("person", "place", "entered", "left", "kind", "row", "origin", "sealed")


def block(rows: Iterable[Stored]) -> bytes:
    """Rows of one day as a segment."""
    told = list(rows)
    tokens = np.array([(row.zone, row.person) for row in told], np.uint64).reshape(-1, 2)
    times = np.array([(row.since, row.until) for row in told], np.int64).reshape(-1, 2)
    sealed = np.frombuffer(b"".join(row.payload for row in told), np.uint8)
    return encode(columns(tokens[:, 0], tokens[:, 1], times[:, 0], times[:, 1], sealed.reshape(-1, PAYLOAD_BYTES)))


def columns(
    zone: NDArray[np.uint64],
    person: NDArray[np.uint64],
    since: NDArray[np.int64],
    until: NDArray[np.int64],
    sealed: NDArray[np.uint8],
) -> Columns:
    """Tokens, coarse times and sealed rests as the columns of a segment."""
    count = len(zone)
    return Columns(
        person=person,
        place=zone,
        entered=since,
        left=until,
        kind=np.zeros(count, np.uint16),
        row=np.full(count, NO_SEAT, np.int16),
        origin=np.full(count, Source.CHECK_IN, np.uint8),
        sealed=sealed,
        kinds=("",),
    )


def merged(segments: Sequence[Segment]) -> bytes:
    """Several segments of one day as one block, in which each row is once."""
    every = merge(segments or [decode(block(()))])
    kept = once(every.sealed)
    every = replace(every, **{name: getattr(every, name)[kept] for name in _NAMES})
    return encode(every)


def once(sealed: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Rows of which none has the same sealed rest as another, in an order that tells nothing."""
    nonces = np.ascontiguousarray(sealed[:, :8]).view(np.uint64).ravel()
    order = np.argsort(nonces, kind="stable")
    again = nonces[order][1:] == nonces[order][:-1]
    for at in np.flatnonzero(again):
        again[at] = np.array_equal(sealed[order[at]], sealed[order[at + 1]])
    return order[np.concatenate(([True], ~again))] if len(order) else order


def row_of(segment: Segment, row: int, day: date) -> Stored:
    """One row of a segment of a day, still sealed."""
    at = slice(row, row + 1)
    since = segment.base + int(segment.entered(at)[0])
    tokens = int(segment.place_of(at)[0]), int(segment.person_of(at)[0])
    return Stored(day, *tokens, since, segment.base + int(segment.left[row]), segment.sealed[row].tobytes())
