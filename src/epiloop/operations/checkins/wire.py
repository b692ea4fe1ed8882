"""Batches of check-ins as JSON: what phones and gateways send, read strictly at the edge.

    {"id": "<uuid>", "said": [{"what": "came", "visit": "<uuid>", "code": "<the code scanned>",
                               "came": "2022-07-01T12:00:00+08:00", "visitor": {"phone": "..."}, "way": "phone"},
                              {"what": "staying", (all of the above,) "until": "2022-07-01T14:00:00+08:00"},
                              {"what": "left", (all of the above,) "left": "2022-07-01T13:10:00+08:00"}]}

Each message comes with the code that was scanned: whoever reads it verifies the code, and takes place and zone from
there and from nowhere else. No error says what stood in a field (PRIVACY R28); it names the visits it concerns, so that
a phone can drop what will never be taken and send the rest.

There are two readers that agree: one that decodes straight into values, and gives up at the first thing that is not as
it should be; and one that says what is wrong, and takes what may be written in other ways.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import MsgspecError, Struct, field
from msgspec.json import Decoder

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.operations.checkins.inbox import LARGEST, Batch
from epiloop.operations.checkins.visits import Said, Spot, Visitor, Way, What

MOST_BYTES = 2 * 1024 * 1024
_BASE = frozenset({"what", "visit", "code", "came", "visitor", "way"})
_ENDS = {What.CAME: "", What.STAYING: "until", What.LEFT: "left"}
_FIELDS: Mapping[str, tuple[What, frozenset[str]]] = {
    what.value: (what, _BASE | {name} if name else _BASE) for what, name in _ENDS.items()
}
_OF_VISITOR = frozenset({"phone", "document", "card"})

Verify = Callable[[str, datetime], Spot]
"""Where a code hangs, if it may be believed for an instant; raises otherwise."""


class _Message(Struct, tag_field="what", forbid_unknown_fields=True, gc=False):
    visit: UUID
    code: str
    came: str
    visitor: Visitor
    way: str


class _Came(_Message, tag="came", gc=False): ...


class _Staying(_Message, tag="staying", gc=False):
    ends: str = field(name="until")


class _Left(_Message, tag="left", gc=False):
    ends: str = field(name="left")


class _Sent(Struct, forbid_unknown_fields=True):
    id: UUID
    said: list[_Came | _Staying | _Left]


NOT_QUICKLY = (MsgspecError, UnicodeDecodeError)
_SENT = Decoder(_Sent)
_CAME = What.CAME  # a member of an enumeration is looked up slowly


def read(body: bytes, verify: Verify, *, ways: Mapping[str, Way]) -> Batch:
    """The batch in a request's body; `ways`: what its sender may have entered it by, see `words`.

    Codes are verified for the instant at which somebody came, so that what was queued without signal is taken when
    the code has ended meanwhile. Raises InvalidInput or Refused; then nothing of the batch may be taken.
    """
    try:
        return quickly(body, verify, ways)
    except (*NOT_QUICKLY, EpiloopError):
        return carefully(body, verify, ways)


def quickly(body: bytes, verify: Verify, ways: Mapping[str, Way]) -> Batch:
    """As `read`, for a batch that is right. Raises one of NOT_QUICKLY or EpiloopError: what they say is for nobody."""
    sent = _SENT.decode(body)
    return Batch(sent.id, tuple([_made(one, verify, ways) for one in sent.said]))


def _made(one: _Came | _Staying | _Left, verify: Verify, ways: Mapping[str, Way]) -> Said:
    came, way = _instant(one.came), ways.get(one.way)
    if way is None:
        raise _unreadable("")
    spot = verify(one.code, came)
    if isinstance(one, _Came):
        return Said(one.visit, _CAME, spot, came, one.visitor, way)
    what = What.LEFT if isinstance(one, _Left) else What.STAYING
    return Said(one.visit, what, spot, came, one.visitor, way, _instant(one.ends))


def carefully(body: bytes, verify: Verify, ways: Mapping[str, Way]) -> Batch:
    """As `read`, message by message."""
    given = _json(body)
    said = given.get("said")
    if len(given) != 2 or "id" not in given or not isinstance(said, list) or len(said) > LARGEST:
        raise _unreadable("batch")
    return Batch(_id(given["id"], "id"), tuple(_all(said, verify, ways)))


def words(ways: frozenset[Way]) -> Mapping[str, Way]:
    """The ways by the words that messages have for them."""
    return {way.value: way for way in ways}


def _all(said: list[Any], verify: Verify, ways: Mapping[str, Way]) -> list[Said]:
    """All messages; if some are wrong, raises the first error with the visits of all of them."""
    read: list[Said] = []
    wrong: list[tuple[EpiloopError, str]] = []
    for number, one in enumerate(said, 1):
        try:
            read.append(_said(one, number, verify, ways))
        except EpiloopError as error:
            error.where = error.where or f"said[{number}]"
            wrong.append((error, _visit_of(one)))
    if wrong:
        first = wrong[0][0]
        first.values["visits"] = [visit for _, visit in wrong if visit]
        raise first
    return read


def _visit_of(one: Any) -> str:
    """The id of the visit in a message that is wrong in some way; empty for none."""
    try:
        return str(UUID(one["visit"]))
    except (ValueError, AttributeError, TypeError, LookupError):
        return ""


def _json(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BYTES:
        raise InvalidInput(N_("The batch is too large."), remedy=N_("Send them in parts."))
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise _unreadable("batch") from None
    if not isinstance(given, dict):
        raise _unreadable("batch")
    return given


def _said(one: Any, number: int, verify: Verify, ways: Mapping[str, Way]) -> Said:
    what, fields = _FIELDS.get(str(one.get("what")), (None, _BASE)) if isinstance(one, dict) else (None, _BASE)
    if what is None or one.keys() != fields or type(one["code"]) is not str:
        raise _unreadable(f"said[{number}]")
    way = ways.get(one["way"]) if type(one["way"]) is str else None
    if way is None:
        raise InvalidInput(N_("A check-in cannot be entered here in this way."))
    came = _instant(one["came"])
    ends = None if what is What.CAME else _instant(one[_ENDS[what]])
    return Said(_id(one["visit"], ""), what, verify(one["code"], came), came, _visitor(one["visitor"]), way, ends)


def _visitor(given: Any) -> Visitor:
    if type(given) is not dict or len(given) != 1:
        raise _unreadable("")
    [(name, text)] = given.items()
    if name not in _OF_VISITOR or type(text) is not str:
        raise _unreadable("")
    return Visitor(**given)


def _id(value: Any, where: str) -> UUID:
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise _unreadable(where) from None


def _instant(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise _unreadable("") from None
    if at.tzinfo is None or not 2000 <= at.year < 2100:
        raise _unreadable("")
    return at


def _unreadable(where: str) -> InvalidInput:
    return InvalidInput(N_("This is no batch of check-ins."), where=where, remedy=N_("Load the page again."))
