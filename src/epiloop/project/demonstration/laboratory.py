"""The laboratory of the demonstration: its key, enrolled at the key service; and that anybody may sign there."""

import secrets
from datetime import timedelta

from epiloop.project.clock import clock
from epiloop.project.demonstration.searching import LABORATORY
from epiloop.project.home import Installation, KeyHome
from epiloop.project.keyservice import enrolling
from epiloop.vault.signatures import public_of
from keyservice import enrolment
from keyservice.enrolment import Enrolled

KEY_FILE = "demonstration-laboratory"
LONG_AGO, LONG = timedelta(days=30), timedelta(days=366)


def laboratory_key(installation: Installation) -> bytes:
    """The laboratory's private key, made when first asked for. A real laboratory keeps its own elsewhere."""
    file = installation.key_file(KEY_FILE)
    if not file.exists():
        installation.write_key(KEY_FILE, secrets.token_bytes(32).hex().encode())
    return bytes.fromhex(file.read_text("ascii"))


def enrol_laboratory(installation: Installation) -> bytes:
    """Let the laboratory's key sign results; gives the private key."""
    private, now = laboratory_key(installation), clock(installation)()
    one = Enrolled(public_of(private), "laboratory", LABORATORY, "", now - LONG_AGO, now + LONG)
    with enrolling.database(installation.keyservice) as connection:
        enrolment.enrol(connection, one)
    return private


def let_anybody_sign(home: KeyHome) -> None:
    """Whoever signs in may let their browser sign at once. For demonstrations: an approval then proves nothing."""
    text = home.settings_file.read_text("utf-8")
    home.settings_file.write_text(text.replace('enrol = "closed"', 'enrol = "open"  '), "utf-8")
