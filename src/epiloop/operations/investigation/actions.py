"""What can be done in an investigation: (state, request, when and where) -> drafts.

The request is the event's body itself, parsed at the edge. `at` is when it happened, `today` the jurisdiction's
calendar day now, `jurisdiction` the person's place of stay, `key` a source key for what may be told twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from epiloop.core.subjects import EventRef
from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation import checks
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.state import Investigation, Link

CLOSER = ":closer"
"""Ends the name of a link that is there because the source of another one turned positive."""


@dataclass(frozen=True, slots=True)
class When:
    """When and where an action stands: the instant it happened, the local day it is now, the person's place of stay."""

    at: datetime
    today: date
    jurisdiction: int


def record(state: Investigation, told: Body, when: When, *, key: str | None = None) -> list[Draft]:
    """A draft in the person's stream, for what needs no check: exposures, symptoms, admission, visits, vaccination."""
    return [Draft(state.person, told, when.at, when.jurisdiction, key)]


def determine_case(
    state: Investigation, request: e.CaseDetermined, when: When, *, key: str | None = None
) -> list[Draft]:
    """The person is a case; a contact of the disease becomes one by the same stroke."""
    checks.check_determine_case(state, request, today=when.today)
    links = tuple(link.link for link in state.open_links(request.disease))
    drafts = record(state, request, when, key=key)
    if links:
        became = e.ContactBecameCase(request.case, request.disease, links)
        drafts += record(state, became, when, key=f"became-case:{request.case}")
    return drafts


def become_case(state: Investigation, request: e.CaseDetermined, when: When) -> list[Draft]:
    """As `determine_case`, for a person who must be a contact. Raises Refused otherwise."""
    checks.check_become_case(state, request, today=when.today)
    return determine_case(state, request, when, key=f"case:{request.case}")


def reclassify(state: Investigation, request: e.CaseReclassified, when: When) -> list[Draft]:
    """Another classification; what the request leaves out stays as it was."""
    checks.check_reclassify(state, request.case, request.classification)
    checks.check_days(when.today, onset=request.onset)
    known = state.cases[request.case]
    told = replace(
        request,
        disease=known.disease,
        onset=request.onset or known.onset,
        severity=request.severity or (e.Severity(known.severity) if known.severity else None),
    )
    return record(state, told, when)


def discard(state: Investigation, request: e.CaseDiscarded, when: When) -> list[Draft]:
    """It was no case."""
    checks.check_discard(state, request.case)
    return record(state, request, when)


def record_outcome(state: Investigation, request: e.OutcomeRecorded, when: When) -> list[Draft]:
    """How the case ended."""
    checks.check_outcome(state, request.case, request.outcome, request.on, today=when.today)
    return record(state, request, when)


def determine_contact(
    state: Investigation, request: e.ContactDetermined, when: When, *, key: str | None = None
) -> list[Draft]:
    """The person is a contact of the sources, by one link."""
    checks.check_determine_contact(state, request, today=when.today)
    return record(state, request, when, key=key)


def withdraw_contact(state: Investigation, request: e.ContactWithdrawn, when: When) -> list[Draft]:
    """The link falls away, and with it what it became when its source turned positive."""
    checks.check_withdraw(state, request.link)
    closer = [link for link in state.links.values() if _became(link, request.link) and link.step == "determined"]
    return [
        draft
        for name in (*(link.link for link in closer), request.link)
        for draft in record(state, replace(request, link=name), when)
    ]


def _became(link: Link, name: str) -> bool:
    """Whether a link is what the named one became; the second and further sources carry a number behind the name."""
    before, _, number = link.link.removesuffix(CLOSER).rpartition("#")
    return link.link == closer_link(name) or (link.link.endswith(CLOSER) and before == name and number.isdigit())


def follow_up(state: Investigation, request: e.FollowedUp, when: When, *, key: str | None = None) -> list[Draft]:
    """What the person said, or what was measured, on one day."""
    checks.check_follow_up(request, today=when.today)
    return record(state, request, when, key=key)


@dataclass(frozen=True, slots=True)
class Secondary:
    """A contact of a person of whom something new is told: whose stream, by which link, where the contact stays."""

    person: UUID
    link: Link
    jurisdiction: int


def closer_link(link: str) -> str:
    """The name of the close contact link that a link of the second ring becomes when its source turns positive."""
    return f"{link}{CLOSER}"


def secondary_to_close(each: Secondary, *, index: UUID, cause: EventRef, at: datetime) -> list[Draft]:
    """The index contact is positive, so the secondary contact (ring 2) becomes a close contact (ring 1).

    Two drafts: the positive that it rests on, and the new determination.
    """
    if each.link.ring != 2 or each.link.step != "determined" or index not in each.link.sources:
        return []
    positive = e.LinkedPositive(index, cause.stream, cause.version)
    return [Draft(each.person, body, at, each.jurisdiction) for body in (positive, _as_close(each.link, index))]


def close_to_secondary(
    each: Secondary, again: e.ContactDetermined | None, *, index: UUID, cause: EventRef, at: datetime
) -> list[Draft]:
    """The index contact is not positive after all: what made a close contact is taken back.

    `again` is the determination as a secondary contact, which counts again if it still stands (None: it does not).
    """
    closer = replace(each, link=replace(each.link, link=closer_link(each.link.link)))
    drafts = release_contact(closer, index=index, cause=cause, at=at)
    return drafts if again is None else [*drafts, Draft(each.person, again, at, each.jurisdiction)]


def release_contact(each: Secondary, *, index: UUID, cause: EventRef, at: datetime) -> list[Draft]:
    """The index is no case after all, so the link through which somebody is a contact falls away, with its cause."""
    cleared = e.LinkedCleared(index, cause.stream, cause.version)
    withdrawn = e.ContactWithdrawn(each.link.link, each.link.disease)
    return [Draft(each.person, body, at, each.jurisdiction) for body in (cleared, withdrawn)]


def move_contact(
    each: Secondary, said: Sequence[e.ContactDetermined], sources: tuple[UUID, ...], *, cause: EventRef, at: datetime
) -> list[Draft]:
    """The contact is one of other sources: those named were taken for somebody else. `said`: the determination, if it
    can be read; what was sealed stays as it was.
    """
    link = each.link
    plain = e.ContactDetermined(link.link, link.disease, link.ring, sources, last_exposure=link.last_exposure)
    opened = [replace(one, sources=sources, place=None, note=None) for one in said] or [plain]
    cleared = e.LinkedCleared(link.sources[0], cause.stream, cause.version)
    told = [Draft(each.person, again, link.since, each.jurisdiction) for again in opened]
    return [Draft(each.person, cleared, at, each.jurisdiction), *told]


def _as_close(link: Link, index: UUID) -> e.ContactDetermined:
    return e.ContactDetermined(
        link=closer_link(link.link),
        disease=link.disease,
        ring=1,
        sources=(index,),
        last_exposure=link.last_exposure,
        setting=e.SettingKind(link.setting) if link.setting else None,
        relation=e.Relation(link.relation) if link.relation else None,
    )


def tell_result(secondaries: Iterable[Secondary], result: e.LinkedContactResult, *, at: datetime) -> list[Draft]:
    """A close contact's result, told in the stream of everyone who is a secondary contact through that person.

    Each is told once as what it is: a result that was corrected is told again.
    """
    said = f"linked-result:{result.contact}:{result.nth}:{result.outcome}"
    return [
        Draft(each.person, result, at, each.jurisdiction, f"{said}:{each.link.link}")
        for each in secondaries
        if each.link.ring == 2 and result.contact in each.link.sources
    ]
