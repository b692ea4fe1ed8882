"""Carriages: the zone of one is that of the whole vehicle, and its number goes before the row of the seat.

Somebody of whom nobody knows the carriage may have been in any, so they met those of each: but only perhaps. As it is
known for sure, they were in a carriage of which nothing is known but that those of others are other ones.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from epiloop.exposure.visits import CARRIAGE
from epiloop.vault.spots import LAST_CARRIAGE, ON_BOARD, SPOT_BYTES, whole
from keyservice.folding import Stays, Visits

UNSAID = LAST_CARRIAGE + 1
"""The carriage of those of whom nobody said it, where those of others are other ones."""


def on_board(found: Visits) -> Visits:
    """The same with whole vehicles as zones, and with seats in carriages (`exposure.visits.CARRIAGE`) as rows."""
    ids = np.frombuffer(found.zones.tobytes(), np.uint8).reshape(-1, SPOT_BYTES)
    aboard = (ids[:, : len(ON_BOARD)] == np.frombuffer(ON_BOARD, np.uint8)).all(axis=1)
    if not aboard.any():
        return found
    wholes = [whole(zone) for zone in found.zones.tolist()]
    number = {zone: at for at, zone in enumerate(sorted(set(wholes)))}
    carriage = np.where(aboard, ids[:, -1].astype(np.int64), 0)[found.stays.zone]
    zone = np.array([number[one] for one in wholes], np.int64)[found.stays.zone]
    stays = replace(found.stays, zone=zone, row=carriage * CARRIAGE + found.stays.row)
    return replace(found, stays=stays, zones=np.frombuffer(b"".join(number), found.zones.dtype))


def unsaid(stays: Stays) -> NDArray[np.bool_]:
    """Stays of people whose carriage nobody said, where somebody said that of others in the same vehicle."""
    said = stays.row >= CARRIAGE
    return ~said & np.isin(stays.zone, stays.zone[said]) if said.any() else said


def as_known(stays: Stays) -> Stays:
    """The same as it is known for sure: in a carriage that nobody said nobody met those of another one."""
    return replace(stays, row=stays.row + np.where(unsaid(stays), UNSAID * CARRIAGE, 0))
