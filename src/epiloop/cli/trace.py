"""`epiloop trace CASE`: who met a case. Asks for a search, waits for its approval, carries it out."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from epiloop.cli._histories import ask_visits, row_of, said_visits, told_visits
from epiloop.cli._met import WAITS, said
from epiloop.cli._texts import said_authorisation
from epiloop.cli._tracing import account, acting_as, clock, key_file, person_of, read_key, unit_of
from epiloop.cli._verbs import Installation, answer, as_json, note, plain, say, with_database
from epiloop.core.errors import N_, Refused
from epiloop.core.purposes import PURPOSES

if TYPE_CHECKING:
    from epiloop.runtime.requests import By
    from epiloop.store.tables import TraceRow
    from epiloop.vault.port import Identity

LOOK_SECONDS = 1.0
STANDING = ("asked", "approved", "done")


@click.command()
@click.argument("case")
@click.option(
    "--ring", type=click.IntRange(1, 2), default=1, help="2: their contacts too, where the clause knows them."
)
@click.option("--history", is_flag=True, help="Where the case itself was, instead: when, and at what kind of place.")
@click.option("--contacts", is_flag=True, help="Show how to reach them too; each look is written down.")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), help="What --contacts is needed for.")
@click.option("--wait", type=click.IntRange(0, 86_400), default=0, help="Seconds to wait for the approval.")
@account
@key_file
@as_json
@with_database
def command(_installation: Installation, *, case: str, ring: int, as_json: bool, **how: Any) -> None:
    """Who shared place and time with a CASE (its number, its id, or the person's)."""
    if how["contacts"] and not how["purpose"]:
        raise click.UsageError("--contacts needs --purpose")
    by, person = acting_as(how["account"]), person_of(case)
    if how["history"]:
        _history(by, person, how["key"], how["wait"], as_json=as_json)
        return
    row = _standing(person, ring) or _asked(by, person, ring, how["key"])
    row = _approved(row, how["wait"])
    value = _told(by, row, contacts=how["contacts"])
    answer(value, lambda: said(value, row.due), as_json=as_json)


def _history(by: "By", person: UUID, key: Path | None, wait: int, *, as_json: bool) -> None:
    row = _standing(person, 1, "history")
    if row is None:
        row = row_of(ask_visits(by, person, key))
    value = told_visits(by, _approved(row, wait))
    answer(value, lambda: said_visits(value), as_json=as_json)


def _standing(person: UUID, ring: int, kind: str = "trace") -> "TraceRow | None":
    """The latest request for the case that still opens something, or may."""
    from epiloop.runtime import present
    from epiloop.store.reading import tracing as stored
    from epiloop.store.reading.asking import EVERYWHERE

    with present.parts().pool.connection() as connection:
        rows = stored.requests(connection, EVERYWHERE, person=person).rows
    at = present.now()
    fitting = (row for row in rows if row.kind == kind and row.step in STANDING and row.ring == ring)
    return next((row for row in fitting if row.expires is None or row.expires > at), None)


def _asked(by: "By", person: UUID, ring: int, key: Path | None) -> "TraceRow":
    """Ask for it, signed with a key file."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.asking import Asking, propose, text_of, window
    from epiloop.vault.signatures import signed

    if key is None:
        raise Refused(
            N_("Nobody has asked for a search of this case yet."),
            remedy=N_("Ask with --key FILE and --account LOGIN, or on the page of the case."),
        )
    private, parts = read_key(key), present.parts()
    asking = Asking(unit_of(by, private), ring)
    text = text_of(parts, by, window(parts, by, person, parts.now()), asking, at=parts.now(), id_=parts.new_id())
    note("\n".join(said_authorisation(text)))
    done = propose(parts, by, text, signed(text, private))
    return row_of(UUID(str(done.result["trace"])))


def _approved(row: "TraceRow", seconds: int) -> "TraceRow":
    """The request once somebody approved it, or as it stands when the time is over."""
    until = time.monotonic() + seconds
    if row.step == "asked" and seconds:
        note(say(WAITS) % {"due": clock(row.due), "trace": row.id})
    while row.step == "asked" and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        row = row_of(row.id)
    return row


def _told(by: "By", row: "TraceRow", *, contacts: bool) -> dict[str, Any]:
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.answers import plain as people_of
    from epiloop.runtime.requests.tracing.answers import search

    value = {"trace": str(row.id), "case": str(row.person), "ring": row.ring, "clause": row.clause}
    value |= {"asked_at": plain(row.asked_at), "state": row.step}
    if row.step not in ("approved", "done"):
        return {**value, "people": [], "counts": {"ring_1": None, "ring_2": None, "confirmed": row.confirmed}}
    found = search(present.running(), by, row.id)
    people = people_of(found)
    if contacts:
        reached = _reached(by, found)
        people = [{**one, "contact": reached.get(one["handle"])} for one in people]
    counts = {"ring_1": found.first, "ring_2": found.second, "confirmed": row.confirmed}
    value["gaps"] = [day.isoformat() for day in found.gaps]
    return {**value, "state": "counted" if found.counted else "done", "people": people, "counts": counts}


def _reached(by: "By", found: Any) -> dict[str, Any]:
    """How to reach each: what the vault knows of those who are registered, else the number they gave."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.identities import MOST_REVEALED, reveal

    known = [one.subject for one in found.people if one.subject in found.lines]
    parts = present.parts()
    shown: dict[UUID, Identity] = {}
    for start in range(0, len(known), MOST_REVEALED):
        some = known[start : start + MOST_REVEALED]
        shown |= reveal(parts, present.readers(), by, some, at=parts.now())
    reached: dict[str, Any] = {}
    for one in found.people:
        if one.subject in shown:
            who = shown[one.subject]
            reached[one.handle] = {"name": who.name, "phones": list(who.phones)}
        elif one.reach is not None:
            reached[one.handle] = {"kind": one.reach.kind.name.lower(), "number": one.reach.text}
    return reached
