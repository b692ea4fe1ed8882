"""The users of the demonstration: one for each role, with a password and an authenticator that this machine knows.

That is what makes it a demonstration: `epiloop code LOGIN` gives the code an authenticator app would show.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import pyotp

from epiloop.core.errors import N_, NotFound
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code
from epiloop.core.rights import EVERYWHERE, ROLE_NAMES, Grant
from epiloop.project.home import Installation

KEY_FILE = "demonstration"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""Their roles hold on the days the demonstration plays on, which are in the past."""

LOGINS = {  # those with shifts have the logins that the demonstration roster names
    "duty-1": "duty-officer",
    "investigator-1": "investigator",
    "rules": "rule-keeper",
    "registrar": "registrar",
    "approver-1": "duty-officer",  # of another unit than the investigator: see demonstration.approving
    "auditor": "auditor",
    "inspector": "inspector",
    "admin": "administrator",
}


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A user: login name, the name of the role (a message id), and the secret of the authenticator."""

    login: str
    role: str
    secret: str


def make(installation: Installation, county: Code, worker: tuple[str, Code]) -> None:
    """Make them all and remember them in a key file. Django is set up and the database is held.

    `worker` is the login of a community's worker who has something to do today, and the community.
    """
    shared = "-".join(secrets.token_hex(2) for _ in range(4))
    login, community = worker
    users = [_make(name, role, EVERYWHERE if name == "admin" else county, shared) for name, role in LOGINS.items()]
    users.insert(2, _make(login, "community-worker", community, shared))
    told = {"password": shared, "users": [asdict(user) for user in users]}
    installation.write_key(KEY_FILE, json.dumps(told).encode())


def known(installation: Installation) -> Sequence[DemoUser] | None:
    """The users made here; None if no demonstration was loaded."""
    kept = installation.key_file(KEY_FILE)
    if not kept.exists():
        return None
    return [DemoUser(**user) for user in json.loads(kept.read_text("ascii"))["users"]]


def password(installation: Installation) -> str:
    """The password they share."""
    shared: str = json.loads(installation.key_file(KEY_FILE).read_text("ascii"))["password"]
    return shared


def present_code(installation: Installation, login: str) -> str:
    """The six digits that sign the user in now. Raises NotFound if there is no such demonstration user."""
    for user in known(installation) or ():
        if user.login == login:
            return pyotp.TOTP(user.secret).now()
    raise NotFound(N_("There is no demonstration user %(login)s."), login=login)


def _make(login: str, role: str, place: Code, shared: str) -> DemoUser:
    from epiloop.runtime.accounts.factors import add_authenticator
    from epiloop.runtime.accounts.making import make_account

    secret = pyotp.random_base32()
    made_at = datetime.now(UTC) - timedelta(minutes=5)  # a code counts once, and the present one is for signing in
    account = make_account(login, shared, at=made_at, grants=(Grant(role, place, Interval(LONG_AGO)),))
    add_authenticator(account, secret, pyotp.TOTP(secret).at(made_at), made_at)
    return DemoUser(login, ROLE_NAMES[role], secret)
