"""Whoever was confirmed as a contact out of the searches for a case: all of them, however many."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.runtime.requests.tracing.confirming import link_of
from epiloop.store.reading import cases as stored
from epiloop.web.acting import Acting

AT_ONCE = 1000


def confirmed_of(connection: Connection[Any], person: UUID, who: Acting) -> list[UUID]:
    """The contacts of a case that searches found, within the scope of the connection, each once; the last first."""
    found: dict[UUID, None] = {}
    after: str | None = None
    while True:
        page = stored.contacts_of(connection, person, who.at, limit=AT_ONCE, after_page=after)
        found |= dict.fromkeys(row.contact for row in page.rows if row.link.split("#")[0] == link_of(person))
        after = page.after
        if after is None:
            return list(found)
