"""What an authorisation says, line by line, for whoever is about to sign it."""

from datetime import datetime
from typing import Any

PARTS = (
    *("id", "kind", "subject", "since", "until", "second_until", "staff", "creator", "unit", "purpose"),
    *("expires", "version", "statute", "authority", "reference", "reason"),
)


def said_authorisation(content: bytes) -> list[str]:
    """`name: value`, and the fingerprint that two people compare. Raises InvalidInput for a text that is none."""
    from epiloop.vault import grants

    given = grants.read(content)
    lines = [f"{name}: {value}" for name in PARTS if (value := plain(getattr(given, name)))]
    return [*lines, f"visits told by the case: {len(given.told)}", f"fingerprint: {grants.fingerprint(content)}"]


def plain(value: Any) -> str:
    """One value as text; "" for none."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, datetime) else str(value or "")
