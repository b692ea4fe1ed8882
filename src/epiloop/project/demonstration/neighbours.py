"""Made-up requests between the demonstration county and two neighbours that are played here: one that waits for its
receipt, one answered, one late, one under way, and two that are done. Whom they are about is made up, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import code
from epiloop.operations.assistance import messages, peers, sealing
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.messages import Answered, Asked, Content, Received
from epiloop.operations.assistance.minimal import Kind, Result
from epiloop.operations.assistance.peers import Card, OwnKeys
from epiloop.project.demonstration.roster import BEIJING
from epiloop.project.demonstration.tree import COUNTY
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.assistance import arriving, asking, own, posting

WHO, PURPOSE = "demonstration", "case-investigation"
OWN_NAME = "三江侗族自治县疫情防控指挥部"
WEST, SOUTH = (code("450225"), "融水苗族自治县疫情防控指挥部"), (code("450224"), "融安县疫情防控指挥部")
CLAUSE = "新型冠状病毒肺炎防控方案（第九版）密切接触者管理"
DESK, OUR_LINE, THEIR_LINE = "流调溯源组值班电话", "10799000002", "10799000003"
HOUR = timedelta(hours=1)

MADE_UP = (
    ("韦阿妹", "999450199003071247", "10600450225", "融水镇演示路 1 号"),
    ("潘老三", "999450198211230359", "10600450226", "香粉乡演示村 7 组"),
    ("覃小燕", "999450200106180468", "10600450227", ""),
)
"""Whom the neighbours ask about: no area begins with 99, no mobile number with 106."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A county whose installation is played here: it seals and signs its messages like any other."""

    county: int
    keys: OwnKeys
    card: Card
    peer: UUID

    def says(self, running: Running, request: UUID, what: str, content: Content) -> bytes:
        """A message of it to us, written now."""
        parts, ours = running.parts, own.own_card(running.letters)
        ends = sealing.id_of(self.card.signing), sealing.id_of(ours.signing)
        text = messages.written(messages.Envelope(*ends, request, what, parts.now()), content)
        return sealing.seal(text, self.keys, ours, parts.randomness(sealing.ONCE_BYTES))


@dataclass
class _Told:
    """Requests being told: the clock is put to the hour at which each thing happened."""

    running: Running
    now: datetime

    def by(self, key: str) -> By:
        return By(WHO, PURPOSE, f"neighbours:{key}")

    def at(self, ago: timedelta) -> Running:
        """The installation as it was so long ago."""
        when = self.now - ago
        return replace(self.running, parts=replace(self.running.parts, now=lambda: when))


def requests(running: Running) -> None:
    """Tell them all. Raises Unavailable where the vault does not answer."""
    told = _Told(running, running.parts.now())
    running.letters.introduce(OWN_NAME, (COUNTY,), "")
    west, south = (_introduced(told, *one) for one in (WEST, SOUTH))
    people = _contacts(told)
    outgoing = (_waiting, west, people[:2]), (_answered, west, people[2:4]), (_done, south, people[4:5])
    for tell, to, some in outgoing:
        if some:  # a small county may have few contacts yet
            tell(told, to, some)
    _late(told, west)
    _under_way(told, south)
    _settled(told, south)


def _introduced(told: _Told, county: int, name: str) -> Neighbour:
    random = told.running.parts.randomness
    keys = OwnKeys(random(peers.KEY_BYTES), random(peers.KEY_BYTES))
    card, signature = sealing.card_of(keys, name, (county,), "")
    raw = peers.written(card, signature)
    own.add(told.running.parts, told.running.letters, told.by(f"peer:{county}"), raw, card.fingerprint)
    return Neighbour(county, keys, card, own.peer_id(card))


def _contacts(told: _Told) -> list[UUID]:
    """Contacts of the county that were known two days ago."""
    text = files("epiloop.project").joinpath("sql", "some_contacts.sql").read_bytes()
    with told.running.parts.pool.connection() as connection:
        return [row[0] for row in connection.execute(text, {"before": told.now - 50 * HOUR})]


def _waiting(told: _Told, to: Neighbour, people: Sequence[UUID]) -> None:
    """Sent as a file a quarter of an hour ago; no receipt yet."""
    _asked(told, to, Kind.CONTROL, people, timedelta(minutes=18))


