"""This installation among its peers: its keys and card, and who else is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotFound, Refused
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code, range_of
from epiloop.core.rights import EVERYWHERE
from epiloop.ledger.events import Body, Draft
from epiloop.operations.assistance import events as e
from epiloop.operations.assistance import peers
from epiloop.operations.assistance.peers import Card, OwnLetters
from epiloop.operations.assistance.sealing import id_of
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.store import assistance as stored
from epiloop.store.tables import PeerRow

RIGHT = "register.write"


@dataclass(frozen=True, slots=True)
class Partner:
    """Whom a message goes to or comes from; `peer` None: this installation itself."""

    peer: UUID | None
    card: Card

    @property
    def id(self) -> bytes:
        """What names it in messages."""
        return id_of(self.card.signing)

    def covers(self, jurisdiction: int) -> bool:
        """Whether it answers for the jurisdiction."""
        return any(stands_for(one, jurisdiction) for one in self.card.jurisdictions)


def stands_for(code: int, jurisdiction: int) -> bool:
    """Whether a jurisdiction lies in another."""
    return jurisdiction in range_of(Code(code))


def own_card(letters: OwnLetters) -> Card:
    """The card of this installation. Raises Refused if it has none yet."""
    found = letters.card()
    if found is None:
        raise Refused(
            N_("This installation has not introduced itself to others yet."),
            remedy=N_("Say for which jurisdictions it stands: Places and units, Other installations."),
        )
    return found[0]


def card_file(letters: OwnLetters) -> bytes:
    """The card as a file for others. Raises Refused if there is none yet."""
    own_card(letters)
    card, signature = letters.card() or (own_card(letters), b"")
    return peers.written(card, signature)


def introduce(letters: OwnLetters, by: By, name: str, jurisdictions: Iterable[int], address: str) -> Card:
    """Say what the card tells others. Raises NotAllowed unless registers may be changed in all its jurisdictions."""
    codes = tuple(jurisdictions)
    for code in codes:
        by.check(RIGHT, code)
    if not codes or not name.strip():
        raise Refused(N_("A card says a name and the jurisdictions it stands for."))
    letters.introduce(name, codes, address)
    return own_card(letters)


def add(parts: Parts, letters: OwnLetters, by: By, raw: bytes, digits: str) -> Done:
    """Register a peer by its card, once its fingerprint was compared by telephone: `digits` as the other side read it.

    Raises Refused if they are not the same.
    """
    by.check(RIGHT, None)
    card = peers.read(raw)
    said = "".join(sign for sign in digits if sign.isdigit())
    if said != card.fingerprint.replace(" ", ""):
        raise Refused(
            N_("These are not the digits of this card."),
            remedy=N_("Call the other side, let them read the digits of their own card, and type what you hear."),
        )
    mine = letters.card()
    if mine and mine[0].signing == card.signing:
        raise Refused(N_("This is the card of this installation."))
    peer = peer_id(card)
    told = e.PeerAdded(card.name, card.jurisdictions, card.signing.hex(), card.opening.hex(), card.address)
    return _tell(parts, by, peer, told)


def set_address(parts: Parts, by: By, peer: UUID, address: str) -> Done:
    """Where a peer takes messages over the network; "" for files only."""
    return _tell(parts, by, peer, e.PeerAddressSet(peers.check_address(address.strip())))


def drop(parts: Parts, by: By, peer: UUID) -> Done:
    """Exchange nothing with a peer any more."""
    return _tell(parts, by, peer, e.PeerDropped())


def peer_id(card: Card) -> UUID:
    """The id of a peer: that of its key."""
    return derived("peer", card.signing.hex())


def partner(parts: Parts, letters: OwnLetters, peer: UUID | None) -> Partner:
    """A peer by its id; this installation for None. Raises NotFound for one that is not known any more."""
    if peer is None:
        return Partner(None, own_card(letters))
    with parts.pool.connection() as connection:
        found = stored.peer(connection, peer)
    if found is None or found.dropped:
        raise NotFound(N_("There is no such peer."), remedy=N_("Register its card first."))
    return Partner(found.id, _card(found))


def reached_through(parts: Parts, letters: OwnLetters, jurisdiction: int) -> UUID | None:
    """The peer that stands for a jurisdiction; None where this one does. Raises InvalidInput if nobody does."""
    with parts.pool.connection() as connection:
        known = [row for row in stored.peers(connection) if not row.dropped]
    for row in known:
        if any(stands_for(stored.number(text), jurisdiction) for text in row.jurisdictions):
            return row.id
    if not Partner(None, own_card(letters)).covers(jurisdiction):
        raise InvalidInput(
            N_("No installation known here stands for this jurisdiction."),
            remedy=N_("Exchange cards with it first: Places and units, Other installations."),
        )
    return None


def by_key(parts: Parts, letters: OwnLetters, key: bytes) -> Partner:
    """Who has the key of this id. Raises Refused if nobody known has."""
    mine = letters.card()
    if mine and id_of(mine[0].signing) == key:
        return Partner(None, mine[0])
    with parts.pool.connection() as connection:
        known = [row for row in stored.peers(connection) if id_of(row.signing) == key and not row.dropped]
    if not known:
        raise Refused(
            N_("No installation known here has the key of this message."),
            remedy=N_("Exchange cards first and compare the fingerprint by telephone."),
        )
    return Partner(known[0].id, _card(known[0]))


def _card(row: PeerRow) -> Card:
    codes = tuple(stored.number(text) for text in row.jurisdictions)
    return Card(row.name, codes, bytes(row.signing), bytes(row.opening), row.address)


def _tell(parts: Parts, by: By, peer: UUID, told: Body) -> Done:
    by.check(RIGHT, None)

    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        head = histories[peer].head
        if head is None and not isinstance(told, e.PeerAdded):
            raise NotFound(N_("There is no such peer."), remedy=N_("Register its card first."))
        return Decision([Draft(peer, told, now, EVERYWHERE)], {"peer": str(peer)})

    return carry_out(parts, by, {peer: "peer"}, decide)
