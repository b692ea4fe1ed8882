"""Adopting a rulebook."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.ledger.events import Draft
from epiloop.registers.rulebooks.checks import check_adopt
from epiloop.registers.rulebooks.events import RulebookAdopted
from epiloop.registers.rulebooks.state import Adopted


def stream_of(name: str) -> UUID:
    """The stream of a rulebook's adoptions."""
    return derived("rulebook", name)


def adopt(before: Sequence[Adopted], told: RulebookAdopted, *, at: datetime, jurisdiction: int) -> list[Draft]:
    """The text is the law from `at` on. Raises Refused if it is already."""
    check_adopt(before, told.digest)
    return [Draft(stream_of(told.name), told, at, jurisdiction)]