def _answered(told: _Told, to: Neighbour, people: Sequence[UUID]) -> None:
    """The other side found one and says where the other one is: somebody has to check it and close."""
    request = _asked(told, to, Kind.WHEREABOUTS, people, 20 * HOUR)
    found = (Result.FOUND, Result.ELSEWHERE)
    _reply(told, to, request, [(one, SOUTH[0] if one is Result.ELSEWHERE else None) for one in found[: len(people)]])


def _done(told: _Told, to: Neighbour, people: Sequence[UUID]) -> None:
    request = _asked(told, to, Kind.WHEREABOUTS, people, 40 * HOUR)
    _reply(told, to, request, [(Result.FOUND, None)])
    asking.close(told.at(HOUR).parts, told.by("close"), request)
    posting.export(told.at(HOUR), told.by("close:file"), request)


def _late(told: _Told, of: Neighbour) -> None:
    """Arrived five hours ago and not received by anybody, two people, due this evening."""
    last = str(day_of(told.now, BEIJING) - timedelta(days=2))
    facts = {"disease": "covid-19", "ring": 1, "last_exposure": last}
    _come(told, of, Kind.CONTROL, MADE_UP[:2], 5 * HOUR, facts)


def _under_way(told: _Told, of: Neighbour) -> None:
    """Received in time, not answered yet."""
    request = _come(told, of, Kind.WHEREABOUTS, MADE_UP[2:], 2 * HOUR)
    asking.receive(told.at(2 * HOUR - timedelta(minutes=9)).parts, told.by("under-way"), request)


def _settled(told: _Told, of: Neighbour) -> None:
    """Received and answered yesterday."""
    request = _come(told, of, Kind.WHEREABOUTS, MADE_UP[2:], 26 * HOUR, number=2)
    asking.receive(told.at(25.7 * HOUR).parts, told.by("settled:receive"), request)
    then = told.at(23 * HOUR)
    given = [Answer(1, Result.NOT_FOUND, then.parts.now())]
    asking.answer(then.parts, told.by("settled:answer"), request, given, "登记的住址已空置。")
    posting.export(then, told.by("settled:file"), request)


def _asked(told: _Told, to: Neighbour, kind: Kind, people: Sequence[UUID], ago: timedelta) -> UUID:
    """Our request, handed over as a file five minutes later."""
    then = told.at(ago)
    wanted = asking.Wanted(
        kind, COUNTY, to.county, then.parts.now() + 24 * HOUR, CLAUSE, DESK, OUR_LINE, tuple(people), to.peer
    )
    key = f"{kind}:{to.county}"
    request = UUID(str(asking.ask(then.parts, told.by(key), wanted).result["assistance"]))
    posting.export(told.at(ago - timedelta(minutes=5)), told.by(f"{key}:file"), request)
    return request


def _reply(told: _Told, to: Neighbour, request: UUID, results: Sequence[tuple[Result, int | None]]) -> None:
    """The neighbour's receipt and results, three hours ago."""
    then = told.at(3 * HOUR)
    arriving.deliver(then, to.says(then, request, "receipt", Received(then.parts.now())))
    answers = tuple(Answer(n, one, then.parts.now(), where) for n, (one, where) in enumerate(results, 1))
    arriving.deliver(then, to.says(then, request, "answer-1", Answered(answers)))


def _come(
    told: _Told,
    of: Neighbour,
    kind: Kind,
    people: Sequence[tuple[str, str, str, str]],
    ago: timedelta,
    facts: dict[str, Any] | None = None,
    number: int = 1,
) -> UUID:
    """A request of a neighbour; gives its id here."""
    then, request = told.at(ago), derived("demonstration", "neighbours", str(of.county), str(number))
    now = then.parts.now()
    items = tuple(_who(*one, kind) | (facts or {}) for one in people)
    said = Asked(kind, of.county, COUNTY, now, now + 12 * HOUR, CLAUSE, DESK, THEIR_LINE, items)
    return arriving.deliver(then, of.says(then, request, "request", said)).request


def _who(name: str, document: str, phone: str, address: str, kind: Kind) -> dict[str, Any]:
    known = {"name": name, "documents": [["id-card", document]], "phones": [phone]}
    return {**known, "address": address} if kind is Kind.CONTROL and address else known
