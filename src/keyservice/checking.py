"""May this be opened? Decided from signed facts alone, each time anew, whatever the application checked (R8-R12).

Nothing here reads a clock or a table: what is known of an authorisation comes as a value, and each refusal says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from epiloop.core.errors import N_, NotAllowed, Refused
from epiloop.exposure import load_terms
from epiloop.vault import grants, results
from epiloop.vault.grants import APPROVALS, LONGEST_WINDOW, Authorisation, GrantKind
from epiloop.vault.results import Found, LaboratoryResult
from epiloop.vault.signatures import Signature
from keyservice.enrolment import Enrolled, check_signer

SKEW = timedelta(minutes=5)
"""How far the clock of whoever made a text may run ahead."""
POSITIVE_FOR = LONGEST_WINDOW
"""How old the sample of a positive may be."""
_WHERE = "key service"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was handed in, by whose key, and when."""

    by: Enrolled
    signature: Signature
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """What is known of an authorisation: its text, who signed it, and whether it was withdrawn."""

    text: bytes
    signed: Sequence[Signed]
    withdrawn: bool


@dataclass(frozen=True, slots=True, repr=False)
class Attested:
    """A laboratory's text, its signature and key, and when it was handed in."""

    text: bytes
    signed: Signed


def check_proposal(given: Authorisation, now: datetime) -> None:
    """Raise Refused unless it may be handed in now; InvalidInput for terms that are none."""
    if given.made_at > now + SKEW:
        raise Refused(N_("This authorisation was made in the future."), where=_WHERE)
    if given.since < now - LONGEST_WINDOW - timedelta(days=1):
        raise Refused(N_("Nothing is kept of the time before 28 days ago."), where=_WHERE)
    check_running(given, now)
    if given.terms is not None:
        load_terms(given.terms).threshold(given.rings)


def check_running(given: Authorisation, now: datetime) -> None:
    """Raise Refused when its time is over."""
    if now >= given.expires:
        raise Refused(N_("This authorisation has expired."), where=_WHERE, remedy=N_("Make a new one."))


def check_creator(given: Authorisation, signer: Enrolled) -> None:
    """Raise NotAllowed unless it was signed by who made it, for their own unit."""
    if (signer.holder, signer.unit) != (given.creator, given.unit):
        raise NotAllowed(N_("Whoever makes an authorisation signs it, for their own unit."), where=_WHERE)


def check_approver(given: Authorisation, signer: Enrolled, others: Iterable[Enrolled]) -> None:
    """Raise NotAllowed unless this is another person of another unit than everybody who signed before (PRIVACY R9)."""
    if not APPROVALS[given.kind]:
        raise Refused(N_("This authorisation is not approved but reviewed."), where=_WHERE)
    if signer.holder == given.creator:
        raise NotAllowed(N_("Nobody approves what they made themselves."), where=_WHERE)
    told = [one for one in others if one.holder != signer.holder]
    if signer.unit in (given.unit, *(one.unit for one in told)):
        raise NotAllowed(N_("Somebody of another unit has to approve it."), where=_WHERE)


def check_open(known: Standing, asker: str, now: datetime) -> Authorisation:
    """The authorisation, checked in all of its parts. Raises NotAllowed, Refused, InvalidInput."""
    given = grants.read(known.text)
    if known.withdrawn:
        raise Refused(N_("This authorisation was withdrawn."), where=_WHERE)
    check_running(given, now)
    if asker not in given.staff:
        raise NotAllowed(N_("This authorisation is for others."), where=_WHERE)
    _check_signed(given, known, now)
    return given


def is_confirmed(attested: Iterable[Attested], now: datetime) -> bool:
    """Whether a laboratory confirmed the positive; a first positive alone is not confirmed. Raises Refused for none."""
    found = found_of(attested, now)
    if found is Found.WITHDRAWN:
        raise Refused(N_("The laboratory has taken its positive result of this person back."), where=_WHERE)
    if found is None:
        raise Refused(
            N_("No laboratory has signed a positive result of this person."),
            where=_WHERE,
            remedy=N_("Ask the laboratory to sign its result and hand it in."),
        )
    return found is Found.CONFIRMED


def found_of(attested: Iterable[Attested], now: datetime) -> Found | None:
    """The surest of the results that count now: signed by a laboratory that is enrolled, of a sample not too old, and
    not taken back. WITHDRAWN where all that would count were; None where there were none.
    """
    every = list(attested)
    back = [said for one in every if (said := results.read(one.text)).found is Found.WITHDRAWN]
    told = {
        Found.WITHDRAWN if any(results.of_one_sample(one, result) for one in back) else result.found
        for one in every
        if (result := _result(one, now)) is not None
    }
    return next((one for one in (Found.CONFIRMED, Found.POSITIVE, Found.WITHDRAWN) if one in told), None)


def check_result(result: LaboratoryResult, signer: Enrolled, now: datetime) -> None:
    """Raise unless a laboratory said it in its own name, of a sample taken in the last weeks."""
    if signer.holder != result.laboratory:
        raise NotAllowed(N_("A laboratory signs results in its own name."), where=_WHERE)
    if not now - POSITIVE_FOR < result.taken_at <= now + SKEW:
        raise Refused(N_("The sample of this result is too old, or not taken yet."), where=_WHERE)


def _check_signed(given: Authorisation, known: Standing, now: datetime) -> None:
    """The creator, and as many others as its kind needs, each of another unit; all keys count now and did then."""
    creators: list[Enrolled] = []
    approvers: list[Enrolled] = []
    for one in known.signed:
        check_signer(known.text, one.signature, one.by, "person", one.at)
        (creators if one.by.holder == given.creator else approvers).append(one.by)
    if not any((one.unit, one.counts(now)) == (given.unit, True) for one in creators):
        raise NotAllowed(N_("Whoever makes an authorisation signs it, for their own unit."), where=_WHERE)
    units = {one.unit for one in approvers if one.counts(now)} - {given.unit}
    if len(units) < APPROVALS[given.kind]:
        raise NotAllowed(
            N_("This authorisation waits for %(count)d more signatures, each of another unit."),
            where=_WHERE,
            count=APPROVALS[given.kind] - len(units),
        )


def _result(one: Attested, now: datetime) -> LaboratoryResult | None:
    result = results.read(one.text)
    try:
        check_signer(one.text, one.signed.signature, one.signed.by, "laboratory", one.signed.at)
        check_result(result, one.signed.by, now)
    except (NotAllowed, Refused):
        return None
    return result


def opens_visits(given: Authorisation) -> bool:
    """Whether it opens the visits of one person, not those of others."""
    return given.kind is not GrantKind.TRACE
