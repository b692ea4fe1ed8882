"""A segment is the same visits again, sorted; anything else is refused."""

import mmap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import MIDNIGHT, busy, examples, towns

from epiloop.core.errors import Broken, InvalidInput
from epiloop.exposure.search import portions, visits_of
from epiloop.exposure.segment import ALIGNED, HEADER, Columns, columns, decode, encode, merge
from epiloop.exposure.visits import Visit

ONE = Visit(2**64 - 1, 2**63, "shop", MIDNIGHT, MIDNIGHT + 60, row=3, presumed=True)


def same(one: Visit) -> tuple:
    return (one.place, one.entered, one.left, one.person, one.kind, one.source, one.row, one.presumed)


def everybody(told: list[Visit]) -> list[int]:
    return sorted({visit.person for visit in told})


@examples(60)
@given(towns)
def test_what_went_in_comes_out(town) -> None:
    segment = decode(encode(columns(town)))
    assert sorted(visits_of([segment], everybody(town)), key=same) == sorted(town, key=same)
    assert list(segment.place_of(np.arange(len(segment)))) == sorted(visit.place for visit in town)


@examples(60)
@given(towns)
def test_the_order_in_which_visits_were_told_leaves_no_trace(town) -> None:
    assert encode(columns(town[::-1])) == encode(columns(town))


@examples(60)
@given(towns, towns)
def test_segments_merge_into_all_of_their_visits(one, other) -> None:
    merged = merge([decode(encode(columns(part))) for part in (one, other)])
    assert encode(merged) == encode(columns([*one, *other]))


def test_no_segments_merge_into_none() -> None:
    assert len(decode(encode(merge([])))) == 0


def test_the_largest_numbers_are_kept() -> None:
    assert visits_of([decode(encode(columns([ONE])))], [ONE.person]) == [ONE]


def test_a_segment_is_read_from_a_mapped_file_and_cannot_be_changed(tmp_path) -> None:
    town = busy(1).visits
    file = tmp_path / "day"
    file.write_bytes(encode(columns(town)))
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        segment = decode(memoryview(mapped))
        assert len(segment) == len(town)
        with pytest.raises(ValueError, match="read-only"):
            segment.person[0] = 1
        del segment


def test_columns_start_where_processors_like_it() -> None:
    block = encode(columns(busy(1).visits))
    assert len(block) % ALIGNED == 0
    assert HEADER.size == ALIGNED
    segment = decode(block)
    assert segment.moment.ctypes.data % 8 == segment.left.ctypes.data % 4 == 0


def test_a_sealed_part_stays_with_its_row() -> None:
    town = busy(1).visits
    parts = [visit.person.to_bytes(4, "big") * 4 for visit in town]
    segment = decode(encode(columns(town, sealed=parts)))
    for person, sealed in zip(segment.person_of(slice(None)).tolist(), segment.sealed, strict=True):
        assert sealed.tobytes() == person.to_bytes(4, "big") * 4


def test_sealed_parts_of_two_widths_do_not_merge() -> None:
    parts = [decode(encode(columns([ONE], sealed=[bytes(width)]))) for width in (16, 32)]
    with pytest.raises(InvalidInput, match="different width"):
        merge(parts)


@examples(60)
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_no_damage_to_the_head_goes_unnoticed(at, value) -> None:
    block = bytearray(encode(columns(busy(1).visits)))
    at %= HEADER.size
    before, block[at] = block[at], value
    if before == value:
        assert len(decode(block)) > 0
    else:
        with pytest.raises(Broken):
            decode(block)


@examples(60)
@given(st.integers(0, 10**6))
def test_a_block_cut_short_is_refused(size) -> None:
    block = encode(columns(busy(1).visits))
    with pytest.raises(Broken):
        decode(block[: size % (len(block) - ALIGNED)])


@pytest.mark.parametrize("block", [b"", b"x" * 500, b"EPISEG"])
def test_foreign_bytes_are_refused(block) -> None:
    with pytest.raises(Broken, match="not a segment"):
        decode(block)


def test_a_later_version_is_refused_by_its_number() -> None:
    block = bytearray(encode(columns([ONE])))
    block[6] = 9
    with pytest.raises(Broken, match="version 9"):
        decode(block)


def changed(**values) -> Columns:
    good = columns([ONE, ONE])
    return Columns(**{name: values.get(name, getattr(good, name)) for name in Columns.__slots__})


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (changed(left=np.array([MIDNIGHT, MIDNIGHT + 1])), "at least one second"),
        (changed(place=np.zeros(3, np.uint64)), "one length"),
        (changed(sealed=np.zeros((1, 4), np.uint8)), "one length"),
        (changed(kind=np.ones(2, np.uint16)), "not in the list"),
        (changed(left=np.array([MIDNIGHT + 2**33] * 2)), "136 years"),
    ],
)
def test_columns_that_cannot_be_visits_are_refused(given_, said) -> None:
    with pytest.raises(InvalidInput, match=said):
        encode(given_)


@examples(60)
@given(st.lists(st.integers(0, 20), max_size=30), st.integers(1, 40))
def test_portions_are_neighbours_and_small_unless_one_is_heavy_alone(weights, most) -> None:
    parts = portions(np.array(weights, np.int64), most)
    assert [at for first, last in parts for at in range(first, last)] == list(range(len(weights)))
    assert all(sum(weights[first:last]) <= most or last == first + 1 for first, last in parts)
