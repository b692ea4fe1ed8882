"""Registrations: the state machine, and that merging and splitting lose nothing."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.histories import recorded

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.ids import derived
from epiloop.ledger.events import Body, Draft, Entry
from epiloop.registers.people import actions, checks, queries
from epiloop.registers.people import events as e
from epiloop.registers.people.state import STEPS, Person, fold, in_recorded_order, merged

A, B, C = (derived("person", "test", name) for name in "ABC")
AT = datetime(2022, 7, 1, 4, tzinfo=UTC)
TODAY = date(2022, 7, 1)
HOME, AWAY = 3204120010010000, 3204120020030000


def drafts(person: UUID, *bodies: Body) -> list[Draft]:
    return [Draft(person, body, AT, HOME) for body in bodies]


def after(person: UUID, *bodies: Body) -> Person:
    return fold(person, recorded(drafts(person, *bodies)))


REGISTERED = e.PersonRegistered(sex=e.Sex.FEMALE, birth_year=1980, stay=HOME)
STATES: dict[str, tuple[Body, ...]] = {
    "unknown": (),
    "registered": (REGISTERED,),
    "merged": (REGISTERED, e.DeclaredSame(B, survives=False)),
}
OTHER = after(B, REGISTERED)


def _register(state: Person) -> list[Draft]:
    return actions.register(state, REGISTERED, at=AT, today=TODAY)


def _merge(state: Person) -> list[Draft]:
    return [draft for draft in actions.declare_same(OTHER, state, at=AT) if draft.stream == state.person]


@pytest.mark.parametrize("now", STATES)
@pytest.mark.parametrize("wanted", ["registered", "merged"])
def test_a_registration_goes_only_where_the_table_says(now: str, wanted: str) -> None:
    state = after(A, *STATES[now])
    assert state.step == now
    step = {"registered": _register, "merged": _merge}[wanted]
    by_split = (now, wanted) == ("merged", "registered")
    if by_split:
        survivor = after(B, REGISTERED, e.DeclaredSame(A, survives=True))
        told = [draft.body for draft in actions.split(survivor, state, at=AT) if draft.stream == A]
        assert after(A, *STATES[now], *told).step == "registered"
        with pytest.raises(Refused):
            step(state)
    elif wanted in STEPS[now]:
        assert after(A, *STATES[now], *[draft.body for draft in step(state)]).step == wanted
    else:
        with pytest.raises(Refused):
            step(state)


def test_what_is_not_registered_or_merged_away_cannot_be_changed() -> None:
    for now in ("unknown", "merged"):
        with pytest.raises(Refused):
            actions.change(after(A, *STATES[now]), e.StayChanged(AWAY), at=AT)
    (draft,) = actions.change(after(A, REGISTERED), e.StayChanged(AWAY), at=AT)
    assert draft.jurisdiction == AWAY


def test_silence_of_a_later_saying_changes_nothing() -> None:
    state = after(A, REGISTERED, e.PersonRegistered(occupation="teacher"))
    assert (state.sex, state.birth_year, state.occupation) == (e.Sex.FEMALE, 1980, "teacher")


AGES = [
    (e.PersonRegistered(birth_date=date(1980, 7, 2)), 41),
    (e.PersonRegistered(birth_date=date(1980, 7, 1)), 42),
    (e.PersonRegistered(birth_year=1980), 42),
    (e.PersonRegistered(age=40, age_on=date(2020, 3, 1)), 42),
    (e.PersonRegistered(), None),
]


@pytest.mark.parametrize(("told", "age"), AGES)
def test_age_is_told_as_well_as_it_is_known(told: e.PersonRegistered, age: int | None) -> None:
    assert queries.age_on(after(A, told), TODAY) == age


@pytest.mark.parametrize(
    "told",
    [
        e.PersonRegistered(birth_date=date(2022, 7, 2)),
        e.PersonRegistered(birth_year=1880),
        e.PersonRegistered(age=140, age_on=TODAY),
        e.PersonRegistered(age=40),
    ],
)
def test_ages_nobody_has_are_refused(told: e.PersonRegistered) -> None:
    with pytest.raises(InvalidInput):
        actions.register(Person(A), told, at=AT, today=TODAY)


def test_a_pair_declared_different_is_neither_proposed_nor_merged_again() -> None:
    one = after(A, REGISTERED, e.PossibleDuplicate(B, 0.9))
    assert queries.open_pairs(one) == ((B, 0.9),)
    told = actions.declare_different(one, OTHER, at=AT)
    assert {draft.stream for draft in told} == {A, B}
    settled = after(A, REGISTERED, e.PossibleDuplicate(B, 0.9), *[d.body for d in told if d.stream == A])
    assert queries.open_pairs(settled) == ()
    assert actions.propose_duplicate(settled, e.PossibleDuplicate(B, 0.95), at=AT) == []
    assert after(A, REGISTERED, e.DeclaredDifferent(B), e.PossibleDuplicate(B, 0.9)).possible == {}
    assert not checks.can_declare_same(settled, OTHER)
    assert actions.declare_different(settled, after(B, REGISTERED, e.DeclaredDifferent(A)), at=AT) == []


def test_merging_is_refused_with_itself_twice_and_over_one_that_absorbed_others() -> None:
    one = after(A, REGISTERED)
    with pytest.raises(InvalidInput):
        actions.declare_same(one, one, at=AT)
    with pytest.raises(Refused):
        actions.declare_same(one, after(B, *STATES["merged"]), at=AT)
    with pytest.raises(Refused, match="others merged"):
        actions.declare_same(one, after(B, REGISTERED, e.DeclaredSame(C, survives=True)), at=AT)
    with pytest.raises(Refused, match="not merged"):
        actions.split(one, OTHER, at=AT)


BODIES: st.SearchStrategy[Body] = st.one_of(
    st.builds(
        e.PersonRegistered,
        sex=st.sampled_from([None, *e.Sex]),
        birth_year=st.none() | st.integers(1920, 2022),
        occupation=st.sampled_from([None, "teacher", "driver"]),
        stay=st.sampled_from([None, HOME, AWAY]),
        outside=st.just(()) | st.tuples(st.tuples(st.just("list"), st.sampled_from("12345"))),
    ),
    st.builds(e.StayChanged, st.sampled_from([HOME, AWAY])),
    st.builds(e.HouseholdJoined, st.sampled_from([derived("h", "1"), derived("h", "2")])),
    st.builds(e.HouseholdLeft, st.sampled_from([derived("h", "1"), derived("h", "2")])),
    st.builds(e.Employed, st.sampled_from([derived("u", "1"), derived("u", "2")])),
    st.builds(e.EmploymentEnded, st.sampled_from([derived("u", "1"), derived("u", "2")])),
    st.builds(e.PostHeld, st.sampled_from(["market", "pharmacy"]), st.just(TODAY)),
    st.builds(e.PostLeft, st.sampled_from(["market", "pharmacy"])),
    st.builds(e.Died),
)
TOLD = st.lists(st.tuples(st.sampled_from([A, B]), BODIES), max_size=15)


def _tell(told: list[tuple[UUID, Body]]) -> list[Entry]:
    first = [Draft(each, e.PersonRegistered(), AT, HOME) for each in (A, B)]
    return recorded([*first, *(Draft(person, body, AT, HOME) for person, body in told)])


def _of(person: UUID, entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.ref.stream == person]


@given(TOLD)
def test_merge_and_split_give_back_exactly_the_two_that_were(told: list[tuple[UUID, Body]]) -> None:
    entries = _tell(told)
    before = {person: fold(person, _of(person, entries)) for person in (A, B)}
    merging = actions.declare_same(before[A], before[B], at=AT)
    joined = _more(entries, merging)
    states = {person: fold(person, _of(person, joined)) for person in (A, B)}
    assert (states[A].absorbed, states[B].merged_into) == ({B}, A)
    parted = _more(joined, actions.split(states[A], states[B], at=AT))
    assert {person: fold(person, _of(person, parted)) for person in (A, B)} == before
    assert parted[: len(entries)] == entries, "no event was moved or changed"


@given(TOLD)
def test_the_survivor_knows_everything_that_either_stream_told(told: list[tuple[UUID, Body]]) -> None:
    entries = _tell(told)
    one = merged(A, _of(A, entries), _of(B, entries))
    everything = fold(A, in_recorded_order(entries))
    assert one == everything
    either = [fold(person, _of(person, entries)) for person in (A, B)]
    assert one.outside == either[0].outside | either[1].outside
    assert one.died == any(state.died for state in either)
    assert one == merged(A, _of(B, entries), _of(A, entries)), "the order of the streams does not matter"


@given(TOLD)
def test_a_merged_person_still_survives_in_its_own_name(told: list[tuple[UUID, Body]]) -> None:
    entries = _tell(told)
    states = [fold(person, _of(person, entries)) for person in (A, B)]
    joined = _more(entries, actions.declare_same(*states, at=AT))
    one = merged(A, _of(A, joined), _of(B, joined))
    assert (one.step, one.merged_into, one.absorbed) == ("registered", None, {B})


def _more(entries: list[Entry], drafts: list[Draft]) -> list[Entry]:
    """The entries with drafts recorded after them, versions going on."""
    every: list[Any] = [Draft(x.ref.stream, x.body, x.occurred_at, x.jurisdiction) for x in entries]
    return recorded([*every, *drafts])


def test_survivors_are_found_through_merges_of_merges_and_circles_end() -> None:
    assert queries.survivor_of(A, {}) == A
    assert queries.survivor_of(A, {A: B, B: C}) == C
    assert queries.survivor_of(A, {A: B, B: A}) in (A, B)


@pytest.mark.parametrize(
    ("stay", "clear"), [(None, False), (3204120000000000, False), (3204120010000000, False), (HOME, True)]
)
def test_a_location_is_clear_from_the_community_down(stay: int | None, clear: bool) -> None:
    assert queries.location_clear(after(A, e.PersonRegistered(stay=stay))) is clear


def test_an_identity_is_clear_with_name_and_document_and_no_open_pair() -> None:
    known = e.IdentityRecorded(name=True, document=True)
    assert queries.identity_clear(after(A, REGISTERED, known))
    assert not queries.identity_clear(after(A, REGISTERED, e.IdentityRecorded(name=True)))
    assert not queries.identity_clear(after(A, REGISTERED, known, e.PossibleDuplicate(B, 0.8)))


def test_posts_are_held_once_and_left_once() -> None:
    held = e.PostHeld("market", TODAY)
    state = after(A, REGISTERED, held)
    with pytest.raises(Refused):
        actions.hold_post(state, held, at=AT)
    assert actions.leave_post(state, e.PostLeft("market"), at=AT)
    with pytest.raises(Refused):
        actions.leave_post(after(A, REGISTERED, held, e.PostLeft("market")), e.PostLeft("market"), at=AT)
