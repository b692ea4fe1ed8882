"""Pure questions about registrations."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from epiloop.registers.people.state import Person


def survivor_of(person: UUID, merged_into: Mapping[UUID, UUID]) -> UUID:
    """The registration that goes on for this one, following merges of merges; itself if it was never merged."""
    seen = {person}
    while (following := merged_into.get(person)) and following not in seen:
        seen.add(person := following)
    return person


def age_on(person: Person, day: date) -> int | None:
    """Completed years on a day; from the birth year alone the age reached in that year; None if unknown."""
    if person.birth_date:
        had_birthday = (day.month, day.day) >= (person.birth_date.month, person.birth_date.day)
        return day.year - person.birth_date.year - (not had_birthday)
    return day.year - person.birth_year if person.birth_year else None


def open_pairs(person: Person) -> tuple[tuple[UUID, float], ...]:
    """Possible duplicates nobody has decided about, most alike first."""
    return tuple(sorted(person.possible.items(), key=lambda pair: (-pair[1], pair[0])))


def identity_clear(person: Person) -> bool:
    """Identity clear (人头清): registered, name and document known to the vault, no possible duplicate undecided."""
    return person.step == "registered" and {"name", "document"} <= person.identity and not person.possible


def location_clear(person: Person) -> bool:
    """Location clear (位置清): it is known, down to a community, where the person stays."""
    return person.stay is not None and person.stay % 10_000 == 0 and person.stay // 10_000 % 1_000 != 0
