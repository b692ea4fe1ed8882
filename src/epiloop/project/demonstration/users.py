"""The accounts of the demonstration: one for each kind of user, with a password and an authenticator everybody may know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from epiloop.core.errors import N_
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code
from epiloop.core.rights import EVERYWHERE, Grant
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.roster import Roster

PASSWORD = "watch-the-loops-close"  # noqa: S105 - a demonstration is open to whoever can reach this machine


@dataclass(frozen=True, slots=True)
class User:
    """A login, its role, where it holds, and what it is for (a message id)."""

    login: str
    role: str
    jurisdiction: Code
    what: str


def users(county: County, roster: Roster) -> Iterator[User]:
    """One of each kind; those with shifts have the logins that the roster names."""
    home = county.tree.county
    yield User("duty-1", "duty-officer", home, N_("duty officer of the county headquarters"))
    yield User("investigator-1", "investigator", home, N_("investigator"))
    worker = next(post for post in roster.posts if post.post == "community-health-worker")
    yield User(worker.officers[0], "community-worker", worker.jurisdiction, N_("health worker of a community"))
    yield User("registrar-1", "registrar", home, N_("keeps the registers, imports lists"))
    yield User("rules-1", "rule-keeper", home, N_("rule keeper"))
    yield User("inspector-1", "inspector", home, N_("inspector"))
    yield User("admin-1", "administrator", EVERYWHERE, N_("manages accounts"))


def make(county: County, roster: Roster) -> list[dict[str, str]]:
    """Make the accounts; what the operator is told of each. Accounts live in real time, whatever day is played."""
    import pyotp

    from epiloop.runtime.accounts.factors import add_authenticator, new_secret
    from epiloop.runtime.accounts.making import make_account

    at = datetime.now(UTC)
    told: list[dict[str, str]] = []
    for user in users(county, roster):
        account = make_account(user.login, PASSWORD, at=at, grants=(Grant(user.role, user.jurisdiction, Interval(at)),))
        secret = new_secret()
        add_authenticator(account, secret, pyotp.TOTP(secret).at(at), at)
        told.append({"login": user.login, "password": PASSWORD, "what": user.what, "secret": secret})
    return told
