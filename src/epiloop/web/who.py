"""Accounts by what they are called on pages: the login name, never a person's."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext

from epiloop.core.errors import N_
from epiloop.store.models import Account

MACHINES = {
    "clock": N_("the deadline clock"),
    "demonstration": N_("the demonstration"),
    "operator": N_("the operator"),
    "upkeep": N_("the nightly upkeep"),
}


def logins(actors: Iterable[str]) -> dict[str, str]:
    """Login names by the ids that acts name as actors; machines and commands are left out."""
    ids = {actor for actor in actors if is_id(actor)}
    return {str(pk): login for pk, login in Account.objects.filter(pk__in=ids).values_list("pk", "login")}


def said_actor(actor: str, people: dict[str, str]) -> str:
    """Who acted: a login, or a machine by what it is."""
    return people.get(actor) or gettext(MACHINES.get(actor, actor))


def is_id(actor: str) -> bool:
    """Whether an actor is an account, by its id, and not a machine."""
    try:
        UUID(actor)
    except ValueError:
        return False
    return True
