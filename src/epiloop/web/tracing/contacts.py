"""Whoever was confirmed as a contact out of the searches for a case: all of them, however many."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from epiloop.runtime.requests.tracing.confirming import link_of
from epiloop.store.reading import tracing as stored
from epiloop.store.tables import TraceRow
from epiloop.web.acting import Acting


def confirmed_of(connection: Connection[Any], row: TraceRow, who: Acting) -> list[UUID]:
    """The contacts that searches for the case of a request found, in both rings, within the scope of the connection."""
    return stored.confirmed(connection, row.person, link_of(row.person, row.disease), who.at)
