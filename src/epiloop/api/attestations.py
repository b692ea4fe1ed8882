"""What laboratories sign, on its way to the key service: passed on, and neither kept nor read here."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from epiloop.api.callers import caller
from epiloop.api.edge import Key
from epiloop.api.traces import Signed
from epiloop.core import rights
from epiloop.runtime import present
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.vault import results

RIGHT = "import.write"
router = Router(tags=["traces"])


class AttestationIn(Signed):
    """What `epiloop keys result` wrote, as hexadecimal digits, and the laboratory's signature over it."""

    text: Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$", max_length=2 * results.MOST_BYTES)]


class AttestationOut(Schema):
    """The number under which the key service keeps it."""

    attestation: UUID


@router.post("/attestations", response=AttestationOut, operation_id="attest")
def attest(request: HttpRequest, sent: AttestationIn, key: Key) -> Any:  # noqa: ARG001 - the same text twice is one
    """Hand in a result that a laboratory signed, without which no contact search opens anything: `text` is the file of
    `epiloop keys result`, `key` and `signature` what `epiloop keys sign` printed for it. It goes on to the key service;
    nothing of it stays here, and the same text twice is one. A text made with `--found withdrawn` takes a positive
    back.
    """
    rights.check_right(caller(request).account, RIGHT, None)
    return {"attestation": desk_of(present.parts()).attest(bytes.fromhex(sent.text), sent.signed())}
