"""That the second factor was given again lately, which grave acts ask for (PRIVACY R26): what a session says of it."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

CONFIRMED_AT = "confirmed_at"
LATELY = timedelta(minutes=10)


def is_confirmed(session: SessionBase, at: datetime, within: timedelta = LATELY) -> bool:
    """Whether the second factor was given in this session, and not longer ago than `within`."""
    text = session.get(CONFIRMED_AT)
    return text is not None and at - datetime.fromisoformat(text) <= within
