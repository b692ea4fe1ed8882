"""Those who were found become contacts: registered where nobody knew them, determined, with their loops, in one act.

What is confirmed twice is confirmed once: a link is named by the case and its disease, so the same exposure told again
changes nothing.
Many people go in several acts, each of which is whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from epiloop.core.errors import N_, EpiloopError, Refused
from epiloop.core.jurisdictions import Code, at_level
from epiloop.ledger.events import Draft
from epiloop.operations.investigation import actions as investigating
from epiloop.operations.investigation.actions import When
from epiloop.operations.investigation.events import ContactDetermined, SettingKind
from epiloop.operations.investigation.state import fold as investigated
from epiloop.operations.tracing import actions as tracing
from epiloop.operations.tracing import checks
from epiloop.operations.tracing.events import TraceConfirmed
from epiloop.operations.tracing.state import fold as traced
from epiloop.registers.people import actions as registering
from epiloop.registers.people.events import IdentityRecorded, PersonRegistered
from epiloop.registers.people.state import fold as fold_person
from epiloop.runtime.acts import Decision, Histories
from epiloop.runtime.histories import load
from epiloop.runtime.laws import Laws
from epiloop.runtime.parts import Parts
from epiloop.runtime.present import Running
from epiloop.runtime.requests.asking import By, carry_out
from epiloop.runtime.requests.people import Known, found
from epiloop.runtime.requests.tracing.deciding import standing
from epiloop.runtime.requests.tracing.met import Met, person_of
from epiloop.store.ledger import PgLedger
from epiloop.vault.port import Identity
from epiloop.vault.reach import Reach, ReachKind

BATCH = 500
"""People in one act."""
WRITE, REGISTER = "contact.write", "person.write"

SETTINGS: Mapping[str, SettingKind] = {
    "household": SettingKind.HOUSEHOLD,
    "restaurant": SettingKind.MEAL,
    "market": SettingKind.SHOP,
    "shop": SettingKind.SHOP,
    "school": SettingKind.SCHOOL,
    "hospital": SettingKind.HEALTH_CARE,
    "clinic": SettingKind.HEALTH_CARE,
    "care-home": SettingKind.CARE_HOME,
    "workplace": SettingKind.WORKPLACE,
    "hotel": SettingKind.LODGING,
    "train": SettingKind.TRANSPORT,
    "flight": SettingKind.TRANSPORT,
    "coach": SettingKind.TRANSPORT,
    "bus": SettingKind.TRANSPORT,
    "vehicle": SettingKind.TRANSPORT,
}
"""Kind of place -> in what kind of setting somebody was exposed there; other kinds are none in particular."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whom they met: the case, and the request by which they were found."""

    request: UUID
    person: UUID
    disease: str
    jurisdiction: int


@dataclass(slots=True)
class Confirmed:
    """What came of it, in people. `refused`: why not -> how many."""

    confirmed: int = 0
    registered: int = 0
    unchanged: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    people: list[UUID] = field(default_factory=list)


def confirm(running: Running, by: By, source: Source, chosen: Sequence[Met], *, one_by_one: bool = True) -> Confirmed:
    """Make contacts of the chosen. Raises Refused if the request was not carried out, NotAllowed.

    `one_by_one`: whether each of them was chosen. If not, whoever somebody withdrew as a contact is left out.
    """
    by.check_person(WRITE, source.jurisdiction)
    by.check(REGISTER, source.jurisdiction)
    checks.check_confirm(standing(running.parts, source.request)[0], running.parts.now())
    outcome = Confirmed()
    for start in range(0, len(chosen), BATCH):
        some = chosen[start : start + BATCH]
        _batch(running, by.part(str(start)), source, some, outcome, one_by_one=one_by_one)
    return outcome


def link_of(source: UUID, disease: str) -> str:
    """The name of the link between a case of a disease and whoever met it."""
    return f"met:{source}:{disease}"


def _batch(
    running: Running, by: By, source: Source, some: Sequence[Met], outcome: Confirmed, *, one_by_one: bool
) -> None:
    """One act: whoever is unknown is registered, everybody is determined, the request counts them."""
    people = _surviving(running.parts, {person_of(running.stamp, one.code): one for one in some})
    _identify(running.parts, by, source, people)
    sources = _registered_of(running, some) | people.keys()
    told = Confirmed()

    def decide(histories: Histories, now: datetime, laws: Laws) -> Decision:
        told.__init__()  # type: ignore[misc] # an act that is tried again counts anew
        request = traced(source.request, histories[source.request].entries)
        drafts: list[Draft] = []
        for person, one in people.items():
            via = person_of(running.stamp, one.via) if one.via else source.person
            act = _Act(by, source, laws, now, via if via in sources or one.ring == 1 else None, one_by_one)
            drafts += _told(act, person, one, histories, told)
        body = TraceConfirmed(by.actor, told.confirmed, told.registered)
        counted = tracing.confirm(request, body, at=now, jurisdiction=source.jurisdiction, key=f"confirmed:{by.key}")
        result = {"confirmed": told.confirmed, "registered": told.registered, "unchanged": told.unchanged}
        return Decision([*drafts, *(counted if told.confirmed else ())], {**result, "refused": dict(told.refused)})

    streams = {source.request: "trace", **dict.fromkeys(_with_absorbed(running.parts, people), "person")}
    done = carry_out(running.parts, by, streams, decide).result
    for name in ("confirmed", "registered", "unchanged"):
        setattr(outcome, name, getattr(outcome, name) + int(str(done[name])))
    refused = done["refused"]
    for why, n in refused.items() if isinstance(refused, dict) else ():
        outcome.refused[why] = outcome.refused.get(why, 0) + int(str(n))
    outcome.people += people


