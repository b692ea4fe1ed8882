"""`epiloop tell`: say what happened - to a person, a unit, a place - as pages and programs do."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from epiloop.cli._verbs import Installation, answer, as_json, operator, with_database
from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.core.purposes import PURPOSES
from epiloop.ledger.events import Body

CODES = ("jurisdiction", "residence", "stay", "to")
"""Fields that are given as a jurisdiction's code."""
NEW_IDS = {"case-determined": "case", "contact-determined": "link", "post-created": "post"}
"""What names a new thing, where it is left out."""


@click.command()
@click.argument("kind")
@click.argument("subject", type=click.UUID, required=False)
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M%z"]), help="When, with its zone: 2022-07-01T09:00+0800.")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), default="case-investigation", show_default=True)
@click.option("--key", default="", help="Told again with the same key, it is told once.")
@as_json
@with_database
def command(
    _installation: Installation,
    kind: str,
    subject: UUID | None,
    *,
    at: datetime | None,
    purpose: str,
    key: str,
    as_json: bool,
) -> None:
    """Tell an event of KIND about SUBJECT (none for a new one); its fields are read as JSON from standard input.

    Kinds and fields stand in docs/reference/events.md.
    """
    from epiloop.runtime.requests.asking import REQUEST

    by = operator(purpose, key)
    given = _given(sys.stdin.read())
    identity = given.pop("identity", None)
    if kind in NEW_IDS:
        given.setdefault(NEW_IDS[kind], str(by.new_id(NEW_IDS[kind])))
    done = _tell(by, subject, _body(kind, given), identity, at)
    found = {name: value for name, value in done.result.items() if name != REQUEST}
    answer({**found, "repeated": done.repeated}, lambda: "\n".join(map(str, found.values())), as_json=as_json)


def _given(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise InvalidInput(N_("Standard input holds no JSON object."), remedy=N_('Write {"name": "value"}.'))
    return {name: int(code(value)) if name in CODES else value for name, value in given.items()}


def _body(kind: str, given: Mapping[str, Any]) -> Body:
    """The event body. Raises InvalidInput, naming no value."""
    from epiloop.ledger.events import decode
    from epiloop.runtime import capabilities  # noqa: F401 - registers every body

    try:
        return decode(kind, 1, given)
    except (TypeError, ValueError, AttributeError):
        raise InvalidInput(
            N_("These are not the fields of %(kind)s."), remedy=N_("See docs/reference/events.md."), kind=kind
        ) from None


def _tell(by: Any, subject: UUID | None, told: Body, identity: Any, at: datetime | None) -> Any:
    from epiloop.registers.people.events import PersonRegistered, StayChanged
    from epiloop.runtime import present
    from epiloop.runtime.requests import people, registering
    from epiloop.vault.port import Identity

    parts = present.parts()
    if isinstance(told, PersonRegistered):
        who = Identity(**identity) if identity else None
        return registering.register_person(parts, by, told, who, at=at)
    for register, tell in (("units", registering.tell_unit), ("places", registering.tell_place)):
        if type(told).__module__ == f"epiloop.registers.{register}.events":
            return tell(parts, by, subject, told, at=at)
    if subject is None:
        raise InvalidInput(N_("Whom this is about is missing."), remedy=N_("Give the person's id."))
    if isinstance(told, StayChanged):
        return registering.change_stay(parts, by, subject, told.stay, at=at)
    return people.tell(parts, by, subject, told, at=at)
