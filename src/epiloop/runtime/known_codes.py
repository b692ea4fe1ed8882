"""Venue codes that were verified already, and the revocation list as it was some seconds ago: a door's code is scanned
ten thousand times a day, and its signature is the same each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import EpiloopError
from epiloop.operations.checkins.codes import Claims, Verifier
from epiloop.operations.checkins.keys import PublicKey, Trusted
from epiloop.operations.checkins.visits import Spot
from epiloop.runtime.requests.checkins import spot_of

MOST = 100_000
"""Codes kept; some 1 KB each."""

Endings = Mapping[tuple[UUID, str, int], datetime]


@dataclass(slots=True)
class _Known:
    """A code that is believed, and from when until when it holds by the revocation list `by`."""

    claims: Claims
    key: PublicKey
    spot: Spot
    since: datetime
    until: datetime
    by: Endings


@dataclass(slots=True)
class KnownCodes:
    """Verifies codes as `Verifier` does. For one thread; `endings` may be replaced by another, and is never changed."""

    trusted: Trusted
    endings: Endings = field(default_factory=dict)
    most: int = MOST
    _known: dict[str, _Known] = field(default_factory=dict, repr=False)
    _verifier: Verifier = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._verifier = Verifier(self.trusted, ended=lambda *code: self.endings.get(code))

    def claims(self, code: str, at: datetime) -> Claims:
        """What a code says, if it holds at an instant. Raises InvalidInput, Refused."""
        return self._found(code, at).claims

    def spot(self, code: str, at: datetime) -> Spot:
        """Where a code hangs, if it holds at an instant. Raises InvalidInput, Refused."""
        return self._found(code, at).spot

    def holds(self, code: str, at: datetime) -> bool:
        """Whether a code that was believed holds at an instant."""
        try:
            self._found(code, at)
        except EpiloopError:
            return False
        return True

    def _found(self, code: str, at: datetime) -> _Known:
        found = self._known.get(code)
        if found is None or found.by is not self.endings or not found.since <= at < found.until:
            claims, key = (found.claims, found.key) if found else self._verifier.believed(code)
            self._verifier.check_at(claims, key, at)
            found = _Known(claims, key, spot_of(claims), *self._verifier.held(claims, key), self.endings)
            if code not in self._known and len(self._known) >= self.most:
                del self._known[next(iter(self._known))]
            self._known[code] = found
        return found
