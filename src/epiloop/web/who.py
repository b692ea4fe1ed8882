"""Accounts by what they are called on pages: the login name, never a person's."""

from collections.abc import Iterable
from uuid import UUID

from epiloop.store.models import Account


def logins(actors: Iterable[str]) -> dict[str, str]:
    """Login names by the ids that acts name as actors; machines and commands are left out."""
    ids = {actor for actor in actors if _is_id(actor)}
    return {str(pk): login for pk, login in Account.objects.filter(pk__in=ids).values_list("pk", "login")}


def _is_id(actor: str) -> bool:
    try:
        UUID(actor)
    except ValueError:
        return False
    return True
