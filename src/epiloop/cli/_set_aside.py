"""How verbs show the subjects that the deadline clock has set aside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from epiloop.cli._verbs import say, table
from epiloop.core.errors import N_

if TYPE_CHECKING:
    from epiloop.store.deadlines import SetAside


def set_aside_said(waiting: Sequence["SetAside"]) -> list[str]:
    """A line and a table for people; nothing if nobody is set aside."""
    if not waiting:
        return []
    head = say(N_("%(count)d subjects are set aside because something went wrong; they are tried again:"))
    rows = [(one.subject, f"{one.retry_at:%Y-%m-%d %H:%M %z}", one.tries, one.problem) for one in waiting]
    return ["", head % {"count": len(waiting)}, table(("subject", "next try", "tries", "problem"), rows)]
