"""`epiloop assistance`: requests to and from other jurisdictions - listed, shown, carried as files, answered."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from epiloop.cli._verbs import (
    Installation,
    Jurisdiction,
    answer,
    as_json,
    jurisdiction,
    operator,
    place,
    plain,
    table,
    with_database,
)
from epiloop.core.jurisdictions import Code

PURPOSE = "case-investigation"
KINDS = ("control-contacts", "whereabouts", "verify-result", "itinerary", "take-over")
RESULTS = (
    "found",
    "under-control",
    "not-found",
    "elsewhere",
    "confirmed",
    "not-confirmed",
    "noted",
    "refused",
)


@click.group()
def command() -> None:
    """Requests between jurisdictions: ask, list, show, export, import, receive, answer, take up, close."""


@command.command(name="list")
@click.option("--out", "outgoing", is_flag=True, help="What we ask of others; without it, what others ask of us.")
@click.option("--done", is_flag=True, help="Those that nobody has to do anything about.")
@jurisdiction
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@as_json
@with_database
def list_(
    _installation: Installation, *, outgoing: bool, done: bool, jurisdiction: Code | None, limit: int, as_json: bool
) -> None:
    """Requests; what is due first stands first."""
    from epiloop.runtime import present
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.assistance import requests
    from epiloop.store.scoped import reading

    asked = area(jurisdiction) if jurisdiction else EVERYWHERE
    with reading(present.readers(), EVERYWHERE) as connection:
        rows = requests(connection, asked, present.now(), outgoing=outgoing, done=done, limit=limit)
    found = [_said(row) for row in rows]
    names = ("id", "kind", "step", "other", "deadline", "answered", "people")
    answer(
        found,
        lambda: table(names, [[one[name] for name in names] for one in found]) if found else "-",
        as_json=as_json,
    )


@command.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("receiver", type=Jurisdiction())
@click.option("--jurisdiction", "ours", type=Jurisdiction(), required=True, help="Who asks: our county.")
@click.option(
    "--person", "people", type=click.UUID, multiple=True, required=True, help="About whom; may be given again."
)
@click.option("--hours", type=click.IntRange(1, 720), default=8, help="Until the answer is wanted.")
@click.option("--clause", required=True, help="Why.")
@click.option("--post", required=True, help="Whom to call.")
@click.option("--phone", required=True, help="Its telephone.")
@click.option("--said", nargs=2, multiple=True, help="What the kind needs besides, such as: sample T-7.")
@as_json
@with_database
def ask(_installation: Installation, *, kind: str, receiver: Code, people: tuple[UUID, ...], **more: Any) -> None:
    """Ask the jurisdiction RECEIVER for something of KIND."""
    from epiloop.operations.assistance.minimal import Kind
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import asking, own

    running, said = present.running(), dict(more["said"])
    wanted = asking.Wanted(
        Kind(kind),
        more["ours"],
        receiver,
        present.now() + timedelta(hours=more["hours"]),
        more["clause"],
        more["post"],
        more["phone"],
        people,
        own.reached_through(running.parts, running.letters, receiver),
        given=dict.fromkeys(people, said),
    )
    done = asking.ask(running.parts, operator(PURPOSE), wanted)
    _answer_one(UUID(str(done.result["assistance"])), as_json=more["as_json"])


@command.command()
@click.argument("request", type=click.UUID)
@as_json
@with_database
def show(_installation: Installation, *, request: UUID, as_json: bool) -> None:
    """One request with its people, without who they are."""
    _answer_one(request, as_json=as_json)


@command.command()
@click.argument("request", type=click.UUID)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@with_database
def export(_installation: Installation, *, request: UUID, file: Path, as_json: bool) -> None:
    """Write all messages about REQUEST to FILE, sealed to the other side."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance.posting import export as give_out

    raw = give_out(present.running(), operator(PURPOSE), request)
    file.touch(mode=0o600)
    file.write_bytes(raw)
    found = {"file": str(file), "bytes": len(raw)}
    answer(found, lambda: str(file), as_json=as_json)


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@with_database
def import_(_installation: Installation, *, file: Path, as_json: bool) -> None:
    """Take in the messages in FILE that somebody carried here."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance.posting import import_file

    came = import_file(present.running(), operator(PURPOSE), file.read_bytes())
    found = [{"request": str(one.request), "what": one.what, "repeated": one.repeated} for one in came]
    names = ("request", "what", "repeated")
    answer(found, lambda: table(names, [list(one.values()) for one in found]), as_json=as_json)


@command.command()
@as_json
@with_database
def send(_installation: Installation, *, as_json: bool) -> None:
    """Send now what can be sent over the network; the worker does the same by itself."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance.posting import send_waiting

    sent = send_waiting(present.running())
    answer({"sent": sent}, lambda: str(sent), as_json=as_json)


