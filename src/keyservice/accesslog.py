"""The log of looks: what is not in it, committed, is not shown (PRIVACY R11, R19).

An entry holds when, who, of which unit, for what purpose, by which authorisation, and whose data: ids only, neither
health nor a place. It is append-only and chained; `vault.heads` signs where it ended each day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, NotAllowed
from epiloop.vault.grants import MOST_UNREVIEWED, REVIEW_WITHIN
from keyservice.database import Connection, id_list
from keyservice.statements import statement


@dataclass(frozen=True, slots=True)
class Look:
    """What is about to be shown: the kind of look, who asks for what, whose data; `case`: by which authorisation."""

    kind: str
    asker: str
    purpose: str
    subjects: Sequence[UUID]
    unit: str = ""
    case: UUID | None = None


def record(connection: Connection, look: Look, at: datetime) -> None:
    """Write the entry; whoever shows something commits it first. Raises NotAllowed as `check_not_suspended`."""
    check_not_suspended(connection, look.asker, at)
    values = {"at": at, "kind": look.kind, "asker": look.asker, "purpose": look.purpose}
    more = {"unit": look.unit, "about": look.case, "subjects": id_list(look.subjects)}
    connection.execute(statement("log_access"), values | more)


def check_reviewed(connection: Connection, asker: str) -> None:
    """Raise NotAllowed for somebody who broke the glass for several people, and nobody has reviewed that yet: an
    emergency is of one person (PRIVACY B1), and many of them in a row are no emergency.
    """
    waiting = connection.execute(statement("unreviewed_glass"), {"asker": asker}).fetchone()
    if waiting is not None and waiting[0] >= MOST_UNREVIEWED:
        raise NotAllowed(
            N_("Another person first reviews the emergencies that wait for it."),
            where="key service",
            remedy=N_("Ask somebody who may review them, or ask for a search as usual."),
        )


def check_not_suspended(connection: Connection, asker: str, at: datetime) -> None:
    """Raise NotAllowed for somebody who broke the glass a day ago, and nobody reviewed it (PRIVACY B1)."""
    given = {"asker": asker, "before": at - REVIEW_WITHIN}
    if connection.execute(statement("overdue_glass"), given).fetchone():
        raise NotAllowed(
            N_("Whoever opened visits in an emergency is answered nothing until another person has reviewed it."),
            where="key service",
            remedy=N_("Ask somebody who may review it to do so first."),
        )
