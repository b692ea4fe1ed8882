"""Rights, roles and grants: who may do what, where, from when until when.

A right is a named string; a role is a set of rights; a grant gives one account one role in one jurisdiction for a
stretch of time. There is no right to write a status (PRIVACY R1). What is asked is an AccountView: an account with the
grants it holds at the instant it was read, read again with every request, so a withdrawn right works at once (R26).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, NotAllowed
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import DIGITS, Code, Range, Scope, range_of, short

Right = NewType("Right", str)
"""What somebody may do, "thing.verb"."""

RIGHTS: dict[Right, str] = {
    Right("board.read"): N_("See the board: what is open, late and whose"),
    Right("today.read"): N_("See the list of today"),
    Right("duty.write"): N_("Record that a duty is done, with its evidence"),
    Right("person.read"): N_("See people under control, without their identity"),
    Right("person.identity"): N_("Show the identity of a person, for a stated purpose"),
    Right("person.write"): N_("Enter and correct people, merge and split duplicates"),
    Right("case.read"): N_("See cases and how they are linked"),
    Right("case.write"): N_("Enter cases, classify them, record outcomes"),
    Right("contact.write"): N_("Determine and withdraw contacts"),
    Right("trace.request"): N_("Ask who met a case"),
    Right("trace.approve"): N_("Approve contact searches that others asked for, and review emergencies"),
    Right("register.read"): N_("See places, units, posts and rosters"),
    Right("register.write"): N_("Change places and units"),
    Right("roster.write"): N_("Change posts and rosters"),
    Right("checkin.write"): N_("Enter check-ins of visitors"),
    Right("rules.read"): N_("See the rules and what they would change"),
    Right("rules.adopt"): N_("Put a rulebook in force"),
    Right("import.write"): N_("Import line lists and other files"),
    Right("export.read"): N_("Export lists to files"),
    Right("audit.read"): N_("See who did and read what"),
    Right("accounts.manage"): N_("Make accounts, grant and withdraw roles"),
}

_READING = ("board.read", "today.read", "person.read", "case.read", "register.read", "rules.read")


def _role(*names: str) -> frozenset[Right]:
    return frozenset(Right(name) for name in (*_READING, *names))


ROLES: dict[str, frozenset[Right]] = {
    "duty-officer": _role("duty.write", "person.identity", "roster.write", "export.read", "trace.approve"),
    "investigator": _role(
        "duty.write",
        "person.identity",
        "person.write",
        "case.write",
        "contact.write",
        "import.write",
        "export.read",
        "trace.request",
    ),
    "community-worker": frozenset(
        Right(name)
        for name in ("today.read", "duty.write", "person.read", "person.identity", "rules.read", "checkin.write")
    ),
    "rule-keeper": _role("rules.adopt"),
    "registrar": _role("person.write", "register.write", "roster.write", "import.write", "checkin.write"),
    "doorkeeper": frozenset({Right("checkin.write")}),
    "auditor": frozenset(Right(name) for name in ("rules.read", "audit.read")),
    "administrator": frozenset(
        Right(name) for name in ("rules.read", "register.read", "audit.read", "accounts.manage")
    ),
    "inspector": _role("audit.read", "trace.approve"),
}

ROLE_NAMES: dict[str, str] = {
    "duty-officer": N_("Duty officer"),
    "investigator": N_("Investigator"),
    "community-worker": N_("Community worker"),
    "rule-keeper": N_("Rule keeper"),
    "registrar": N_("Registrar"),
    "doorkeeper": N_("Doorkeeper or gateway"),
    "auditor": N_("Auditor"),
    "administrator": N_("Administrator"),
    "inspector": N_("Inspector"),
}


EVERYWHERE = Code(0)
"""The jurisdiction of a grant that holds everywhere: no division has this number."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one jurisdiction (and everything inside it) during `held`. Raises InvalidInput for no such role."""

    role: str
    jurisdiction: Code
    held: Interval

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise InvalidInput(N_("There is no role %(role)s."), role=repr(self.role))


@dataclass(frozen=True, slots=True)
class AccountView:
    """What deciding needs to know of an account: the grants held when it was read (`held`).

    `within` narrows it to the scopes of an API token; None where it is not a token that asks.
    """

    id: UUID
    grants: tuple[Grant, ...] = ()
    disabled: bool = False
    within: frozenset[Right] | None = None


def rights(names: Iterable[str]) -> frozenset[Right]:
    """Parse names of rights. Raises InvalidInput for one that does not exist."""
    parsed = frozenset(Right(name) for name in names)
    if unknown := sorted(parsed - RIGHTS.keys()):
        raise InvalidInput(N_("There is no right %(right)s."), right=", ".join(unknown))
    return parsed


def held(grants: Iterable[Grant], at: datetime) -> tuple[Grant, ...]:
    """Those of the grants that hold at an instant: the real one, not one a demonstration plays on."""
    return tuple(grant for grant in grants if at in grant.held)


def inside(jurisdiction: Code) -> Range:
    """The range of numbers a grant in a jurisdiction reaches."""
    return Range(0, 10**DIGITS) if jurisdiction == EVERYWHERE else range_of(jurisdiction)


def scope_of(account: AccountView, right: str) -> Scope:
    """Where the account holds the right; the empty scope if nowhere."""
    wanted = Right(right)
    if account.disabled or (account.within is not None and wanted not in account.within):
        return Scope()
    giving = {grant.jurisdiction for grant in account.grants if wanted in ROLES[grant.role]}
    return Scope(tuple(sorted(inside(jurisdiction) for jurisdiction in giving)))


def can(account: AccountView, right: str, jurisdiction: int | None) -> bool:
    """Whether the account holds the right in the jurisdiction (None: anywhere at all)."""
    scope = scope_of(account, right)
    return bool(scope.ranges) if jurisdiction is None else jurisdiction in scope


def check_right(account: AccountView, right: str, jurisdiction: int | None) -> None:
    """Raise NotAllowed, naming right and place, unless the account holds the right there."""
    if not can(account, right, jurisdiction):
        raise NotAllowed(
            N_("Your account has no right to this here: %(right)s."),
            where=short(Code(jurisdiction)) if jurisdiction else "",
            remedy=N_("Ask an administrator of your jurisdiction for the role that has it."),
            right=RIGHTS.get(Right(right), right),
        )


def can_grant(giver: AccountView, grant: Grant) -> bool:
    """Whether the giver may hand out the grant: `accounts.manage` over the whole jurisdiction of the grant."""
    wanted = inside(grant.jurisdiction)
    managed = scope_of(giver, "accounts.manage").ranges
    return any(part.low <= wanted.low and wanted.high <= part.high for part in managed)
