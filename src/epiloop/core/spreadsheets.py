"""Lists as people keep them in a spreadsheet: headings in the first line, by any of their names, then a line a thing.

A line that cannot be right is an error with its number; whether it holds up others is for the list to say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from epiloop.core.errors import N_, EpiloopError, InvalidInput

Line = tuple[int, Mapping[str, str]]
"""A line's number in the file, and its cells by heading."""
Row = dict[str, str]
"""The cells of a line by column, blanks made single."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a line is not taken."""

    line: int
    wrong: EpiloopError


@dataclass(slots=True)
class Read(Generic[T]):
    """What a list says, and what is wrong with it."""

    taken: list[T] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kind of list with the other headings they are known by; `remedy` says what is `needed`."""

    known: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    remedy: str

    def headed(self, headings: Sequence[str]) -> dict[str, str]:
        """Column -> heading. Raises InvalidInput, naming it, where one is missing that is needed."""
        said = {heading.strip().lower(): heading for heading in headings}
        found = {
            name: said[word] for name, others in self.known.items() for word in (*others[::-1], name) if word in said
        }
        if missing := [name for name in self.needed if name not in found]:
            raise InvalidInput(
                N_("The list has no column %(columns)s."), remedy=self.remedy, columns=", ".join(missing)
            )
        return found

    def rows(self, headings: Sequence[str], lines: Iterable[Line]) -> Iterator[tuple[int, Row]]:
        """Each line's number and cells by column. Raises InvalidInput for a list without the needed columns."""
        where = self.headed(headings)
        return (
            (number, {name: " ".join(cells.get(heading, "").split()) for name, heading in where.items()})
            for number, cells in lines
        )

    def check_filled(self, row: Mapping[str, str]) -> None:
        """Raise InvalidInput, naming it, for a needed cell that is empty."""
        for name in self.needed:
            if not row[name]:
                raise InvalidInput(N_("%(column)s is empty."), column=name)
