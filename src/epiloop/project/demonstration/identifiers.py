"""Document and phone numbers that look right and can belong to nobody.

A resident's number is 6 digits of area, 8 of birth, 3 of sequence (odd: male) and a check digit (GB 11643, ISO 7064
MOD 11-2). No area begins with 99, so 999xxx is nobody's. Mobile numbers begin with 13 to 19, so 109 is nobody's.
"""

import numpy as np

from epiloop.project.demonstration.columns import Days, Ints, Texts

AREAS = 1000
PER_AREA = 500
"""Sequence numbers of one sex on one day in one area."""
GROUP = AREAS * PER_AREA
_FACTORS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array([ord(sign) for sign in "10X98765432"], dtype=np.uint32)
PHONES = 10**8


def birthdays(born: Days, index: Ints, people: int) -> Days:
    """Birth dates moved back by a few days so that numbers of more than 500,000 people stay unique.

    People with the same area and sequence number (every 500,000th) must differ in birth date: the k-th of them is
    born on a day whose count leaves k when divided by how many there are.
    """
    groups = -(-people // GROUP)
    days = born.astype(np.int64)
    return (days - (days - index // GROUP) % groups).astype("datetime64[D]")


def document_numbers(index: Ints, born: Days, sex: Ints) -> Texts:
    """The 18-digit numbers of people by their index in the county, birth date and sex (1 male, 2 female)."""
    area = index // PER_AREA % AREAS
    sequence = index % PER_AREA * 2 + (sex == 1)
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    birth = year * 10_000 + month * 100 + day
    digits = np.concatenate(
        (np.full((len(index), 3), 9), _digits(area, 3), _digits(birth, 8), _digits(sequence, 3)), axis=1
    )
    signs = np.empty((len(index), 18), dtype=np.uint32)
    signs[:, :17] = digits + ord("0")
    signs[:, 17] = _CHECKS[digits @ _FACTORS % 11]
    return _texts(signs)


def phone_numbers(index: Ints, seed: int) -> Texts:
    """Different 11-digit numbers for different people, in no visible order."""
    scattered = (index * 61_803_399 + seed * 7_919) % PHONES
    return _texts((_digits(10_900_000_000 + scattered, 11) + ord("0")).astype(np.uint32))


def _digits(number: Ints, width: int) -> Ints:
    return np.asarray(number[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10, dtype=np.int64)


def _texts(signs: np.ndarray) -> Texts:
    """Rows of code points as texts: numpy keeps a text as one 32-bit code point per sign."""
    return np.ascontiguousarray(signs).view(f"U{signs.shape[1]}").ravel()
