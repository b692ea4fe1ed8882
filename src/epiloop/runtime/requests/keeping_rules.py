"""The reason of an adoption, which stands beside it for good."""

from epiloop.core.errors import N_, InvalidInput
from epiloop.registers.rulebooks.events import RulebookAdopted
from epiloop.rules.model import Rulebook
from epiloop.runtime.requests.asking import check_open

LONGEST_REASON = 500


def check_reason(book: Rulebook, reason: str) -> None:
    """Raise InvalidInput without a reason, or where it looks like somebody's number."""
    if not reason:
        raise InvalidInput(N_("The adoption has no reason."), remedy=N_("Say why: the notice and its number."))
    check_open(RulebookAdopted(book.name, book.digest, reason=reason))
