"""The fresh signs for the screens of phones that checked in, as JSON: for each zone the same until the next one."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from epiloop.gate.answers import Words
from epiloop.operations.checkins.fresh import COLOURS, Sign, place_key, signs, step
from epiloop.operations.checkins.inbox import Batch
from epiloop.operations.checkins.visits import LONGEST_STAY, Spot, What

MOST_ZONES = 50_000


@dataclass(slots=True)
class Signs:
    """`stamp`: the secret of the installation that signs follow from."""

    stamp: bytes = field(repr=False)
    _step: int = 0
    _known: dict[tuple[UUID, str, str], str] = field(default_factory=dict, repr=False)

    def answer(self, batch: Batch, holding: Container[Spot], at: datetime, language: str, words: Words) -> bytes:
        """What the sender of a batch that was taken hears: how much it was, the signs of each visit that goes on, and
        what time it is.

        `holding`: where the code that was scanned holds still. By another, which went around as a picture, a visit of
        before is taken; but nobody passes a guard with it, nor with what they say of yesterday.
        """
        shown = {
            str(one.visit): self._of_zone(one.spot.place, one.spot.zone, at, language, words)
            for one in batch.said
            if one.what is not What.LEFT and one.spot in holding and at - one.came < LONGEST_STAY
        }
        parts = ",".join(f'"{visit}":{text}' for visit, text in shown.items())
        now = at.isoformat(timespec="milliseconds")
        return f'{{"batch":"{batch.id}","taken":{len(batch.said)},"now":"{now}","signs":{{{parts}}}}}'.encode()

    def _of_zone(self, place: UUID, zone: str, at: datetime, language: str, words: Words) -> str:
        if self._step != step(at) or len(self._known) > MOST_ZONES:
            self._known, self._step = {}, step(at)
        text = self._known.get((place, zone, language))
        if text is None:
            shown = [_sign(sign, words) for sign in signs(place_key(self.stamp, place), zone, at)]
            text = self._known[place, zone, language] = msgspec.json.encode(shown).decode()
        return text


def _sign(sign: Sign, words: Words) -> dict[str, Any]:
    """A sign in the reader's language; its colour also as a word for the style sheet."""
    return {
        "colour": sign.colour,
        "colour_name": words(COLOURS[sign.colour]),
        "word": words(sign.word),
        "digits": sign.digits,
        "since": sign.since,
        "until": sign.until,
    }
