"""A small county in which everything happens that can happen to rows: import, merge, split, moves, changed law."""

import random
import shutil
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from tests.proofs import line_list
from tests.proofs.conftest import take
from tests.proofs.people import COUNTY, HERE, TOWN, by, contact, person, rows, sampled, told
from tests.rules.cast import RULEBOOKS
from tests.runtime.conftest import Clock

from epiloop.core.errors import Refused
from epiloop.core.jurisdictions import code
from epiloop.ledger.events import Draft
from epiloop.operations.arrivals import events as a
from epiloop.operations.assistance.minimal import Kind
from epiloop.operations.assistance.peers import NoLetters, OwnKeys, written
from epiloop.operations.assistance.sealing import card_of
from epiloop.operations.checkins.events import DoorCounted
from epiloop.operations.investigation import events as e
from epiloop.operations.tracing.events import TraceAsked
from epiloop.registers.people import events as p
from epiloop.registers.places import events as pl
from epiloop.registers.units import events as u
from epiloop.rules.source import load_folder
from epiloop.runtime import intake
from epiloop.runtime.acts import Decision, perform
from epiloop.runtime.adopting import recompute
from epiloop.runtime.clock import catch_up
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.assistance import asking, own
from epiloop.runtime.requests.divisions import import_divisions
from epiloop.runtime.requests.doors import count_door
from epiloop.runtime.requests.registering import (
    change_stay,
    declare_different,
    declare_same,
    split,
    tell_place,
    tell_unit,
)
from epiloop.runtime.requests.venue_codes import issue_missing
from epiloop.vault.port import Identity

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2022, 7, 9, 9, tzinfo=ZONE)
TABLE = "code,parent_code,level,name_zh\n45,,province,某省\n4502,45,city,某市\n450226,4502,county,某县\n"


def make(parts: Parts, clock: Clock, scratch: Path, *, cases: int = 60, seed: int = 1) -> None:
    """Let it happen; `parts` have their rulebooks adopted, `scratch` is an empty directory."""
    clock.at = START
    chance = random.Random(seed)
    registers(parts)
    intake.carry_out(parts, line_list.order(line_list.cases(cases), line_list.contacts(cases // 2, cases), HERE, "i"))
    everyone = [row[0] for row in rows(parts, "select id from person order by id")]
    for whom in everyone[::3]:
        something(parts, chance, whom, everyone)
    merge_and_split(parts)
    ask_elsewhere(parts, everyone[0])
    ask_who_met(parts, everyone[0])
    clock.at += timedelta(days=2)
    catch_up(parts)
    change_the_law(parts, scratch)
    clock.at += timedelta(days=1)
    catch_up(parts)


def ask_who_met(parts: Parts, case: UUID) -> None:
    """A request for a contact search, as it stands after it was asked: who signs it is another test's business."""
    request, since = uuid5(case, "trace"), START - timedelta(days=3)
    told = TraceAsked(
        case, case, "covid-19", "clause", 1, since, START, "one", "county", START + timedelta(hours=1), "00"
    )
    draft = Draft(request, told, START, HERE)
    perform(parts, by().asked(), {request: "trace"}, lambda _histories, _now: Decision((draft,), {}))


def registers(parts: Parts) -> None:
    """Divisions, a unit with a post, a shift and a substitute, a place."""
    asked = by("register-keeping")
    import_divisions(parts, asked, [TABLE], since=date(2022, 1, 1), source="a table", progress=lambda *_: None)
    unit = UUID(str(tell_unit(parts, by(), None, u.UnitRegistered("office", COUNTY, "指挥部")).result["unit"]))
    post = uuid5(unit, "post")
    tell_unit(parts, by(), unit, u.PostCreated(post, "township-duty-officer", TOWN, "township", "10900000001"))
    tell_unit(parts, by(), unit, u.ShiftRostered(post, "one", START, START + timedelta(hours=12)))
    stretch = (START + timedelta(hours=2), START + timedelta(hours=5))
    tell_unit(parts, by(), unit, u.SubstituteNamed(post, "one", "two", *stretch))
    site = pl.PlaceRegistered("isolation-site", HERE, "某集中隔离点", capacity=40, zones=("east", "west"))
    place = UUID(str(tell_place(parts, by(), None, site).result["place"]))
    tell_place(parts, by(), place, pl.ZoneSet("east", "canteen", "东区食堂", capacity=12))
    issue_missing(parts, by(), [place])
    count_door(parts, by(), place, DoorCounted("east", START - timedelta(hours=1), START, 7))


def ask_elsewhere(parts: Parts, whom: UUID) -> None:
    """Another installation is known, and asked where somebody is; it never answers."""
    card, signature = card_of(OwnKeys(bytes(32), bytes(range(32))), "Far county", (code("330783"),))
    added = own.add(parts, NoLetters(), by(), written(card, signature), card.fingerprint)
    deadline = START + timedelta(hours=8)
    wanted = asking.Wanted(
        Kind.ITINERARY,
        COUNTY,
        code("330783"),
        deadline,
        "clause",
        "post",
        "0772-1",
        (whom,),
        UUID(str(added.result["peer"])),
        given={whom: {"place": "market", "since": "9", "until": "10"}},
    )
    asking.ask(parts, by(), wanted)


def something(parts: Parts, chance: random.Random, whom: UUID, others: list[UUID]) -> None:
    """One of the things that happen to people."""
    source = chance.choice([other for other in others if other != whom])
    day = date(2022, 7, chance.randrange(2, 9))
    arrived = a.Arrived(f"a-{whom}", a.OriginRisk.HIGH, a.Channel.SELF, left=day)
    bodies = [
        contact(source, day, link=f"met-{whom}", disease="mers"),
        contact(source, day, ring=2, link=f"second-{whom}"),
        arrived,
        p.PostHeld("courier", day),
        p.OccupationChanged("teacher"),
    ]
    with suppress(Refused):  # who is a case of a disease is no contact of it
        told(parts, whom, chance.choice(bodies), START - timedelta(hours=chance.randrange(1, 30)))
    if chance.random() < 0.4:
        taken = START - timedelta(hours=20)
        positive = chance.random() < 0.3
        sampled(parts, whom, f"s-{whom}", taken, taken + timedelta(hours=6), positive=positive)
    if chance.random() < 0.2:
        change_stay(parts, by(), whom, chance.choice([HERE, code("450225001001")]))


def merge_and_split(parts: Parts) -> None:
    """Three registrations of two people: merged, merged on, one split off again; and a pair that is not the same."""
    case = person(parts)
    same = [person(parts, identity=Identity("Testperson Alike", phones=("19900000009",))) for _ in range(4)]
    for number, whom in enumerate(same):
        told(parts, whom, contact(case, date(2022, 7, 6 + number % 2), link=f"l-{number}"), START)
    declare_different(parts, by(), same[0], same[3])
    declare_same(parts, by(), same[0], same[1])
    declare_same(parts, by(), same[0], same[2])
    told(parts, same[0], e.FollowedUp(START.date(), symptoms=False, by="call"), START)
    split(parts, by(), same[0], same[1])


def change_the_law(parts: Parts, scratch: Path) -> None:
    """Contacts of MERS are followed for ten days from now on."""
    shutil.copytree(RULEBOOKS / "who", scratch / "who")
    measure = scratch / "who" / "measures" / "mers-contact.yaml"
    text = measure.read_text("utf-8")
    changed = text.replace("14", "10")
    assert changed != text
    measure.write_text(changed, "utf-8")
    for case in (scratch / "who" / "tests").glob("*"):
        case.unlink()
    take(parts, load_folder(scratch / "who"))
    assert recompute(parts) > 0
