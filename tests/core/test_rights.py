"""Who may do what, where and when: pure decisions."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput, NotAllowed
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import code
from epiloop.core.rights import (
    EVERYWHERE,
    RIGHTS,
    ROLE_NAMES,
    ROLES,
    AccountView,
    Grant,
    can,
    can_grant,
    check_right,
    held,
    rights,
    scope_of,
)

AT = datetime(2022, 7, 1, 3, 10, tzinfo=UTC)
ID = UUID(int=7)
COUNTY, TOWNSHIP, NEIGHBOUR, CITY = code("450226"), code("450226101"), code("450225"), code("4502")


def grant(role="duty-officer", where=COUNTY, start=AT - timedelta(days=1), end=None):
    return Grant(role, where, Interval(start, end))


def account(*grants, **more):
    return AccountView(ID, grants, **more)


def test_a_role_reaches_everything_inside_its_jurisdiction_and_nothing_beside_or_above_it():
    officer = account(grant())
    assert can(officer, "board.read", COUNTY)
    assert can(officer, "board.read", TOWNSHIP)
    assert not can(officer, "board.read", NEIGHBOUR)
    assert not can(officer, "board.read", CITY)


def test_a_role_gives_only_its_own_rights():
    officer = account(grant())
    assert not can(officer, "rules.adopt", COUNTY)
    with pytest.raises(NotAllowed, match=r"450226.*Put a rulebook in force"):
        check_right(officer, "rules.adopt", COUNTY)


def test_a_grant_holds_from_its_start_up_to_but_not_at_its_end():
    end = AT + timedelta(hours=8)
    one = grant(start=AT, end=end)
    assert held([one], AT) == (one,)
    assert held([one], end - timedelta(microseconds=1)) == (one,)
    assert held([one], end) == ()
    assert held([one], AT - timedelta(microseconds=1)) == ()


def test_a_disabled_account_has_no_right_whatever_it_was_granted():
    assert not can(account(grant(), disabled=True), "board.read", None)


def test_a_token_narrows_its_account_and_never_widens_it():
    token = account(grant(), within=rights(["board.read", "rules.adopt"]))
    assert can(token, "board.read", COUNTY)
    assert not can(token, "person.read", COUNTY), "the account has it, the token does not"
    assert not can(token, "rules.adopt", COUNTY), "the token has it, the account does not"


def test_no_right_can_write_a_status():
    assert not [right for right in RIGHTS if "status" in right]


def test_every_role_consists_of_rights_that_exist_and_has_a_name():
    assert ROLES.keys() == ROLE_NAMES.keys()
    assert all(role_rights <= RIGHTS.keys() and role_rights for role_rights in ROLES.values())


def test_a_role_or_right_that_does_not_exist_is_refused():
    with pytest.raises(InvalidInput, match="no role"):
        grant(role="emperor")
    with pytest.raises(InvalidInput, match="no right"):
        rights(["person.read", "status.write"])


def test_roles_are_granted_only_inside_the_own_jurisdiction():
    giver = account(grant(role="administrator", where=COUNTY))
    assert can_grant(giver, grant(where=TOWNSHIP))
    assert can_grant(giver, grant(where=COUNTY))
    assert not can_grant(giver, grant(where=CITY))
    assert not can_grant(giver, grant(where=EVERYWHERE))
    assert not can_grant(account(grant()), grant(where=TOWNSHIP)), "a duty officer manages no accounts"


@given(st.integers(min_value=11, max_value=81))
def test_a_grant_everywhere_reaches_every_province(province):
    assert can(account(grant(role="administrator", where=EVERYWHERE)), "accounts.manage", code(str(province)))


def test_the_scope_of_a_right_is_where_the_roles_that_have_it_hold():
    both = account(grant(), grant(role="auditor", where=NEIGHBOUR))
    assert COUNTY in scope_of(both, "board.read")
    assert NEIGHBOUR not in scope_of(both, "board.read")
    assert NEIGHBOUR in scope_of(both, "audit.read")
    assert scope_of(both, "accounts.manage").ranges == ()
