"""All calls of the key service: those of the vault's port, and those about cases."""

from epiloop.vault import cases, wire
from epiloop.vault.wire import Call

CALLS: dict[str, Call] = {**wire.CALLS, **cases.CALLS}
