"""The lines that everybody may read, one a day; appended, never changed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from epiloop.store.named import queries

Q = queries("published")
FOREVER = date(9999, 12, 31)


def latest(connection: Connection[Any]) -> date | None:
    """The last day that was published."""
    row = connection.execute(Q["latest"]).fetchone()
    return row[0] if row else None


def keep(connection: Connection[Any], day: date, line: Mapping[str, Any], at: datetime) -> None:
    """Publish a day; one that was published is left as it is."""
    connection.execute(Q["keep"], {"day": day, "line": Jsonb(line), "at": at})


def lines(connection: Connection[Any], *, before: date = FOREVER, limit: int = 100) -> list[dict[str, Any]]:
    """The lines of days before one, the latest first."""
    return [row[0] for row in connection.execute(Q["lines"], {"before": before, "limit": limit})]


def head(connection: Connection[Any], day: date) -> dict[str, Any] | None:
    """The end of the key service's log on a day, in words of JSON; None if nothing was logged on it."""
    row = connection.execute(Q["head"], {"day": day}).fetchone()
    return dict(zip(("entries", "hash", "key", "signature"), row, strict=True)) if row else None


def ledger_end(connection: Connection[Any], until: datetime) -> dict[str, Any] | None:
    """The last seal of the ledger before an instant, in words of JSON; None if there is none."""
    row = connection.execute(Q["ledger_end"], {"until": until}).fetchone()
    return dict(zip(("seal", "hash"), row, strict=True)) if row else None


def restricted(connection: Connection[Any], at: datetime) -> dict[str, int]:
    """How many people each status restricted at an instant."""
    return dict(connection.execute(Q["restricted"], {"at": at}).fetchall())


def newly_restricted(connection: Connection[Any], since: datetime, until: datetime) -> int:
    """For how many people, who were free until then, a restriction began."""
    row = connection.execute(Q["newly"], {"since": since, "until": until}).fetchone()
    return int(row[0]) if row else 0
