"""Where the application's ledger ended each day, kept in the log of looks: what is there is chained, signed with the
day's head, and kept outside.
"""

from datetime import date, datetime

from epiloop.core.instants import ONE_DAY
from epiloop.vault import witness
from epiloop.vault.port import LedgerEnd
from keyservice.accesslog import Look, record
from keyservice.database import Connection
from keyservice.statements import statement


def keep(connection: Connection, end: LedgerEnd, at: datetime) -> bool:
    """Write it down, unless it is there; whether it is what counts of its day. Another end of a day that has one is
    written down too, once, as a conflict.
    """
    connection.execute(statement("hold_log"))  # two at one moment are one after the other
    known = next((one for one in kept(connection, end.day) if one.day == end.day), None)
    text = witness.text_of(end)
    if known is None:
        _write(connection, witness.WITNESS, text, at)
    elif known != end and not connection.execute(statement("disputed"), {"unit": text}).fetchone():
        _write(connection, witness.CONFLICT, text, at)
    return known in (None, end)


def kept(connection: Connection, since: date) -> list[LedgerEnd]:
    """The ends of the days from one on, the earliest first."""
    rows = connection.execute(statement("witnessed"), {"since": since.isoformat()})
    return [witness.end_of(row[0]) for row in rows]


def after(day: date | None) -> date:
    """The first day after one."""
    return day + ONE_DAY if day else date.min


def _write(connection: Connection, kind: str, text: str, at: datetime) -> None:
    record(connection, Look(kind, witness.TELLER, witness.PURPOSE, (), text), at)