@dataclass(frozen=True, slots=True)
class _Act:
    by: By
    source: Source
    laws: Laws
    now: datetime
    via: UUID | None
    """Whom they met: the case, or in ring 2 somebody of ring 1; None if that one was not confirmed."""
    one_by_one: bool


def _told(act: _Act, person: UUID, one: Met, histories: Histories, told: Confirmed) -> list[Draft]:
    """What is told of one person; nothing, and the reason counted, for somebody who cannot become a contact."""
    new = histories[person].head is None
    stay = int(at_level(Code(act.source.jurisdiction), "county")) if new else 0
    try:
        drafts = _registered(act, person, one, stay) if new else []
        known = None if new else found(person, histories, act.laws, act.now)
        where = known.jurisdiction if known else stay
        if not act.by.can(WRITE, where):
            raise Refused(N_("stays outside your jurisdiction"))
        contact = _contact(act, person, one, known, where)
    except EpiloopError as wrong:
        told.refused[wrong.what] = told.refused.get(wrong.what, 0) + 1
        return []
    told.confirmed += bool(contact)
    told.unchanged += not contact
    told.registered += new
    return [*drafts, *contact]


def _registered(act: _Act, person: UUID, one: Met, stay: int) -> list[Draft]:
    """Somebody nobody knew: reached by a number only, staying somewhere in the county."""
    today = When(act.now, act.now.astimezone(act.laws.zone(stay)).date(), stay)
    drafts = registering.register(fold_person(person, ()), PersonRegistered(stay=stay), at=act.now, today=today.today)
    if one.reach and one.reach.text:
        by_phone = one.reach.kind is ReachKind.PHONE
        body = IdentityRecorded(document=not by_phone, phone=by_phone)
        drafts.append(Draft(person, body, act.now, stay, "identity:met"))
    return drafts


def _contact(act: _Act, person: UUID, one: Met, known: Known | None, where: int) -> list[Draft]:
    """The determination; nothing if it stands already as it is."""
    state = investigated(person, known.entries if known else ())
    if act.via is None:  # linked to the case itself they would be a close contact at once
        raise Refused(N_("was met by somebody in ring 1 who is not confirmed; confirm that person too"))
    told = ContactDetermined(
        link=link_of(act.source.person, act.source.disease),
        disease=act.source.disease,
        ring=one.ring,
        sources=(act.via,),
        first_exposure=one.first_day,
        last_exposure=one.last_day,
        setting=_setting(one.kinds),
    )
    before = state.links.get(told.link)
    if before and before.step == "withdrawn" and not act.one_by_one:
        raise Refused(N_("was withdrawn as a contact; to be chosen one by one"))
    if before and (before.step, before.ring, before.last_exposure) == ("determined", told.ring, told.last_exposure):
        return []
    today = act.now.astimezone(act.laws.zone(where)).date()
    return investigating.determine_contact(state, told, When(act.now, today, where))


def _setting(kinds: Sequence[str]) -> SettingKind | None:
    """The setting, where all places are of one; in doubt none, for the places themselves are told to nobody."""
    said = {SETTINGS.get(kind.partition("/")[0], SettingKind.OTHER) for kind in kinds}
    return said.pop() if len(said) == 1 else None


def _identify(parts: Parts, by: By, source: Source, people: Mapping[UUID, Met]) -> None:
    """The vault learns how those are reached whom nobody knew, before the ledger learns that they are."""
    stay = int(at_level(Code(source.jurisdiction), "county"))
    unknown = {
        person: _identity(one.reach) for person, one in people.items() if one.subject is None and one.reach is not None
    }
    reached = {person: identity for person, identity in unknown.items() if identity is not None}
    if reached:
        parts.vault.put(reached, jurisdictions=dict.fromkeys(reached, stay), key=by.asked().key)


def _identity(reach: Reach) -> Identity | None:
    if not reach.text:
        return None
    if reach.kind is ReachKind.PHONE:
        return Identity(phones=(reach.text,))
    return Identity(documents=(("card" if reach.kind is ReachKind.CARD else "id-card", reach.text),))


def _surviving(parts: Parts, people: Mapping[UUID, Met]) -> dict[UUID, Met]:
    """The same under the registrations that go on, where some were merged into another."""
    with parts.pool.connection() as connection:
        histories = load(PgLedger(connection), dict.fromkeys(people, "person"), lock=False)
        merged = {person: fold_person(person, history.entries).merged_into for person, history in histories.items()}
    return {merged[person] or person: one for person, one in people.items()}


def _with_absorbed(parts: Parts, people: Mapping[UUID, Met]) -> list[UUID]:
    """Their streams and those merged into them."""
    with parts.pool.connection() as connection:
        histories = load(PgLedger(connection), dict.fromkeys(people, "person"), lock=False)
    absorbed = {other for person, one in histories.items() for other in fold_person(person, one.entries).absorbed}
    return sorted({*people, *absorbed})


def _registered_of(running: Running, some: Sequence[Met]) -> set[UUID]:
    """Those of ring 1 whom some of ring 2 met and whom the register has."""
    wanted = {person_of(running.stamp, one.via) for one in some if one.via}
    with running.parts.pool.connection() as connection:
        found = load(PgLedger(connection), dict.fromkeys(wanted, "person"), lock=False)
    return {person for person, history in found.items() if history.head is not None}
