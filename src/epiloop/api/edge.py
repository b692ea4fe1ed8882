"""What comes in: JSON without signs no text has, idempotency keys, jurisdictions, pages of lists."""

import json
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Header, Query
from ninja.errors import HttpError
from ninja.parser import Parser
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from epiloop.core import jurisdictions
from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import Code, short
from epiloop.store.reading.asking import EVERYWHERE, PAGE, Area, area

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside these are slips of the pen, and not every clock can count them."""
MOST_ROWS = 200
CODE = r"^[1-9]([0-9]|[0-9]{3}|[0-9]{5}|[0-9]{8}|[0-9]{11}|[0-9]{13}|[0-9]{15})$"
WORD = r"^[a-z0-9][a-z0-9-]{0,63}$"
KEY = r"^[A-Za-z0-9_.:-]{8,128}$"


def _code(value: object) -> object:
    """The 16-digit number; a text that is no code is left for pydantic to refuse."""
    if not isinstance(value, str):
        raise ValueError("a code is text")
    try:
        return jurisdictions.code(value)
    except InvalidInput as wrong:
        raise ValueError("no code") from wrong


def _said(number: object) -> str:
    return short(Code(number)) if isinstance(number, int) and number else ""


def _day(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError("no day of ours")
    return value


def _instant(value: datetime) -> datetime:
    if not FIRST_DAY < value.date() < LAST_DAY:
        raise ValueError("no time of ours")
    return value


CodeIn = Annotated[
    int, BeforeValidator(_code), WithJsonSchema({"type": "string", "pattern": CODE, "examples": ["450226001"]})
]
"""A jurisdiction as people write it, read as its 16-digit number."""
CodeOut = Annotated[str, BeforeValidator(_said), WithJsonSchema({"type": "string", "description": "jurisdiction code"})]
"""A 16-digit number shown as people write it; empty for none."""
Day = Annotated[date, AfterValidator(_day)]
Instant = Annotated[AwareDatetime, AfterValidator(_instant)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
Name = Annotated[str, StringConstraints(max_length=200)]
Word = Annotated[str, StringConstraints(pattern=WORD)]
Ring = Annotated[int, Field(ge=1, le=2)]
Shown = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(), return_type=str, when_used="json")]

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        description="Names this request. Sent again with the same key, it is done once and answered alike.",
    ),
]
Place = Annotated[CodeIn | None, Query(alias="jurisdiction", description="Only inside this jurisdiction.")]
After = Annotated[str | None, Query(max_length=500, description="`after` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of a page.")]
DEFAULT_LIMIT = PAGE


def asked_area(code: int | None) -> Area:
    """The area of a query; without a code all that the caller's scope has."""
    return area(Code(code)) if code else EVERYWHERE


class PlainParser(Parser):
    """Reads JSON and query texts; refuses signs that no text has (NUL, halves of surrogate pairs) and NaN."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body's value. Raises HttpError 400."""
        try:
            value = json.loads(request.body, parse_constant=_refuse)
        except (ValueError, UnicodeDecodeError, RecursionError) as wrong:
            raise HttpError(400, "no JSON") from wrong
        _check(value)
        return value  # type: ignore[no-any-return]

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Names and values of a query. Raises HttpError 400."""
        value = super().parse_querydict(data, list_fields, request)
        _check({name: text for name, text in value.items() if isinstance(text, str | list)})
        return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check(value: object) -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise HttpError(400, "no text")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name)
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)
