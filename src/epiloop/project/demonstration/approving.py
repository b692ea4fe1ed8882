"""Who approves contact searches in the demonstration: an office of its own, with somebody on duty day and night."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from epiloop.core.ids import derived
from epiloop.ledger.events import Draft
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.settling import SHIFT_DAYS
from epiloop.registers.units.events import PostCreated, PostHolderAssigned, ShiftRostered, UnitRegistered

LOGIN, PHONE = "approver-1", "10799000001"
NAME_ZH, NAME_EN = "市卫生健康监督所", "City health inspectorate"


def approver_drafts(county: County, at: datetime) -> Iterator[Draft]:
    """The office, its post, and its shifts around the county's day."""
    code = county.tree.county
    office = derived("demonstration", str(county.seed), "approvals")
    post = derived("demonstration", str(county.seed), "approvals", "post")
    yield Draft(office, UnitRegistered("office", code, NAME_ZH, NAME_EN), at, code, "register")
    yield Draft(office, PostCreated(post, "trace-approver", code, "county", PHONE), at, code, "post")
    yield Draft(office, PostHolderAssigned(post, LOGIN, PHONE), at, code, "holder")
    begin = datetime.combine(county.at, datetime.min.time(), at.tzinfo) - timedelta(days=SHIFT_DAYS)
    for number in range(2 * SHIFT_DAYS):
        starts = begin + timedelta(days=number)
        shift = ShiftRostered(post, LOGIN, starts, starts + timedelta(days=1), PHONE)
        yield Draft(office, shift, at, code, f"shift:{number}")
