"""Days whose tokens mean nothing to anybody without the day's key: the keeper of the keys gets the same answer."""

from dataclasses import dataclass, replace

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import MIDNIGHT, busy, by_day, examples

from epiloop.exposure import reference, tracing
from epiloop.exposure.segment import Segment, columns, decode, encode
from epiloop.exposure.visits import Visit

SPREAD = 0x9E3779B97F4A7C15
"""An odd number: multiplied with it, small numbers are spread over all 64 bits and stay apart."""


@dataclass(frozen=True)
class SealedDay:
    """Tokens are the beginnings of blocks under the day's key; each row holds who and where as one such block."""

    segment: Segment
    key: bytes

    def place_tokens(self, places):
        return tokens(self.key, places, b"place")

    def person_tokens(self, people):
        return tokens(self.key, people, b"person")

    def places_of(self, rows):
        return self._opened(rows)[:, 1]

    def people_of(self, rows):
        return self._opened(rows)[:, 0]

    def _opened(self, rows):
        blocks = crypt(self.key).decryptor().update(self.segment.sealed[rows].tobytes())
        return np.frombuffer(blocks, "<u8").reshape(-1, 2)


def crypt(key: bytes) -> Cipher:
    return Cipher(algorithms.AES(key), modes.ECB())  # each block is a number of its own


def tokens(key: bytes, numbers, what: bytes):
    """The first eight bytes of each number's block."""
    blocks = b"".join(int(number).to_bytes(8, "little") + what.ljust(8, b"-") for number in numbers)
    return np.frombuffer(crypt(key).encryptor().update(blocks), "<u8")[::2].copy()


def sealed(day: list[Visit], key: bytes) -> SealedDay:
    """The day as the keeper stores it."""
    open_ = columns(day)
    whole = np.stack((open_.person, open_.place), axis=1).astype("<u8").tobytes()
    blocks = crypt(key).encryptor().update(whole)
    hidden = replace(
        open_,
        person=tokens(key, open_.person, b"person"),
        place=tokens(key, open_.place, b"place"),
        sealed=np.frombuffer(blocks, np.uint8).reshape(-1, 16),
    )
    return SealedDay(decode(encode(hidden)), key)


def days(told: list[Visit]) -> list[SealedDay]:
    """Each day under a key of its own."""
    parts: dict[int, list[Visit]] = {}
    for visit in told:
        parts.setdefault((visit.entered - MIDNIGHT) // 86_400, []).append(visit)
    return [sealed(part, bytes([number % 256]) * 16) for number, part in parts.items()]


@examples(60)
@given(st.integers(0, 2**32))
def test_sealed_days_give_the_answer_of_open_ones(seed) -> None:
    town = busy(seed)
    until = MIDNIGHT + 200_000
    found = tracing.trace(days(town.visits), town.cases, town.terms, second_until=until)
    assert found.rings() == reference.trace(town.visits, town.cases, town.terms, second_until=until)


def test_an_explanation_opens_what_it_needs() -> None:
    town = busy(3)
    rings = reference.trace(town.visits, town.cases, town.terms)
    contact = rings.first[0]
    case = next(case for case in town.cases if case.person == contact.source)
    told = tracing.explain(days(town.visits), case, contact.person, town.terms)
    assert told == reference.explain(town.visits, case, contact.person, town.terms)
    assert sum(stretch.points for stretch in told) == contact.points


def test_equal_people_have_unequal_tokens_on_different_days() -> None:
    one, other = (sealed([Visit(1, 1, "shop", MIDNIGHT, MIDNIGHT + 60)], bytes([key]) * 16) for key in (1, 2))
    assert one.segment.people[0] != other.segment.people[0]
    assert one.segment.places[0] != other.segment.places[0]


@examples(60)
@given(st.integers(0, 2**32))
def test_numbers_of_64_bits_are_as_good_as_small_ones(seed) -> None:
    town = busy(seed)
    wide = [replace(visit, person=visit.person * SPREAD % 2**64) for visit in town.visits]
    cases = [replace(case, person=case.person * SPREAD % 2**64) for case in town.cases]
    expected = reference.trace(wide, cases, town.terms)
    assert tracing.trace(by_day(wide), cases, town.terms).rings() == expected
    assert len(expected.first) == len(reference.trace(town.visits, town.cases, town.terms).first)
