"""Opening where one person was, for programs: a case's own visits, or by legal order. Approved as searches are.

Three steps: have the text made, sign it with a key file and hand it in; others approve it under its number with
`GET /traces/{trace}/text` and `POST /traces/{trace}/approval`; then it is opened.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from epiloop.api.callers import GRAVE, caller
from epiloop.api.edge import Instant, Key
from epiloop.api.traces import StateOut, TextOut, TraceIn, Unit
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import PURPOSE, histories
from epiloop.runtime.requests.tracing.histories import ORDER_PURPOSE, Opening, Order
from epiloop.vault.grants import LONGEST_WORDS

router = Router(tags=["traces"], auth=GRAVE)
Named = Annotated[str, Field(min_length=1, max_length=LONGEST_WORDS)]


class OrderIn(Schema):
    """What an order says: `statute` is a word of the list (`cn-civil-procedure-70`), `reference` the authority's own.
    The window is 28 days at most, and the order holds for `days`; `unit` is that of the key which signs.
    """

    person: UUID
    unit: Annotated[str, Field(min_length=1, max_length=80)]
    statute: Annotated[str, Field(min_length=1, max_length=60)]
    authority: Named
    reference: Named
    since: Instant
    until: Instant
    days: Annotated[int, Field(ge=1, le=7)] = 3


class VisitsOut(Schema):
    """When the person was at what kind of place; `presumed`: nobody said that they left. `gaps`: days of which
    check-ins are missing at the key service.
    """

    trace: UUID
    visits: list[dict[str, Any]]
    gaps: list[date]


@router.get("/openings/text", response=TextOut, operation_id="opening-text")
def text(request: HttpRequest, person: UUID, unit: Unit) -> Any:
    """The text that opens where a case was, as far as a search looks back. To be signed by its maker, of this unit,
    within half an hour.
    """
    return _text(request, Opening(person, unit), PURPOSE)


@router.post("/openings/text", response=TextOut, operation_id="order-text")
def order_text(request: HttpRequest, sent: OrderIn) -> Any:
    """The text that opens where anybody was, by legal order: two others, each of a further unit, approve it. To be
    signed by its maker within half an hour. Nothing is stored by this.
    """
    order = Order(sent.statute, sent.authority, sent.reference, sent.since, sent.until, sent.days)
    return _text(request, Opening(sent.person, sent.unit, (), order), ORDER_PURPOSE)


@router.post("/openings", response=StateOut, operation_id="ask-opening")
def ask(request: HttpRequest, sent: TraceIn, key: Key) -> Any:
    """Hand a signed text in; others approve it with `POST /traces/{trace}/approval`. The same text twice is one."""
    by = caller(request).by(PURPOSE, key)
    done = histories.propose(present.parts(), by, bytes.fromhex(sent.text), sent.signed())
    return {"trace": UUID(str(done.result["trace"])), "step": "asked"}


@router.post("/openings/{trace}/visits", response=VisitsOut, operation_id="open-visits")
def visits(request: HttpRequest, trace: UUID, key: Key) -> Any:
    """When the person was at what kind of place, to those whom the text names, once it is approved. That somebody
    looked is written down before anything is shown, each time; the person sees it.
    """
    found = histories.visits(present.parts(), caller(request).by(PURPOSE, key), trace)
    return {"trace": trace, "visits": histories.plain(found), "gaps": found.gaps}


def _text(request: HttpRequest, opening: Opening, purpose: str) -> dict[str, Any]:
    who, parts = caller(request), present.parts()
    id_ = parts.new_id()
    made = histories.text_of(parts, who.by(purpose, "text"), opening, at=who.at, id_=id_)
    return {"trace": id_, "text": made.hex()}
