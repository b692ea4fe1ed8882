"""What a form begins with, said in an address so that it means nothing outside (PRIVACY R28).

A person's id beside a disease or a sample's number is a finding. So a link to a form says these in one sealed word,
which opens here only and for this person only; the back button, a change of language and a bookmark keep working.
"""

import base64
import json
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from epiloop.core.errors import Broken
from epiloop.runtime.accounts.sealing import seal, unseal

WORD = "begin"


def record_address(person: UUID, kind: str, following: str = "", **said: object) -> str:
    """The address of the form of one kind for one person: where to go after it, and what it begins with."""
    filled = {name: str(value) for name, value in said.items() if value}
    words = {WORD: begin(person, filled) if filled else "", "next": following}
    query = urlencode({name: value for name, value in words.items() if value}, safe="/")
    path = reverse("person-record", args=[person, kind])
    return f"{path}?{query}" if query else path


def begin(person: UUID, said: Mapping[str, str]) -> str:
    """The sealed word for what the form of this person begins with."""
    sealed = seal(json.dumps(said).encode(), bound_to=_bound(person))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def begun(person: UUID, sealed: str) -> dict[str, str]:
    """What a sealed word says; nothing for one that is of another person or was changed: the form then begins empty."""
    try:
        plain = unseal(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), bound_to=_bound(person))
    except (Broken, ValueError):
        return {}
    found: dict[str, str] = json.loads(plain)
    return found


def _bound(person: UUID) -> bytes:
    return b"form " + person.bytes
