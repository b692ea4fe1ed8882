"""Who asks, and the act that every request becomes: rights checked against what the streams say, done once per key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from epiloop.core import rights
from epiloop.core.errors import N_, InvalidInput, NotFound, Refused
from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Scope
from epiloop.core.purposes import check_purpose
from epiloop.core.rights import AccountView
from epiloop.ledger.events import Body, Json
from epiloop.operations.investigation.mapping.values import is_identifying
from epiloop.runtime.acts import Asked, Decision, Done, Histories, perform
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts

AHEAD = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours; more is a slip of the pen."""

REQUEST = "request"
"""Where an act's result keeps the digest of what was asked."""

READING = ("person.read", "case.read", "today.read")
"""Rights of which one lets somebody know that a person exists."""

Decide = Callable[[Histories, datetime, Laws], Decision]


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for an act.

    `actor` is the account's id as text (or a machine's name), `purpose` from core.purposes, `key` the idempotency key,
    unique for the actor. `account` None is the operator of the installation on its own machine, whom no right limits.
    `digest` stands for the whole request, so that a key used for two different ones is noticed.
    """

    actor: str
    purpose: str
    key: str
    account: AccountView | None = None
    digest: str = ""

    def asked(self) -> Asked:
        """As an act takes it."""
        return Asked(self.actor, check_purpose(self.purpose), f"{self.actor}:{self.key}")

    def new_id(self, *what: str) -> UUID:
        """An id for something new this request makes: the same when the request is repeated."""
        return derived("request", self.actor, self.key, *what)

    def part(self, name: str) -> "By":
        """The same person asking, for a further act of the same request."""
        return replace(self, key=f"{self.key}:{name}")

    def can(self, right: str, jurisdiction: int | None) -> bool:
        """Whether the right is held there (None: anywhere)."""
        return self.account is None or rights.can(self.account, right, jurisdiction)

    def check(self, right: str, jurisdiction: int | None) -> None:
        """Raise NotAllowed unless `can`."""
        if self.account is not None:
            rights.check_right(self.account, right, jurisdiction)

    def check_person(self, right: str, jurisdiction: int) -> None:
        """As `check`, but NotFound for somebody who may not even know of people there."""
        if self.can(right, jurisdiction):
            return
        if not any(self.can(reading, jurisdiction) for reading in READING):
            raise no_such_person()
        self.check(right, jurisdiction)

    def scope(self, right: str) -> Scope:
        """Where the right is held."""
        everywhere = Scope((rights.inside(rights.EVERYWHERE),))
        return everywhere if self.account is None else rights.scope_of(self.account, right)


def no_such_person() -> NotFound:
    """What is raised for an id that is no person's, or of somebody out of reach."""
    return NotFound(N_("There is no such person within your jurisdiction."), remedy=N_("Search for the person again."))


def carry_out(parts: Parts, by: By, streams: Mapping[UUID, str], decide: Decide) -> Done:
    """Perform the act on these streams (id -> kind). Raises Refused if the key was used for another request."""
    laws = laws_of(parts)

    def decide_now(histories: Histories, now: datetime) -> Decision:
        decision = decide(histories, now, laws)
        return replace(decision, result={**decision.result, REQUEST: by.digest}) if by.digest else decision

    done = perform(parts, by.asked(), streams, decide_now)
    if done.repeated and done.result.get(REQUEST, "") != by.digest:
        raise Refused(
            N_("This idempotency key was used for another request."), remedy=N_("Use a fresh key for each request.")
        )
    return done


def laws_of(parts: Parts) -> Laws:
    """The laws as adopted now."""
    with parts.pool.connection() as connection:
        return parts.shelf.laws(connection)


def check_open(told: Body) -> None:
    """Raise InvalidInput if what would be stored openly looks like a document or telephone number (PRIVACY R16)."""
    if any(map(is_identifying, _texts(told.parts()[0]))):
        raise InvalidInput(
            N_("This looks like a document or telephone number. Ids are stored openly."),
            remedy=N_("Use a number of your own, and give the other one as identity."),
        )


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def happened(at: datetime | None, now: datetime) -> datetime:
    """When something happened: as told, else now. Raises InvalidInput for what lies ahead."""
    if at is None:
        return now
    if at.tzinfo is None:
        raise InvalidInput(N_("A time without a time zone cannot be used: %(value)s."), value=at.isoformat())
    if at > now + AHEAD:
        raise InvalidInput(
            N_("This has not happened yet: %(at)s."),
            remedy=N_("Give the time at which it happened."),
            at=at.isoformat(),
        )
    return min(at, now)
