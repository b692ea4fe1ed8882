"""Duties as pages show them: what, for whom, until when, whose, seen or not, how far escalated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from epiloop.core.jurisdictions import Code, short
from epiloop.store.reading.lists import DutyLine, DutyRecord
from epiloop.store.reading.owners import OnDuty
from epiloop.store.reading.registers import units_by_id
from epiloop.web import titles
from epiloop.web.acting import Acting
from epiloop.web.placing import Placing, placing
from epiloop.web.titles import Titles


@dataclass(frozen=True, slots=True)
class Shown:
    """One duty in the reader's words."""

    duty: DutyRecord
    title: str
    subject: str
    """The short code of the subject."""
    url: str
    """The subject's page; "" where there is none."""
    place: str
    measure: str
    clause: str
    post: str
    owner: OnDuty
    stand_in: str
    """Who answers instead where the owner's own post has nobody; "" where it has."""
    taken_at: object
    taken_by: str
    risen_to: str
    code: str
    """The owner's jurisdiction, for the address of its duties."""

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.duty.state == "open"


def shown(lines: Sequence[DutyLine], who: Acting, words: Titles) -> list[Shown]:
    """Duties in the reader's words, names looked up in two questions for all of them."""
    names = placing(who, _codes(lines))
    units = _units({line.duty.owner_unit for line in lines if line.duty.owner_party == "employer"}, who)
    return [_shown(line, words, names, units) for line in lines]


def subject_url(kind: str, subject: UUID) -> str:
    """The page of a subject; "" for kinds without one."""
    place = {"person": "people", "instruction": "assistance"}.get(kind)
    return f"/{place}/{subject}/" if place else ""


def _shown(line: DutyLine, words: Titles, names: Placing, units: dict[UUID, str]) -> Shown:
    duty, steps = line.duty, line.steps
    return Shown(
        duty=duty,
        title=words.duty(duty),
        subject=titles.short_code(duty.subject),
        url=subject_url(duty.subject_kind, duty.subject),
        place=names.of(duty.jurisdiction),
        measure=words.measure(duty.measure),
        clause=words.clause(duty.measure, duty.version, duty.clause),
        post=_post(duty, names, units),
        owner=line.owner,
        stand_in=_stand_in(line.owner, names),
        taken_at=steps.acknowledged_at,
        taken_by=steps.acknowledged_by,
        risen_to=at_place(titles.post(steps.rung_post), names.beside(steps.rung_code)) if steps.rung else "",
        code=short(Code(duty.owner_code)) if duty.owner_code else "",
    )


def at_place(post: str, place: str) -> str:
    """A post with the place it stands for."""
    return gettext("%(post)s, %(place)s") % {"post": post, "place": place} if place else post


def _post(duty: DutyRecord, names: Placing, units: dict[UUID, str]) -> str:
    if duty.owner_party == "individual":
        return titles.post("self")
    where = units.get(duty.owner_unit, "") if duty.owner_unit and duty.owner_party == "employer" else ""
    return at_place(titles.post(duty.owner_post), where or names.beside(duty.owner_code))


def _stand_in(owner: OnDuty, names: Placing) -> str:
    if not owner.nobody_on_duty or owner.account is None:
        return ""
    return at_place(titles.post(owner.post_kind), names.beside(owner.code))


def _codes(lines: Iterable[DutyLine]) -> set[int]:
    pairs = ((one.duty.jurisdiction, one.duty.owner_code, one.owner.code, one.steps.rung_code) for one in lines)
    return {number for some in pairs for number in some if number}


def _units(wanted: set[UUID | None], who: Acting) -> dict[UUID, str]:
    ids = [unit for unit in wanted if unit]
    if not ids:
        return {}
    with who.reading(who.scope("person.read")) as connection:
        rows = units_by_id(connection, ids)
    return {key: (row.name_zh if titles.chinese() else row.name_en) or row.name_zh for key, row in rows.items()}
