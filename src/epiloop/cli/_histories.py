"""Opening where one person was from the command line: a case's own visits, or by legal order."""

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from epiloop.cli._texts import said_authorisation
from epiloop.cli._tracing import account, acting_as, key_file, person_of, read_key, said_gaps, unit_of
from epiloop.cli._verbs import Installation, answer, as_json, note, plain, table, with_database
from epiloop.core.errors import N_, NotFound, Refused
from epiloop.core.statutes import STATUTES

if TYPE_CHECKING:
    from epiloop.runtime.requests import By
    from epiloop.runtime.requests.tracing.histories import Order
    from epiloop.store.tables import TraceRow


@click.command()
@click.argument("case")
@click.option("--statute", type=click.Choice(list(STATUTES)), required=True, help="By which law: a closed list.")
@click.option("--authority", required=True, help="Whom it entitles, as it stands in the order.")
@click.option("--reference", required=True, help="The authority's number of the order.")
@click.option("--since", type=click.DateTime(), required=True, help="From when (UTC); 28 days at most.")
@click.option("--until", type=click.DateTime(), required=True, help="Until when (UTC).")
@click.option("--days", type=click.IntRange(1, 7), default=3, show_default=True, help="For how long it holds.")
@account
@key_file
@as_json
@with_database
def order(_installation: Installation, *, case: str, account: str | None, key: Path | None, **how: Any) -> None:
    """Ask to open by legal order where the person of a CASE was; two others of two further units approve it."""
    from epiloop.runtime.requests.tracing.histories import Order

    by = acting_as(account)
    since, until = (how[name].replace(tzinfo=UTC) for name in ("since", "until"))
    asked = Order(how["statute"], how["authority"], how["reference"], since, until, how["days"])
    request = ask_visits(by, person_of(case), key, asked)
    answer({"trace": str(request), "state": "asked"}, lambda: str(request), as_json=how["as_json"])


@click.command()
@click.argument("trace", type=click.UUID)
@account
@as_json
@with_database
def history(_installation: Installation, *, trace: UUID, account: str | None, as_json: bool) -> None:
    """Where somebody was, by an approved request for a case's history or a legal order: times and kinds of places."""
    value = told_visits(acting_as(account), row_of(trace))
    answer(value, lambda: said_visits(value), as_json=as_json)


def ask_visits(by: "By", person: UUID, key: Path | None, order: "Order | None" = None) -> UUID:
    """Ask, signed with a key file; the request. Raises Refused without a key."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.histories import Opening, propose, text_of
    from epiloop.vault.signatures import signed

    if key is None:
        raise Refused(
            N_("Nobody has asked to open these visits yet."), remedy=N_("Ask with --key FILE and --account LOGIN.")
        )
    private, parts = read_key(key), present.parts()
    opening = Opening(person, unit_of(by, private), (), order)
    text = text_of(parts, by, opening, at=parts.now(), id_=parts.new_id())
    note("\n".join(said_authorisation(text)))
    return UUID(str(propose(parts, by, text, signed(text, private)).result["trace"]))


def told_visits(by: "By", row: "TraceRow") -> dict[str, Any]:
    """The answer as programs take it; no visits while the request is not approved."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.tracing.histories import plain as plain_visits
    from epiloop.runtime.requests.tracing.histories import visits

    value = {"trace": str(row.id), "case": str(row.person), "kind": row.kind, "asked_at": plain(row.asked_at)}
    value |= {"since": plain(row.since), "until": plain(row.until), "state": row.step}
    if row.step != "approved":
        return value | {"visits": [], "gaps": []}
    found = visits(present.parts(), by, row.id)
    return value | {"visits": plain_visits(found), "gaps": [day.isoformat() for day in found.gaps]}


def said_visits(value: dict[str, Any]) -> str:
    """The answer as people read it."""
    rows = [[one["entered"], one["left"], one["kind"] or "-"] for one in value["visits"]]
    told = f"{value['trace']}  {value['state']}{said_gaps(value)}"
    return f"{told}\n{table(('from', 'until', 'kind of place'), rows)}"


def row_of(request: UUID) -> "TraceRow":
    """The request. Raises NotFound."""
    from epiloop.runtime import present
    from epiloop.store.reading import tracing as stored

    with present.parts().pool.connection() as connection:
        row = stored.request(connection, request)
    if row is None:
        raise NotFound(N_("There is no such request."), remedy=N_("Choose one of the list."))
    return row


VERBS = (order, history)
