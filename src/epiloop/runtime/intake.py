"""Import a line list: rows become drafts, drafts become acts of some thousand streams each.

Every batch is an act with a key made of the run and its number, so an import that was killed is simply run again:
what was acknowledged is there, the rest follows, nothing is doubled (each row's sayings have source keys).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_
from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, Scope
from epiloop.ledger.events import Draft
from epiloop.operations.investigation import mapping as lists
from epiloop.operations.investigation.mapping import Imported, Row, RowError
from epiloop.operations.investigation.mapping.declared import Mapping as Declared
from epiloop.registers.people.events import IdentityRecorded
from epiloop.runtime.acts import Asked, Decision, Histories, perform
from epiloop.runtime.parts import Parts
from epiloop.runtime.vanished import vanished, withdraw
from epiloop.store import intake
from epiloop.vault.port import Identity

BATCH = 2_000
"""Streams per act: large enough for sets to pay, small enough that a row lock is held for about a second."""

Progress = Callable[[int, int], None]
Told = dict[UUID, list[str]]
"""The source keys that each stream had been told before the import came to it."""


@dataclass(frozen=True, slots=True)
class Files:
    """The sheets of one import."""

    cases: lists.Sheet | None = None
    contacts: lists.Sheet | None = None

    @property
    def total(self) -> int:
        """How many rows were read, good or bad."""
        return sum(len(sheet.rows) + len(sheet.errors) for sheet in (self.cases, self.contacts) if sheet)


@dataclass(slots=True)
class Outcome:
    """What came of an import, in rows. `unchanged` rows said nothing new."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: int | None = None
    """Links withdrawn because a complete list no longer names them; None: the list does not say it is complete."""
    errors: Sequence[RowError] = ()
    warnings: Sequence[RowError] = ()
    dry_run: bool = False
    identified: Sequence[UUID] = ()
    """People of whom the files say who they are."""
    by_line: dict[tuple[str, int], str] = field(default_factory=dict, repr=False)

    def counts(self) -> dict[str, int]:
        """The numbers alone."""
        names = ("read", "added", "updated", "unchanged", "rejected")
        gone = {} if self.withdrawn is None else {"withdrawn": self.withdrawn}
        return {name: getattr(self, name) for name in names} | gone


@dataclass(frozen=True, slots=True)
class Order:
    """Who imports what where: `asked.key` names the run. Rows about people outside `reach` are refused (None: none)."""

    asked: Asked
    mapping: Declared
    files: Files
    jurisdiction: Code
    stamp: bytes
    reach: Scope | None = None


def read(parts: Parts, order: Order) -> Imported:
    """What the files say; nothing is written. Raises InvalidInput if the mapping does not fit them."""
    with parts.pool.connection() as connection:
        zone = parts.shelf.laws(connection).zone(order.jurisdiction)
        today = day_of(parts.now(), zone)
        known = _Registered(connection)
        setting = lists.Setting(zone, order.jurisdiction, today, order.stamp, known)
        imported = lists.import_lists(order.mapping, order.files.cases, order.files.contacts, setting)
        return imported if order.reach is None else _within(connection, imported, order.reach)


def _within(connection: Any, imported: Imported, reach: Scope) -> Imported:
    """The rows about people who stay, and stay by what the row says, inside the reach; the others as errors."""
    stays = intake.stays(connection, {row.person for row in imported.rows})
    kept: list[Row] = []
    errors = list(imported.errors)
    for row in imported.rows:
        codes = {draft.jurisdiction for draft in row.drafts} | {stays.get(row.person, 0)} - {0}
        if all(code in reach for code in codes):
            kept.append(row)
        else:
            errors.append(RowError(row.sheet, row.line, "", N_("This person stays outside your jurisdiction.")))
    return Imported(tuple(kept), tuple(errors), imported.warnings)


