"""The gate of an installation, of its real parts."""

import gettext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import psycopg
from psycopg_pool import PoolTimeout

from epiloop.core.errors import N_, Unavailable
from epiloop.core.rights import AccountView
from epiloop.gate.answers import Words
from epiloop.gate.app import Gate, Means
from epiloop.gate.programs import Programs
from epiloop.gate.rates import USUAL, Rates
from epiloop.operations.checkins.keys import Trusted
from epiloop.project.home import Installation
from epiloop.project.languages import DOMAIN, LOCALE
from epiloop.project.venue_keys import venue_keys
from epiloop.project.wiring import running
from epiloop.runtime.faces import Faces
from epiloop.runtime.inbox import SealedInbox
from epiloop.runtime.known_codes import Endings
from epiloop.runtime.parts import Parts
from epiloop.store import inbox as stored

PAGES = Path(__file__).resolve().parents[1] / "gate" / "pages"


def gate(installation: Installation) -> Gate:
    """The application with the parts of an installation, connected when first used. Django is set up."""
    made = running(installation)
    parts, settings = made.parts, installation.settings
    inbox = SealedInbox(parts)
    rate = float(settings.get("gate_rate", USUAL))
    means = Means(
        accept_all=inbox.accept_all,
        codes=lambda: _codes(installation, parts),
        look=inbox.look,
        forget=parts.sealers.forget,
        face=Faces(parts).of,
        programs=Programs(_account),
        stamp=made.stamp,
        now=parts.now,
        words=_words,
        pages=PAGES,
        language=str(settings.get("language", "zh-hans")),
        rates=Rates(rate, 10 * rate),
    )
    return Gate(means)


def _codes(installation: Installation, parts: Parts) -> tuple[Trusted, Endings]:
    """The keys that are trusted now and the revocation list. Raises Unavailable without a database."""
    try:
        with parts.pool.connection() as connection:
            return venue_keys(installation).trusted, stored.endings(connection)
    except (psycopg.OperationalError, PoolTimeout):
        raise _away() from None


def _account(token: str) -> AccountView:
    """Whom a token speaks for. Raises NotAllowed, Unavailable without a database."""
    from django.db import OperationalError, close_old_connections

    from epiloop.runtime.accounts.tokens import token_view

    try:
        close_old_connections()
        return token_view(token, datetime.now(UTC))
    except OperationalError:
        raise _away() from None


def _away() -> Unavailable:
    return Unavailable(N_("The database does not answer."), remedy=N_("Try again in a moment."))


@cache
def _words(language: str) -> Words:
    """The messages of a language."""
    folder = "zh_Hans" if language.startswith("zh") else "en"
    return gettext.translation(DOMAIN, LOCALE, [folder], fallback=True).gettext
