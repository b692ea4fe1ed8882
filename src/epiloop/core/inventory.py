"""The inventory of personal fields: what is held of whom, for which purpose, on which basis, how long (PRIVACY R17).

Each database has one file, beside its SQL, in which every table and column stands: personal or not. A migration that
makes a column of which the file says nothing does not go in. An id of a person counts as personal: it leads to them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from epiloop.core.errors import N_, Broken, InvalidInput
from epiloop.core.purposes import check_purpose

Whose = Literal["people", "staff", "people and staff"]
Column = tuple[str, str]
"""Table and column."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds: of whom, in a sentence, for which purposes of `core.purposes`, on which basis, for how long;
    which of its columns are personal, and which are not.
    """

    table: str
    whose: Whose
    what: str
    purposes: tuple[str, ...]
    basis: str
    retention: str
    personal: tuple[str, ...]
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """All tables of a database: those with personal fields, and the columns of those without any."""

    bases: Mapping[str, str]
    retentions: Mapping[str, str]
    held: tuple[Held, ...]
    nobody: Mapping[str, tuple[str, ...]]

    def columns(self) -> set[Column]:
        """Every column that is declared."""
        of_people = {(one.table, column) for one in self.held for column in (*one.personal, *one.other)}
        return of_people | {(table, column) for table, columns in self.nobody.items() for column in columns}


def inventory(plain: Mapping[str, Any]) -> Inventory:
    """The inventory in a file's content. Raises InvalidInput for an entry without purpose, basis or retention."""
    bases, retentions = dict(plain["bases"]), dict(plain["retentions"])
    held = tuple(_held(table, said, bases, retentions) for table, said in plain["personal"].items())
    nobody = {table: tuple(columns) for table, columns in plain["nobody"].items()}
    twice = [one.table for one in held if one.table in nobody]
    if twice:
        raise _wrong(twice[0])
    return Inventory(bases, retentions, held, nobody)


def undeclared(declared: Inventory, found: Iterable[Column]) -> list[Column]:
    """The columns of a database of which the inventory says nothing, in order."""
    return sorted(set(found) - declared.columns())


def check_declared(declared: Inventory, found: Iterable[Column]) -> None:
    """Raise Broken, naming them, if there are columns of which the inventory says nothing."""
    if missing := undeclared(declared, found):
        raise Broken(
            N_("The inventory of personal fields does not say what these hold: %(columns)s."),
            where="personal.toml",
            remedy=N_("Say of whom, for which purpose, on which basis and for how long; or that it is of nobody."),
            columns=", ".join(f"{table}.{column}" for table, column in missing),
        )


def _held(table: str, said: Mapping[str, Any], bases: Mapping[str, str], retentions: Mapping[str, str]) -> Held:
    columns: Sequence[str] = (*said.get("columns", ()), *said.get("other", ()))
    whole = all(said.get(name) for name in ("whose", "what", "purposes", "columns"))
    known = said.get("basis") in bases and said.get("retention") in retentions and said["whose"] in get_args(Whose)
    if not (whole and known and len(set(columns)) == len(columns)):
        raise _wrong(table)
    purposes = tuple(check_purpose(one) for one in said["purposes"])
    parts = said["whose"], said["what"], purposes, said["basis"], said["retention"]
    return Held(table, *parts, tuple(said["columns"]), tuple(said.get("other", ())))


def _wrong(table: str) -> InvalidInput:
    return InvalidInput(
        N_("The inventory does not say once, and wholly, what the table %(table)s holds."),
        where="personal.toml",
        table=table,
    )
