"""The registers of the demonstration county: divisions, units with posts and rosters, places."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Draft
from epiloop.project.demonstration.columns import NOBODY
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.kinds import KINDS
from epiloop.project.demonstration.roster import Post, Roster
from epiloop.project.demonstration.telling import place_id, unit_id
from epiloop.registers.jurisdictions.actions import Adoption, list_divisions
from epiloop.registers.jurisdictions.state import Register
from epiloop.registers.jurisdictions.table import read_table
from epiloop.registers.places.events import PlaceRegistered, Sensitivity, ZoneSet
from epiloop.registers.places.kinds import is_usually_sensitive
from epiloop.registers.units.events import PostCreated, PostHolderAssigned, ShiftRostered, UnitRegistered

SHIFT_DAYS = 7
"""Days before and after the county's day for which shifts are rostered."""


def division_drafts(county: County, at: datetime) -> list[Draft]:
    """Every division, province to grid, as the code table lists it."""
    table = read_table(county.tree.lines(), since=None)
    adopted = Adoption(at.date().replace(month=1, day=1), "demonstration", at)
    return list(list_divisions(Register(), table.divisions, adopted))


def unit_drafts(county: County, at: datetime) -> Iterator[Draft]:
    """The employers, schools, hospitals and sites."""
    communities = county.tree.communities
    for index, names in enumerate(county.units.names):
        code = communities[int(county.units.community[index])].code
        kind = KINDS[int(county.units.kind[index])].key
        yield Draft(unit_id(county.seed, index), UnitRegistered(kind, code, *names), at, code, "register")


def place_drafts(county: County, at: datetime) -> Iterator[Draft]:
    """Every zone of every unit, and the public places, each with the names of its zone."""
    places = county.places
    for index, (name_zh, name_en) in enumerate(places.names):
        code = county.tree.communities[int(places.community[index])].code
        unit = int(places.unit[index])
        body = PlaceRegistered(
            place_kind=places.kind[index],
            jurisdiction=code,
            name_zh=name_zh,
            name_en=name_en,
            zones=(places.zone[index],),
            capacity=int(places.capacity[index]),
            sensitivity=Sensitivity.SENSITIVE if is_usually_sensitive(places.kind[index]) else Sensitivity.PUBLIC,
            unit=None if unit == NOBODY else unit_id(county.seed, unit),
            position=_position(code, index),
        )
        yield Draft(place_id(county.seed, index), body, at, code, "register")
        zone_zh, zone_en = places.zone_names[index]
        told = ZoneSet(places.zone[index], name_zh=zone_zh, name_en=zone_en)
        yield Draft(place_id(county.seed, index), told, at, code, "zone")


def _position(code: Code, index: int) -> tuple[float, ...]:
    """A made-up position: the community's somewhere in the county's rough extent, its places within a kilometre."""
    middle, near = derived("demonstration", str(code)).bytes, derived("demonstration", str(code), str(index)).bytes
    return tuple(
        round(low + span * middle[n] / 255 + 0.01 * near[n] / 255, 5)
        for n, low, span in ((0, 109.2, 0.6), (1, 25.4, 0.6))
    )


def office_id(seed: int, code: Code) -> UUID:
    """The stream of the office (headquarters, township government, community committee) of a jurisdiction."""
    return derived("demonstration", str(seed), "office", str(code))


def roster_drafts(county: County, roster: Roster, at: datetime) -> Iterator[Draft]:
    """One office per jurisdiction with its posts, their holders and their shifts."""
    offices: dict[Code, list[int]] = defaultdict(list)
    for index, post in enumerate(roster.posts):
        offices[post.jurisdiction].append(index)
    phones = {officer.login: officer.phone for officer in roster.officers}
    for code, posts in offices.items():
        office = office_id(county.seed, code)
        name, name_en = county.tree.names.get(code, ""), county.tree.names_en.get(code, "")
        names = f"{name}疫情防控指挥部", f"{name_en} Epidemic Headquarters"
        yield Draft(office, UnitRegistered("office", code, *names), at, code, "register")
        for body in _posts(county, roster, posts, phones):
            yield Draft(office, body, at, code, _name(body))


def _posts(
    county: County, roster: Roster, posts: Iterable[int], phones: dict[str, str]
) -> Iterator[PostCreated | PostHolderAssigned | ShiftRostered]:
    for index in posts:
        post = roster.posts[index]
        stream = post_id(county.seed, post)
        yield PostCreated(stream, post.post, post.jurisdiction, post.level, phones[post.officers[0]])
        for login in post.officers:
            yield PostHolderAssigned(stream, login, phones[login])
        for shift in roster.shifts(days=SHIFT_DAYS, posts=[index]):
            yield ShiftRostered(
                stream, shift.officer, shift.start, shift.end, phones[shift.officer], shift.instead_of or None
            )


def post_id(seed: int, post: Post) -> UUID:
    """The id of a post."""
    return derived("demonstration", str(seed), "post", post.post, str(post.jurisdiction), str(post.unit))


def _name(body: PostCreated | PostHolderAssigned | ShiftRostered) -> str:
    account = getattr(body, "account", "")
    starts = getattr(body, "starts", "")
    return f"{body.kind}:{body.post}:{account}:{starts}"
