"""Contact searches for programs: the same texts, signatures and answers as pages have.

A program signs with a key file of its own, which the key service has enrolled for its account; no token can do without.
"""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from epiloop.api.callers import ANYBODY, GRAVE, caller
from epiloop.api.edge import DEFAULT_LIMIT, After, Key, Limit, Place, Ring, asked_area
from epiloop.api.shapes import page_of, shape
from epiloop.core.errors import N_, NotFound
from epiloop.runtime import present
from epiloop.runtime.requests.tracing import APPROVE, ASK, PURPOSE, answers, asking, confirming, deciding
from epiloop.runtime.requests.tracing.confirming import Source
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.store.reading import tracing as stored
from epiloop.store.tables import TraceRow
from epiloop.vault.signatures import Signature

router = Router(tags=["traces"], auth=GRAVE)
Hex = Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$", max_length=524_288)]
Unit = Annotated[str, Query(min_length=1, max_length=80)]
RowOut = shape("Trace", TraceRow)


class Signed(Schema):
    """A signature: the name of the key (16 bytes) and 64 bytes, as hexadecimal digits."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]

    def signed(self) -> Signature:
        """As the key service takes it."""
        return Signature(bytes.fromhex(self.key), bytes.fromhex(self.signature))


class TraceIn(Signed):
    """A text that `GET /traces/text` gave, and its maker's signature."""

    text: Hex


class TextOut(Schema):
    """What is to be signed: the bytes of this text, as hexadecimal digits."""

    trace: UUID | None
    text: str


class AnswerOut(Schema):
    """Who was met, in order of rank; `counted`: a first positive only, so nobody is named. `gaps`: days of which
    check-ins are missing at the key service, so that the answer may not be whole.
    """

    trace: UUID
    people: list[dict[str, Any]]
    ring_1: int
    ring_2: int
    counted: bool
    gaps: list[date]


class ChosenIn(Schema):
    """Whom to make contacts: handles of the answer, or all but who is doubtful or was withdrawn as a contact."""

    handles: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=5000)] = ()
    all: bool = False


class ConfirmedOut(Schema):
    """What came of it, in people; why not, and how many. `gone`: handles that the answer does not have any more."""

    confirmed: int
    registered: int
    unchanged: int
    refused: dict[str, int]
    gone: int


class StateOut(Schema):
    """A request and how it stands."""

    trace: UUID
    step: str


@router.get("/traces", auth=ANYBODY, response=page_of("Traces", RowOut), operation_id="traces")
def traces(request: HttpRequest, jurisdiction: Place = None, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Any:
    """Requests for contact searches, the latest first; counts only."""
    with caller(request).reading("case.read") as connection:
        return stored.requests(connection, asked_area(jurisdiction), limit=limit, after_page=after)


@router.get("/traces/text", response=TextOut, operation_id="trace-text")
def text(request: HttpRequest, person: UUID, unit: Unit, ring: Ring = 1) -> Any:
    """The text of a search for a case, to be signed by its maker within half an hour: its bytes, not the digits. `unit`
    is that for which the key is enrolled; `ring` 2 asks for secondary contacts too.
    """
    who, parts = caller(request), present.parts()
    by = who.by(PURPOSE, "text")
    of = asking.window(parts, by, person, who.at)
    id_ = parts.new_id()
    made = asking.text_of(parts, by, of, asking.Asking(unit, ring), at=who.at, id_=id_)
    return {"trace": id_, "text": made.hex()}


@router.post("/traces", response=StateOut, operation_id="ask-trace")
def ask(request: HttpRequest, sent: TraceIn, key: Key) -> Any:
    """Hand a signed text in; somebody of another unit approves it."""
    by = caller(request).by(PURPOSE, key)
    done = asking.propose(present.parts(), by, bytes.fromhex(sent.text), sent.signed())
    return {"trace": UUID(str(done.result["trace"])), "step": "asked"}


@router.get("/traces/{trace}/text", response=TextOut, operation_id="trace-text-of")
def text_of(request: HttpRequest, trace: UUID) -> Any:
    """The text that whoever approves signs. It says what the case told, so the person sees that it was read."""
    _row(request, trace, APPROVE)
    return {
        "trace": trace,
        "text": desk_of(present.parts()).text(trace, caller(request).by(PURPOSE, "text").actor).hex(),
    }


@router.post("/traces/{trace}/approval", response=StateOut, operation_id="approve-trace")
def approve(request: HttpRequest, trace: UUID, sent: Signed, key: Key) -> Any:
    """Another person of another unit signed the same text. What comes back says whether it is approved with that: a
    legal order needs two, of two further units.
    """
    _row(request, trace, APPROVE)
    by, signature = caller(request).by(PURPOSE, key), sent.signed()
    signers = desk_of(present.parts()).signers(by.actor)
    unit = next((one.unit for one in signers if one.key.name == signature.key), "")
    deciding.approve(present.parts(), by, trace, unit, signature)
    return {"trace": trace, "step": deciding.standing(present.parts(), trace)[0].step}


@router.post("/traces/{trace}/withdrawal", response=StateOut, operation_id="withdraw-trace")
def withdraw(request: HttpRequest, trace: UUID, key: Key) -> Any:
    """End it: nothing can be searched with it any more."""
    _row(request, trace, ASK)
    deciding.withdraw(present.parts(), caller(request).by(PURPOSE, key), trace)
    return {"trace": trace, "step": "withdrawn"}


@router.post("/traces/{trace}/search", response=AnswerOut, operation_id="search-trace")
def search(request: HttpRequest, trace: UUID, key: Key) -> Any:
    """Carry it out. That somebody looked is written down for each person who is shown, before anything is."""
    _row(request, trace, ASK)
    found = answers.search(present.running(), caller(request).by(PURPOSE, key), trace)
    people = answers.plain(found)
    counts = {"ring_1": found.first, "ring_2": found.second, "counted": found.counted, "gaps": found.gaps}
    return {"trace": trace, "people": people, **counts}


@router.post("/traces/{trace}/contacts", response=ConfirmedOut, operation_id="confirm-trace")
def confirm(request: HttpRequest, trace: UUID, sent: ChosenIn, key: Key) -> Any:
    """Make contacts of those who were met: with their loops, owners and duties at once. Twice is once."""
    row = _row(request, trace, ASK)
    by = caller(request).by(PURPOSE, key)
    found = answers.search(present.running(), by.part("search"), trace)
    some = answers.plausible(found) if sent.all else answers.chosen(found, sent.handles)
    source = Source(trace, row.person, row.disease, row.jurisdiction)
    done = confirming.confirm(present.running(), by.part("confirm"), source, some, one_by_one=not sent.all)
    return {**asdict(done), "gone": 0 if sent.all else answers.gone(found, sent.handles)}


def _row(request: HttpRequest, trace: UUID, right: str) -> TraceRow:
    """The request, where the caller holds the right. Raises NotAllowed, NotFound."""
    with caller(request).reading(right) as connection:
        row = stored.request(connection, trace)
    if row is None:
        raise NotFound(N_("There is no such request."), remedy=N_("Choose one of the list."))
    return row
