"""Pages ask the database who answers, for many duties at once; registers/units/queries says the same for one."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.histories import recorded
from tests.reading.rows import COUNTY, NOON, TOWN, VILLAGE, n_id, seen, write

from epiloop.core.jurisdictions import at_level
from epiloop.ledger.events import Body, Draft
from epiloop.operations.duties.actions import owner_code
from epiloop.project.home import Installation
from epiloop.registers.units import events as e
from epiloop.registers.units.queries import By, resolve, roster_of
from epiloop.registers.units.state import fold
from epiloop.rules.plan import Owner, Party
from epiloop.runtime.histories import History
from epiloop.runtime.rows.registers import unit_rows
from epiloop.store.reading.owners import Owner as Asked
from epiloop.store.reading.owners import on_duty

UNIT = n_id(700)
PLACES = {"community": VILLAGE, "township": TOWN, "county": COUNTY, "city": at_level(COUNTY, "city"), "": VILLAGE}
POSTS = [
    e.PostCreated(n_id(n), kind, PLACES[level], level, phone)
    for n, (kind, level, phone) in enumerate(
        [
            ("grid-worker", "community", None),
            ("grid-worker", "community", "10911111111"),
            ("township-duty-officer", "township", None),
            ("headquarters-duty-officer", "county", None),
            ("headquarters-duty-officer", "city", None),
            ("unit-epidemic-officer", "", None),
        ],
        start=1,
    )
]
OWNERS = [
    (Owner(Party.TERRITORY, "grid-worker", "community"), None),
    (Owner(Party.TERRITORY, "township-duty-officer", "township"), None),
    (Owner(Party.TERRITORY, "investigator", "county"), None),
    (Owner(Party.EMPLOYER, "unit-epidemic-officer", ""), UNIT),
    (Owner(Party.EMPLOYER, "unit-epidemic-officer", ""), n_id(701)),
    (Owner(Party.INDIVIDUAL, "self", ""), None),
]
ACCOUNTS = st.sampled_from(["ann", "bo", "cai"])
HOURS = st.integers(-3, 3)
SPANS = st.tuples(HOURS, HOURS).filter(lambda span: span[0] < span[1])
PHONES = st.sampled_from([None, "1", "2"])


@st.composite
def rosters(draw: st.DrawFn) -> list[Body]:
    """What is told of one unit's roster: shifts, some of them as substitutes, and substitutes named for a time."""
    told: list[Body] = []
    for post in draw(st.lists(st.sampled_from(POSTS), max_size=9)):
        starts, ends = (NOON + timedelta(hours=hour) for hour in draw(SPANS))
        one, other = draw(st.lists(ACCOUNTS, min_size=2, max_size=2, unique=True))
        instead = draw(st.sampled_from([None, None, other]))
        if draw(st.booleans()):
            told.append(e.ShiftRostered(post.post, one, starts, ends, draw(PHONES), instead))
        else:
            told.append(e.SubstituteNamed(post.post, one, other, starts, ends, draw(PHONES)))
    return [e.UnitRegistered("office", VILLAGE, "指挥部"), *POSTS, *told]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rosters(), st.integers(-3, 3))
def test_the_database_and_the_plain_roster_name_the_same(clean: Installation, told: list[Body], hour: int) -> None:
    entries = recorded([Draft(UNIT, body, NOON, VILLAGE) for body in told])
    write(clean, *unit_rows(History(UNIT, "unit", None, entries)))
    roster, at = roster_of([fold(UNIT, entries)]), NOON + timedelta(hours=hour)
    asked = [Asked(owner.party.value, owner.post, owner_code(owner, VILLAGE), unit) for owner, unit in OWNERS]
    with seen(clean, VILLAGE) as app:
        found = on_duty(app, asked, at)
    for one, (owner, unit) in zip(asked, OWNERS, strict=True):
        plain, answer = resolve(roster, owner, VILLAGE, at, unit=unit), found[one.key]
        if plain is None:
            assert answer.account is None
        else:
            assert (answer.account, answer.phone, answer.post) == (
                plain.who.account,
                plain.who.phone,
                plain.who.post.post,
            )
            assert answer.own == (plain.who.by is not By.DUTY_OFFICER)
            assert answer.nobody_on_duty == plain.nobody
