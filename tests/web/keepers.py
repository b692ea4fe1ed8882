"""Accounts of those who keep lists, registers and rules, and what their pages are asked for."""

import re

from django.test import Client
from django.utils import timezone
from tests.web.staff import COUNTY, PASSWORD, SECRET, signed_in

from epiloop.core.instants import Interval
from epiloop.core.rights import EVERYWHERE, Grant
from epiloop.runtime.accounts import making
from epiloop.runtime.accounts.sealing import seal
from epiloop.store.models import Account, Authenticator


def keeper(login: str, *roles: str, everywhere: bool = False) -> Account:
    """An account with several roles in the county, or everywhere."""
    at = timezone.now()
    grants = tuple(Grant(role, EVERYWHERE if everywhere else COUNTY, Interval(at)) for role in roles)
    made = making.make_account(login, PASSWORD, at=at, grants=grants)
    sealed = seal(SECRET.encode(), bound_to=made.id.bytes)
    Authenticator.objects.create(account=made, sealed_secret=sealed, made_at=at)
    return made


def english(one: Account) -> Client:
    """Signed in, reading English."""
    Account.objects.filter(pk=one.pk).update(language="en")
    one.refresh_from_db()
    return signed_in(one)


def text_of(answer) -> str:
    """What a page says, without its markup."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", words)
