"""What must be true before a rulebook is adopted."""

from collections.abc import Sequence

from epiloop.core.errors import N_, EpiloopError, Refused
from epiloop.registers.rulebooks.state import Adopted


def check_adopt(before: Sequence[Adopted], digest: str) -> None:
    """Raises Refused if this very text is the one in force already."""
    if before and before[-1].digest == digest:
        raise Refused(N_("This text of the rulebook is in force already."), remedy=N_("There is nothing to do."))


def can_adopt(before: Sequence[Adopted], digest: str) -> bool:
    """Whether `check_adopt` would pass."""
    try:
        check_adopt(before, digest)
    except EpiloopError:
        return False
    return True