class _Registered:
    """People registered already, asked for one at a time: only sources that the files do not list."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __contains__(self, person: object) -> bool:
        return isinstance(person, UUID) and bool(intake.known_people(self.connection, [person]))


def carry_out(parts: Parts, order: Order, *, dry_run: bool = False, progress: Progress | None = None) -> Outcome:
    """Import the files. Bad rows are reported and hold up no good one; the same file twice changes nothing."""
    imported = read(parts, order)
    outcome = Outcome(order.files.total, errors=imported.errors, warnings=imported.warnings, dry_run=dry_run)
    outcome.rejected = len(imported.errors)
    outcome.identified = list(dict.fromkeys(row.person for row in imported.rows if row.identity))
    streams = imported.by_stream()
    told: Told = {}
    batches = [list(streams)[start : start + BATCH] for start in range(0, len(streams), BATCH)]
    done = 0
    for number, batch in enumerate(batches):
        drafts = {stream: streams[stream] for stream in batch}
        if dry_run:
            told |= _told(parts, drafts)
        else:
            told |= _batch(parts, order, number, drafts, _identities(imported, batch))
        done += len(batch)
        if progress:
            progress(done, len(streams))
    _count(outcome, imported, told)
    if order.mapping.complete and order.files.contacts is not None:
        outcome.withdrawn = _take_back(parts, order, imported, outcome, dry_run=dry_run)
    return outcome


def _take_back(parts: Parts, order: Order, imported: Imported, outcome: Outcome, *, dry_run: bool) -> int:
    """Withdraw what the list no longer names; nothing as long as a row of it cannot be read, which may name a link."""
    if any(error.sheet == "contacts" for error in imported.errors):
        problem = N_("Rows of this list were rejected, so no link was withdrawn.")
        outcome.warnings = (*outcome.warnings, RowError("contacts", 1, "", problem))
        return 0
    gone = vanished(parts, order.mapping.system, imported)
    if order.reach is not None:
        gone = [one for one in gone if one.jurisdiction in order.reach]
    if dry_run:
        return len(gone)
    asked = Asked(order.asked.actor, order.asked.purpose, f"{order.asked.key}:gone")
    return withdraw(parts, asked, order.mapping.system, gone)


def _identities(imported: Imported, batch: Sequence[UUID]) -> dict[UUID, Identity]:
    wanted = set(batch)
    return {row.person: row.identity for row in imported.rows if row.identity and row.person in wanted}


def _batch(
    parts: Parts, order: Order, number: int, drafts: Mapping[UUID, list[Draft]], identities: Mapping[UUID, Identity]
) -> Told:
    """One act. Identities go to the vault first: an id that nobody uses is harmless, a nameless person is not."""
    asked = Asked(order.asked.actor, order.asked.purpose, f"{order.asked.key}:{number}")
    if identities:
        codes = {person: drafts[person][0].jurisdiction for person in identities}
        parts.vault.put(identities, jurisdictions=codes, key=asked.key)
    told: Told = {}

    def decide(histories: Histories, _now: datetime) -> Decision:
        fresh: list[Draft] = []
        for stream, said in drafts.items():
            told[stream] = [entry.source_key for entry in histories[stream].entries if entry.source_key]
            fresh += [*_new(said, told[stream]), *_known(stream, said, identities, told[stream])]
        return Decision(fresh, {"streams": len(drafts), "events": len(fresh)})

    done = perform(parts, asked, dict.fromkeys(drafts, "person"), decide)
    return _told(parts, drafts, before=asked.key) if done.repeated else told


def _told(parts: Parts, drafts: Mapping[UUID, list[Draft]], *, before: str | None = None) -> Told:
    """What each stream was told so far, or before an act: what a run did before it was killed counts as done by it."""
    with parts.pool.connection() as connection:
        found = intake.told_keys(connection, drafts, before=before)
    return {stream: found.get(stream, []) for stream in drafts}


def _new(said: Sequence[Draft], told: Sequence[str]) -> list[Draft]:
    """What a stream has not been told last under the same name."""
    new: list[Draft] = []
    for draft in said:
        key = lists.fresh_key(draft.source_key, told) if draft.source_key else None
        if key is not None:
            new.append(Draft(draft.stream, draft.body, draft.occurred_at, draft.jurisdiction, key))
    return new


def _known(
    stream: UUID, said: Sequence[Draft], identities: Mapping[UUID, Identity], told: Sequence[str]
) -> list[Draft]:
    """That the vault knows who this is, said once for each set of things it knows."""
    identity = identities.get(stream)
    if identity is None:
        return []
    body = IdentityRecorded(
        bool(identity.name), bool(identity.documents), bool(identity.phones), bool(identity.address)
    )
    key = f"identity:{body.name:d}{body.document:d}{body.phone:d}{body.address:d}"
    first = said[0]
    return [] if key in told else [Draft(stream, body, first.occurred_at, first.jurisdiction, key)]


def _count(outcome: Outcome, imported: Imported, told: Told) -> None:
    for row in imported.rows:
        word = _word(row, told)
        setattr(outcome, word, getattr(outcome, word) + 1)
        outcome.by_line[row.sheet, row.line] = word


def _word(row: Row, told: Told) -> str:
    """added: nothing under these names was told before; unchanged: all of it was told last; else updated."""
    keys = [draft.source_key for draft in row.drafts if draft.source_key]
    before = told.get(row.person, [])
    names = {key.rpartition(":")[0] for key in before}
    if not any(lists.fresh_key(key, before) for key in keys):
        return "unchanged"
    return "updated" if any(key.rpartition(":")[0] in names for key in keys) else "added"
