"""Gateways: programs with a token of an account that may enter check-ins. Withdrawn, it is refused in two seconds."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from epiloop.core.errors import N_, NotAllowed
from epiloop.core.rights import AccountView, check_right
from epiloop.operations.checkins.inbox import Batch

RIGHT = "checkin.write"
KNOWN_SECONDS = 2.0
MOST_KNOWN = 10_000


@dataclass(slots=True)
class Programs:
    """Whom tokens speak for; `view` asks the database, and blocks. Raises NotAllowed for one that is not valid."""

    view: Callable[[str], AccountView]
    _known: dict[bytes, tuple[float, AccountView]] = field(default_factory=dict, repr=False)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="tokens"), repr=False
    )

    async def account(self, authorisation: bytes) -> AccountView:
        """The account behind a bearer token. Raises NotAllowed."""
        kind, _, token = authorisation.decode("ascii", "replace").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise NotAllowed(N_("This token is not valid."), remedy=N_("Issue a new one on the page of your account."))
        digest, now = hashlib.sha256(token.encode()).digest(), time.monotonic()
        since, view = self._known.get(digest, (0.0, None))
        if view is None or now - since > KNOWN_SECONDS:
            view = await asyncio.get_running_loop().run_in_executor(self._thread, self.view, token.strip())
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[digest] = now, view
        return view


def check_places(account: AccountView, batch: Batch) -> None:
    """Raise NotAllowed unless the account may enter check-ins at every place of the batch."""
    for jurisdiction in {one.spot.jurisdiction for one in batch.said}:
        check_right(account, RIGHT, jurisdiction)
