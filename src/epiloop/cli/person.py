"""`epiloop person`: everything the projections know of one person. Who it is only with --identity, for a purpose."""

from typing import Any
from uuid import UUID

import click

from epiloop.cli._verbs import Installation, answer, as_json, operator, plain, table, with_database
from epiloop.core.purposes import PURPOSES

SEALED = ("sealed",)


@click.command()
@click.argument("person", type=click.UUID)
@click.option("--identity", is_flag=True, help="Show the identity too; the vault logs it.")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), help="What the identity is needed for.")
@as_json
@with_database
def command(_installation: Installation, *, person: UUID, identity: bool, purpose: str | None, as_json: bool) -> None:
    """Status, loops, stages, duties, contacts, cases, samples of one person."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import no_such_person
    from epiloop.runtime.requests.identities import reveal
    from epiloop.store.reading.asking import EVERYWHERE
    from epiloop.store.reading.people import person_page
    from epiloop.store.scoped import reading

    if identity and not purpose:
        raise click.UsageError("--identity needs --purpose")
    at = present.now()
    with reading(present.readers(), EVERYWHERE) as connection:
        page = person_page(connection, person, at)
    if page is None:
        raise no_such_person()
    value = {"at": plain(at), **_without_sealed(plain(page))}
    if purpose and identity:
        shown = reveal(present.parts(), present.readers(), operator(purpose), [person], at=at)
        value["identity"] = plain(shown.get(person))
    answer(value, lambda: _said(value), as_json=as_json)


def _without_sealed(value: Any) -> Any:
    """The same without what only the vault's key opens."""
    if isinstance(value, dict):
        return {name: _without_sealed(item) for name, item in value.items() if name not in SEALED}
    return [_without_sealed(item) for item in value] if isinstance(value, list) else value


def _said(value: dict[str, Any]) -> str:
    status = value["status"]
    duties = [
        [d["duty"]["due"], d["duty"]["kind"], d["duty"]["measure"], d["duty"]["state"], d["duty"]["owner_post"]]
        for d in value["duties"]
    ]
    lines = [value["person"]["id"], f"{status['status']} {status['ends']} {status['clause']}" if status else "free"]
    if value.get("identity"):
        lines.append(value["identity"]["name"])
    return "\n".join([*lines, table(("due", "duty", "measure", "state", "owner"), duties)])
