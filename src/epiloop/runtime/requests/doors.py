"""What staff do at the doors of places: enter visitors who have no phone, and count how many go in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, NotFound
from epiloop.ledger.events import Draft
from epiloop.operations.checkins import actions
from epiloop.operations.checkins.events import DoorCounted
from epiloop.operations.checkins.fresh import Sign, place_key, sign_at
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.presumed import kind_of
from epiloop.operations.checkins.visits import Said, Spot, Visitor, Way, What
from epiloop.registers.places.state import fold as fold_place
from epiloop.runtime.acts import Decision, Done, Histories
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.venue_codes import zones_of
from epiloop.store.tables import PlaceRow, ZoneRow

RIGHT = "checkin.write"


@dataclass(frozen=True, slots=True)
class Entered:
    """A visit as staff enter it. At most one of `left` and `until` is given: when they left, how long they stay."""

    visitor: Visitor
    came: datetime
    left: datetime | None = None
    until: datetime | None = None

    @property
    def way(self) -> Way:
        """A card is read, everything else typed."""
        return Way.CARD if self.visitor.card else Way.STAFF


def enter(running: Running, by: By, place: PlaceRow, zone: ZoneRow | None, entered: Entered) -> UUID:
    """Hand a visit to the inbox; its id. The same request again is the same visit.

    Nothing of it is an act: who was where is in no log. Raises NotAllowed, InvalidInput, Unavailable.
    """
    by.check(RIGHT, place.jurisdiction)
    kind = kind_of(place.kind, zone.kind if zone else "")
    spot = Spot(place.id, zone.zone if zone else "", kind, place.jurisdiction)
    visit = by.new_id("visit")
    running.inbox.accept(Batch(by.new_id("batch"), tuple(_said(visit, spot, entered))))
    return visit


def count_door(parts: Parts, by: By, place: UUID, told: DoorCounted) -> Done:
    """Somebody stood at a door of a place and counted: from then on its check-ins are held to that."""

    def decide(histories: Histories, now: datetime, _laws: Laws) -> Decision:
        history = histories[place]
        if history.head is None or history.kind != "place":
            raise NotFound(N_("There is no such entry in this register."), remedy=N_("Search for it again."))
        state = fold_place(place, history.entries)
        by.check(RIGHT, state.jurisdiction)
        drafts: Sequence[Draft] = actions.count_door(
            place, zones_of(state), told, jurisdiction=state.jurisdiction, at=now
        )
        return Decision(drafts, {"place": str(place)})

    return carry_out(parts, by, {place: "place"}, decide)


def guards_signs(running: Running, place: UUID, zone: str) -> tuple[Sign, Sign]:
    """What the guard's screen shows at a zone now, and what it showed before: phones may be a moment behind."""
    at, key = running.parts.now(), place_key(running.stamp, place)
    shown = sign_at(key, zone, at)
    return shown, sign_at(key, zone, shown.since - (shown.until - shown.since))


def _said(visit: UUID, spot: Spot, entered: Entered) -> list[Said]:
    who, came, way = entered.visitor, entered.came, entered.way
    said = [Said(visit, What.CAME, spot, came, who, way)]
    if entered.left is not None:
        said.append(Said(visit, What.LEFT, spot, came, who, way, entered.left))
    elif entered.until is not None:
        said.append(Said(visit, What.STAYING, spot, came, who, way, entered.until))
    return said
