"""Must show (issue 2): at 03:10 on a Sunday, through a roster with a gap and a substitute, every late duty names
someone on shift, and the board orders by consequence, then time. Duties, roster and substitute come from acts.
"""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.proofs.people import COUNTY, HERE, TOWN, by, contact, person, told
from tests.reading.rows import seen
from tests.runtime.conftest import Clock

from epiloop.core.jurisdictions import Code, scope
from epiloop.project.home import Installation
from epiloop.registers.units import events as u
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.registering import tell_unit
from epiloop.store.reading.board import day_around
from epiloop.store.reading.lists import Lateness, duties
from epiloop.store.reading.owners import nobody_on_duty

ZONE = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2022, 7, 10, 3, 10, tzinfo=ZONE)
EVENING, MORNING = SUNDAY.replace(day=9, hour=20, minute=0), SUNDAY.replace(hour=8, minute=0)
POSTS: tuple[tuple[str, Code, str], ...] = (
    ("grid-worker", HERE, "community"),
    ("community-health-worker", HERE, "community"),
    ("township-duty-officer", TOWN, "township"),
    ("headquarters-duty-officer", COUNTY, "county"),
)


def roster(parts: Parts) -> None:
    """The township's officer is replaced this night; nobody of the community is on shift before the morning."""
    office = u.UnitRegistered("office", COUNTY, "指挥部")
    unit = UUID(str(tell_unit(parts, by("roster-keeping"), None, office).result["unit"]))
    for number, (kind, where, level) in enumerate(POSTS):
        post = UUID(int=number + 1)
        tell_unit(parts, by("roster-keeping"), unit, u.PostCreated(post, kind, where, level))
        starts = MORNING if level == "community" else EVENING
        shift = u.ShiftRostered(post, f"{kind}-a", starts, starts + timedelta(hours=12), "10900000001")
        tell_unit(parts, by("roster-keeping"), unit, shift)
    township = POSTS[2][0]
    substitute = u.SubstituteNamed(UUID(int=3), f"{township}-a", "stand-in", EVENING, MORNING, "10900000002")
    tell_unit(parts, by("roster-keeping"), unit, substitute)


def test_every_late_duty_names_somebody_on_shift_and_the_worst_comes_first(
    clean: Installation, lawful: Parts, clock: Clock
) -> None:
    assert SUNDAY.weekday() == 6
    clock.at = SUNDAY - timedelta(days=5)
    roster(lawful)
    case = person(lawful)
    for day in (1, 2, 3, 4):
        told(lawful, person(lawful), contact(case, date(2022, 7, day)), clock.at - timedelta(hours=day))
        told(lawful, person(lawful), contact(case, date(2022, 7, day), disease="mers"), clock.at - timedelta(hours=day))
    clock.at = SUNDAY
    with seen(clean, COUNTY) as app:
        late = duties(app, scope(COUNTY), day_around(SUNDAY, ZONE), Lateness.LATE, limit=500).rows
        empty = nobody_on_duty(app, scope(COUNTY), SUNDAY, MORNING)
    answered = [line for line in late if not line.owner.individual]
    assert len(answered) > 20
    assert len({line.duty.consequence for line in late}) > 1, "there is something to order"
    assert [line.duty for line in late] == sorted(
        (line.duty for line in late), key=lambda duty: (-duty.consequence, duty.due, duty.subject, duty.loop, duty.key)
    )
    on_shift = {"stand-in", "headquarters-duty-officer-a"}
    assert {line.owner.account for line in answered} <= on_shift
    assert all(line.owner.phone and line.owner.until and line.owner.until > SUNDAY for line in answered)
    assert any(line.owner.substitute_for == "township-duty-officer-a" for line in answered)
    assert {one.owner.post for one in empty} == {line.duty.owner_post for line in answered if not line.owner.own}
    assert empty, "the gap is named"
