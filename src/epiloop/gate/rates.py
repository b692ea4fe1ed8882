"""How often one address may ask. Kept in memory only, and only for addresses that asked some seconds ago."""

from collections import OrderedDict
from dataclasses import dataclass, field

from epiloop.core.errors import N_, EpiloopError


class TooMany(EpiloopError):
    """One address asks too often; the sender keeps what it has."""

    exit_code, code, http_status = 8, "too-many", 429


USUAL = 50.0
"""Requests a second: whole networks share an address."""


@dataclass(slots=True)
class Rates:
    """`rate` requests a second and address, `burst` at once; 0: any number."""

    rate: float = USUAL
    burst: float = 10 * USUAL
    most: int = 100_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, repr=False)

    def check(self, address: str, now: float) -> None:
        """Count a request at `now` (seconds of any clock that never goes back). Raises TooMany."""
        if self.rate <= 0:
            return
        left, last = self._left.pop(address, (self.burst, now))
        left = min(self.burst, left + (now - last) * self.rate) - 1
        while self._left and now - next(iter(self._left.values()))[1] >= self.burst / self.rate:
            self._left.popitem(last=False)  # the oldest, which may ask as one that never asked
        if len(self._left) >= self.most:
            self._left.popitem(last=False)
        self._left[address] = max(left, 0.0), now
        if left < 0:
            raise TooMany(
                N_("Too many requests come from this network."),
                remedy=N_("What you entered stays on your device and is sent later."),
            )
