"""Opening where one person was, for programs: a case's own visits, or by legal order. Approved as searches are."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from epiloop.api.callers import caller
from epiloop.api.edge import Instant, Key
from epiloop.api.traces import StateOut, TextOut, TraceIn, Unit
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import PURPOSE, histories
from epiloop.runtime.requests.tracing.histories import Opening

router = Router(tags=["traces"])
Statute = Annotated[str, Query(max_length=300)]


class VisitsOut(Schema):
    """When the person was at what kind of place; `presumed`: nobody said that they left."""

    trace: UUID
    visits: list[dict[str, Any]]


@router.get("/openings/text", response=TextOut, operation_id="opening-text")
def text(
    request: HttpRequest,
    person: UUID,
    unit: Unit,
    statute: Statute = "",
    since: Instant | None = None,
    until: Instant | None = None,
) -> Any:
    """The text that opens where a case was, as far as a search looks back; with a statute and a window a legal order,
    of anybody, which two others approve. To be signed by its maker within half an hour.
    """
    who, parts = caller(request), present.parts()
    opening = Opening(person, unit, (), statute, since, until)
    id_ = parts.new_id()
    made = histories.text_of(parts, who.by(PURPOSE, "text"), opening, at=who.at, id_=id_)
    return {"trace": id_, "text": made.hex()}


@router.post("/openings", response=StateOut, operation_id="ask-opening")
def ask(request: HttpRequest, sent: TraceIn, key: Key) -> Any:
    """Hand a signed text in; others approve it with `POST /traces/{trace}/approval`."""
    by = caller(request).by(PURPOSE, key)
    done = histories.propose(present.parts(), by, bytes.fromhex(sent.text), sent.signed())
    return {"trace": UUID(str(done.result["trace"])), "step": "asked"}


@router.post("/openings/{trace}/visits", response=VisitsOut, operation_id="open-visits")
def visits(request: HttpRequest, trace: UUID, key: Key) -> Any:
    """Where the person was. That somebody looked is written down before anything is shown."""
    found = histories.visits(present.parts(), caller(request).by(PURPOSE, key), trace)
    return {"trace": trace, "visits": histories.plain(found)}
