"""Who somebody is: searched and shown through the vault, which logs every look before it answers (PRIVACY R11, R12)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import Scope
from epiloop.core.purposes import check_purpose
from epiloop.runtime.parts import Parts, Pool
from epiloop.runtime.requests.asking import By, no_such_person
from epiloop.store.reading.people import PersonLine, people_by_id
from epiloop.store.scoped import reading
from epiloop.vault.port import Identity, Match

RIGHT = "person.identity"
MOST_REVEALED = 200
"""People whose identity one request may show: a day list's page, not a register."""


def reveal(parts: Parts, readers: Pool, by: By, people: Sequence[UUID], *, at: datetime) -> dict[UUID, Identity]:
    """The identities of people inside the scope of the one who asks. Raises NotFound if one is not."""
    check_purpose(by.purpose)
    if len(people) > MOST_REVEALED:
        raise InvalidInput(
            N_("At most %(most)s identities are shown at once."),
            remedy=N_("Ask for a page of the list."),
            most=MOST_REVEALED,
        )
    by.check(RIGHT, None)
    with reading(readers, by.scope(RIGHT)) as connection:
        known = {line.id for line in people_by_id(connection, people, at)}
    if set(people) - known:
        raise no_such_person()
    return parts.vault.reveal(list(people), asker=by.actor, purpose=by.purpose)


def search(
    parts: Parts, readers: Pool, by: By, text: str, *, at: datetime, inside: Scope | None = None, limit: int = 20
) -> list[tuple[Match, PersonLine]]:
    """People whose document or phone is `text` or whose name is like it, best first, without their identity."""
    check_purpose(by.purpose)
    by.check("person.read", None)
    scope = inside or by.scope("person.read")
    matches = parts.vault.search(text, scope=scope, limit=limit, asker=by.actor, purpose=by.purpose)
    with reading(readers, by.scope("person.read")) as connection:
        lines = {line.id: line for line in people_by_id(connection, [match.subject for match in matches], at)}
    return [(match, lines[match.subject]) for match in matches if match.subject in lines]
