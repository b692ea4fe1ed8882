"""Sessions in the database under a digest of their key: who reads the table cannot take a session over.

Named by `SESSION_ENGINE`; Django asks for `SessionStore`.
"""

import hashlib
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from epiloop.store.models import AccountSession

DEVICE, MADE_AT = "device", "made_at"


def stored_key(session_key: str) -> str:
    """What the table holds for a cookie's value."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's database sessions, with the key digested and the account beside it."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        """The table."""
        return AccountSession

    def _get_session_from_db(self) -> AccountSession | None:
        live = AccountSession.objects.filter(expire_date__gt=timezone.now())
        row = live.filter(session_key=stored_key(self.session_key or "")).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Whether the table has the key."""
        return AccountSession.objects.filter(session_key=stored_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        """The row for this session; a save means that it was just seen."""
        account, made = self.get(SESSION_KEY), self.get(MADE_AT)
        return AccountSession(
            session_key=stored_key(cast("str", self._get_or_create_session_key())),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account=UUID(account) if account else None,
            made_at=datetime.fromisoformat(made) if made else None,
            seen_at=timezone.now(),
            device=self.get(DEVICE, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        """End the session; nothing happens if there is none."""
        key = session_key or self.session_key
        if key is not None:
            AccountSession.objects.filter(session_key=stored_key(key)).delete()