@command.command()
@click.argument("request", type=click.UUID)
@as_json
@with_database
def receive(_installation: Installation, *, request: UUID, as_json: bool) -> None:
    """We have received REQUEST."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import asking

    asking.receive(present.parts(), operator(PURPOSE), request)
    _answer_one(request, as_json=as_json)


@command.command(name="answer")
@click.argument("request", type=click.UUID)
@click.argument("number", type=click.IntRange(1))
@click.argument("result", type=click.Choice(RESULTS))
@click.option("--where", type=Jurisdiction(), help="If elsewhere: in which jurisdiction.")
@click.option("--note", default="")
@as_json
@with_database
def answer_(
    _installation: Installation,
    *,
    request: UUID,
    number: int,
    result: str,
    where: Code | None,
    note: str,
    as_json: bool,
) -> None:
    """What came of it for person NUMBER of REQUEST."""
    from epiloop.operations.assistance.events import Answer
    from epiloop.operations.assistance.minimal import Result
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import asking

    given = [Answer(number, Result(result), present.now(), where)]
    asking.answer(present.parts(), operator(PURPOSE), request, given, note)
    _answer_one(request, as_json=as_json)


@command.command(name="take-up")
@click.argument("request", type=click.UUID)
@click.argument("number", type=click.IntRange(1))
@click.option("--person", type=click.UUID, help="Who it is, if known here already; else the person is registered.")
@click.option("--stay", type=Jurisdiction(), help="Where the person stays. Default: the jurisdiction that is asked.")
@as_json
@with_database
def take_up(
    _installation: Installation, *, request: UUID, number: int, person: UUID | None, stay: Code | None, as_json: bool
) -> None:
    """Recognise or register person NUMBER of REQUEST, control or take them over, and answer."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import taking

    taking.take_up(present.parts(), operator(PURPOSE), request, number, person=person, stay=stay)
    _answer_one(request, as_json=as_json)


@command.command()
@click.argument("request", type=click.UUID)
@click.option("--withdraw", is_flag=True, help="Withdraw it although it is not answered.")
@click.option("--reason", default="")
@as_json
@with_database
def close(_installation: Installation, *, request: UUID, withdraw: bool, reason: str, as_json: bool) -> None:
    """We are done with our REQUEST."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import asking

    asking.close(present.parts(), operator(PURPOSE), request, withdrawn=withdraw, reason=reason)
    _answer_one(request, as_json=as_json)


def _answer_one(request: UUID, *, as_json: bool) -> None:
    from epiloop.runtime import present
    from epiloop.runtime.requests.assistance import asking
    from epiloop.store.reading import assistance as stored
    from epiloop.store.reading.asking import EVERYWHERE
    from epiloop.store.scoped import reading

    asking.opened(present.parts(), operator(PURPOSE), request)  # raises NotFound
    with reading(present.readers(), EVERYWHERE) as connection:
        row, people = stored.request(connection, request), stored.people(connection, request)
    found = {
        **_said(row),
        "people": [{**plain(one), "jurisdiction": place(one.jurisdiction)} for one in people],
    }
    lines = [[one.number, one.person, one.result, place(one.elsewhere)] for one in people]
    answer(
        found,
        lambda: "\n".join(
            [f"{found['kind']}: {found['step']}", table(("number", "person", "result", "elsewhere"), lines)]
        ),
        as_json=as_json,
    )


def _said(row: Any) -> dict[str, Any]:
    return {**plain(row), "jurisdiction": place(row.jurisdiction), "other": place(row.other)}
