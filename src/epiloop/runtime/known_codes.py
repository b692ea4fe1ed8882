"""Venue codes that were verified already, and the revocation list as it was some seconds ago: a door's code is scanned
ten thousand times a day, and its signature is the same each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from epiloop.operations.checkins.codes import Claims, Verifier
from epiloop.operations.checkins.keys import PublicKey, Trusted
from epiloop.operations.checkins.visits import Spot
from epiloop.runtime.requests.checkins import spot_of

MOST = 100_000
"""Codes kept; some 1 KB each."""

Endings = Mapping[tuple[UUID, str, int], datetime]


@dataclass(slots=True)
class KnownCodes:
    """Verifies codes as `Verifier` does. For one thread; `endings` may be replaced by another."""

    trusted: Trusted
    endings: Endings = field(default_factory=dict)
    most: int = MOST
    _known: dict[str, tuple[Claims, PublicKey, Spot]] = field(default_factory=dict, repr=False)
    _verifier: Verifier = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._verifier = Verifier(self.trusted, ended=lambda *code: self.endings.get(code))

    def claims(self, code: str, at: datetime) -> Claims:
        """What a code says, if it holds at an instant. Raises InvalidInput, Refused."""
        return self._found(code, at)[0]

    def spot(self, code: str, at: datetime) -> Spot:
        """Where a code hangs, if it holds at an instant. Raises InvalidInput, Refused."""
        return self._found(code, at)[2]

    def _found(self, code: str, at: datetime) -> tuple[Claims, PublicKey, Spot]:
        found = self._known.get(code)
        if found is None:
            claims, key = self._verifier.believed(code)
            found = claims, key, spot_of(claims)
            if len(self._known) >= self.most:
                del self._known[next(iter(self._known))]
            self._known[code] = found
        self._verifier.check_at(found[0], found[1], at)
        return found
