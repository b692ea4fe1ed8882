"""Where other installations hand in messages. Whoever can sign with a registered key may; nothing else is told."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from epiloop.operations.assistance.sealing import LONGEST
from epiloop.runtime import present
from epiloop.runtime.requests.assistance.arriving import deliver

router = Router(tags=["assistance"])


class TakenOut(Schema):
    """`repeated`: the message had come before."""

    repeated: bool


@router.post("/assistance", response=TakenOut, auth=None, operation_id="assistance")
def take(request: HttpRequest) -> Any:
    """Take in a message of another installation (application/cbor): sealed, signed, the same one twice is one."""
    raw = request.read(LONGEST + 1)
    return {"repeated": deliver(present.running(), raw).repeated}
