"""What people say at a door: came, staying until, left. Values for the gate, which seals them at once.

Each message says the whole visit, so none waits for another: what is sent twice, late or out of order is the same
visit, under the id that the phone made. Nothing here is ever an event, a row in clear or a line in a log: the text form
of a visitor shows nothing (PRIVACY R16, R28).
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import instant

LONGEST_STAY = timedelta(hours=24)
"""Nobody says in the morning that they stay for days: who does so lives there."""
LONGEST_TEXT = 64
_GIVEN = Meta(min_length=1)  # of what comes as JSON: what is left out is not given as ""
_PHONE = re.compile(r"[+＋]?(?:[\s()（）./\-‐-―－]*\d)+[\s)）]*")
"""Digits in any width, as people set them apart; `vault.normal` writes them one way."""
_HALF_A_SIGN = re.compile(r"[\ud800-\udfff]")
"""JSON can say half of a UTF-16 pair, which is no text and cannot be written as bytes."""


class Way(StrEnum):
    """How it was entered. Everybody has a way without a phone (PRIVACY R29)."""

    PHONE = "phone"
    STAFF = "staff"
    CARD = "card"
    GATE = "gate"


class What(StrEnum):
    """What was said: they came; they say how long they stay; they left."""

    CAME = "came"
    STAYING = "staying"
    LEFT = "left"


_CAME = What.CAME


class Spot(NamedTuple):
    """Where people check in: a zone of a place ("" for the place as a whole), its kind ("restaurant/room"), and the
    jurisdiction of 16 digits it lies in.
    """

    place: UUID
    zone: str
    kind: str
    jurisdiction: int


class Visitor(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Who checks in: a phone, a document or a card by which they can be reached or known again - one of the three.

    No name: nobody needs it at a door. Raises InvalidInput.
    """

    phone: Annotated[str, _GIVEN] = ""
    document: Annotated[str, _GIVEN] = ""
    card: Annotated[str, _GIVEN] = ""

    def __post_init__(self) -> None:
        text = self.phone or self.document or self.card
        if not text or text != self.phone + self.document + self.card:
            raise InvalidInput(
                N_("A visitor is known by one phone number, one document or one card."),
                remedy=N_("Enter a phone number, or ask the staff to enter you."),
            )
        if len(text) > LONGEST_TEXT or not (text.isalnum() or _says_something(text)):
            raise InvalidInput(N_("This is no number by which somebody can be reached."))
        if self.phone and not text.isdecimal() and not _PHONE.fullmatch(text):
            raise InvalidInput(N_("This is no number by which somebody can be reached."))

    def __repr__(self) -> str:
        return "Visitor(...)"


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text)) and not _HALF_A_SIGN.search(text)


class Said(Struct, frozen=True, gc=False):
    """One message. `came`: when, by their own clock; `ends`: when they left, or until when they say that they stay.

    Raises InvalidInput for an end before the beginning or more than a day after it.
    """

    visit: UUID
    what: What
    spot: Spot
    came: datetime
    visitor: Visitor
    way: Way = Way.PHONE
    ends: datetime | None = None

    def __post_init__(self) -> None:
        instant(self.came)
        if (self.ends is None) != (self.what is _CAME):
            raise InvalidInput(N_("A message at a door says when somebody came, and for the others when it ends."))
        if self.ends is not None and not self.came <= instant(self.ends) <= self.came + LONGEST_STAY:
            raise InvalidInput(N_("A stay ends after it began, and within a day."), remedy=N_("Check in again."))
