"""The second factor with a token: for what a token alone does not open."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from epiloop.api.callers import Token
from epiloop.api.edge import Key
from epiloop.core.addresses import whose
from epiloop.runtime.accounts.tokens import confirm_token

router = Router(tags=["accounts"], auth=Token())


class CodeIn(Schema):
    """What the authenticator app of the token's account shows now."""

    code: Annotated[str, Field(min_length=6, max_length=20)]


class ConfirmedOut(Schema):
    """Until when it counts."""

    until: datetime


@router.post("/second-factor", response=ConfirmedOut, operation_id="second-factor")
def second_factor(request: HttpRequest, sent: CodeIn, key: Key) -> Any:  # noqa: ARG001 - a code works once
    """Give the second factor with this token. For ten minutes the token then does what pages ask for it again too: ask
    for, approve and carry out contact searches, open visits, put rules in force. A code works once.
    """
    token = request.headers["Authorization"].partition(" ")[2].strip()
    address = whose(str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", ""))
    return {"until": confirm_token(token, sent.code, address, timezone.now())}
