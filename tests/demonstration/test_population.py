"""The people of the synthetic county: the same for the same seed, believable, and nobody real."""

import re
from collections import Counter
from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import at_level, code, level
from epiloop.project.demonstration.county import County, county
from epiloop.project.demonstration.identifiers import birthdays, document_numbers, phone_numbers
from epiloop.project.demonstration.kinds import KINDS, OCCUPATION
from epiloop.project.demonstration.names import LOCAL, NATIONS, full_names, surname_words, surnames
from epiloop.project.demonstration.occupations import POSTS, SCHOOLS
from epiloop.project.demonstration.population import Chunk, Frame, frames, generate
from epiloop.project.demonstration.tree import tree
from epiloop.registers.jurisdictions import read_table
from epiloop.rules.vocabulary import KEY_POSTS

AT = date(2022, 7, 10)


def ages(frame: Frame) -> np.ndarray:
    return (np.datetime64(AT) - frame.born).astype(int) / 365.2425


def test_the_importer_of_jurisdictions_reads_the_tree_without_an_error() -> None:
    table = read_table(tree(100_000).lines())
    counts = Counter(division.level for division in table.divisions)
    assert table.errors == ()
    assert [counts[name] for name in ("province", "city", "county", "township", "community")] == [1, 1, 10, 15, 170]
    assert counts["grid"] > 170


@settings(max_examples=6, deadline=None)
@given(st.integers(1_000, 6_000), st.integers(0, 2**32), st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_the_same_arguments_give_the_same_people_to_the_byte(people: int, seed: int, at: date) -> None:
    first, second = county(people, seed, at), county(people, seed, at)
    assert first.units.names == second.units.names
    one, two = frames(first), frames(second)
    assert len(one) == people
    for column in fields(Frame):
        assert np.array_equal(getattr(one, column.name), getattr(two, column.name)), column.name
    assert (one.born <= np.datetime64(at)).all()


def test_another_seed_gives_other_people(small: County) -> None:
    assert not np.array_equal(frames(small).born, frames(county(small.people, small.seed + 1, AT)).born)


def test_chunks_are_the_communities_in_order_and_hold_the_same_people_as_the_columns(
    small: County, chunks: list[Chunk]
) -> None:
    whole = frames(small)
    assert np.array_equal(np.concatenate([chunk.frame.index for chunk in chunks]), np.arange(small.people))
    for column in fields(Frame):
        parts = np.concatenate([getattr(chunk.frame, column.name) for chunk in chunks])
        assert np.array_equal(parts, getattr(whole, column.name)), column.name
    assert [chunk.community for chunk in chunks] == list(range(170))


def test_progress_ends_at_the_whole(small: County) -> None:
    calls: list[tuple[int, int]] = []
    for _ in generate(small, progress=lambda done, total: calls.append((done, total))):
        pass
    assert calls == sorted(calls)
    assert calls[-1] == (10_000, 10_000)


def test_every_document_number_is_valid_unassigned_unique_and_agrees_with_birth_and_sex(chunks: list[Chunk]) -> None:
    seen = set()
    for chunk in chunks:
        for index, number in enumerate(chunk.documents.tolist()):
            assert re.fullmatch(r"999\d{14}[\dX]", number)
            total = sum(int(sign) * 2 ** (17 - place) % 11 for place, sign in enumerate(number[:17]))
            assert (total + (10 if number[17] == "X" else int(number[17]))) % 11 == 1
            assert number[6:14] == str(chunk.frame.born[index]).replace("-", "")
            assert int(number[16]) % 2 == chunk.frame.sex[index] % 2
            seen.add(number)
    assert len(seen) == 10_000


@given(st.integers(0, 499_999), st.dates(date(1930, 1, 1), date(2022, 7, 10)), st.sampled_from([1, 2]))
def test_document_numbers_stay_unique_beyond_the_numbers_of_one_prefix(first: int, born: date, sex: int) -> None:
    same_prefix = first + np.arange(4) * 500_000
    days = birthdays(np.full(4, np.datetime64(born)), same_prefix, 2_000_000)
    assert len(set(document_numbers(same_prefix, days, np.full(4, sex)).tolist())) == 4
    assert (np.datetime64(born) - days <= np.timedelta64(3)).all()
    assert (days <= np.datetime64(born)).all()


@given(st.lists(st.integers(0, 499_999), unique=True, min_size=1, max_size=50), st.sampled_from([1, 2]))
def test_people_born_on_one_day_have_different_document_numbers(index: list[int], sex: int) -> None:
    size = len(index)
    numbers = document_numbers(np.array(index), np.full(size, np.datetime64("2000-02-29")), np.full(size, sex))
    assert len(set(numbers.tolist())) == size


def test_phones_begin_as_no_mobile_phone_does_and_are_shared_only_within_a_household(chunks: list[Chunk]) -> None:
    household_of: dict[str, int] = {}
    for chunk in chunks:
        for phone, household in zip(chunk.phones.tolist(), chunk.frame.household.tolist(), strict=True):
            assert re.fullmatch(r"109\d{8}", phone)
            assert household_of.setdefault(phone, household) == household


@given(st.lists(st.integers(0, 10**8 - 1), unique=True, min_size=1), st.integers(0, 1000))
def test_different_people_have_different_phones(index: list[int], seed: int) -> None:
    assert len(set(phone_numbers(np.array(index), seed).tolist())) == len(index)


def test_nobody_lives_nowhere(middling: County, people: Frame) -> None:
    listed = {division.code for division in read_table(middling.tree.lines()).divisions}
    for column in (people.residence, people.stay):
        assert set(np.unique(column).tolist()) <= listed
    assert {level(number) for number in np.unique(people.residence).tolist()} == {"grid"}
    assert (people.residence // 10_000 * 10_000 == middling.tree.codes[people.community]).all()


def test_some_people_stay_elsewhere_and_all_of_those_outside_are_migrants(people: Frame) -> None:
    outside = people.stay_community < 0
    assert 0.03 < outside.mean() < 0.12
    assert (people.occupation[outside] == OCCUPATION["migrant"]).all()
    assert {at_level(number, "county") for number in np.unique(people.stay[~outside]).tolist()} == {code("450226")}
    assert 0.02 < (people.stay[~outside] != people.residence[~outside]).mean() < 0.15


def test_households_are_of_one_to_six_people_and_about_three_on_average(people: Frame) -> None:
    sizes = np.unique(people.household, return_counts=True)[1]
    assert (sizes.min(), sizes.max()) == (1, 6)
    assert sizes.mean() == pytest.approx(3.07, abs=0.05)
    assert (sizes == 1).mean() == pytest.approx(0.18, abs=0.02)


def test_every_sixth_household_or_more_has_three_generations(people: Frame) -> None:
    roles = {role: set(people.household[people.role == role].tolist()) for role in (2, 3)}
    three = len(roles[2] & roles[3]) / len(np.unique(people.household))
    assert 0.15 < three < 0.30


def test_members_of_a_household_share_grid_and_community(people: Frame) -> None:
    assert (people.residence == people.residence[people.household]).all()
    assert (people.household <= people.index).all()


def test_parents_are_older_than_their_children(people: Frame) -> None:
    children = people.role == 2
    gap = ages(people)[people.household[children]] - ages(people)[children]
    assert gap.min() > 14
    assert gap.mean() == pytest.approx(27, abs=2.5)


def test_ages_and_sexes_are_those_of_a_county(people: Frame) -> None:
    shares = np.histogram(ages(people), [0, 15, 60, 80, 130])[0] / len(people)
    assert shares == pytest.approx([0.20, 0.61, 0.16, 0.03], abs=0.03)
    assert (people.sex == 1).mean() == pytest.approx(0.505, abs=0.01)


def test_surnames_follow_their_table() -> None:
    rng = np.random.default_rng(5)
    nation = np.zeros(100_000, dtype=np.int64)
    words = Counter(surname_words(surnames(rng, nation)).tolist())
    for word, weight in zip(LOCAL.words[:8], LOCAL.weights[:8], strict=True):
        assert words[word] / 100_000 == pytest.approx(weight / LOCAL.weights.sum(), rel=0.1)


def test_men_and_children_share_the_surname_of_their_household(people: Frame) -> None:
    sons = (people.role == 2) & (people.sex[people.household] == 1)
    assert (people.surname[sons] == people.surname[people.household][sons]).all()


def test_names_have_two_to_four_characters_or_the_longer_form_of_their_people(chunks: list[Chunk]) -> None:
    names = [name for chunk in chunks for name in chunk.names.tolist()]
    plain = [name for name in names if "·" not in name]
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{2,4}", name) for name in plain)
    assert len(set(names)) > 0.6 * len(names)
    rng = np.random.default_rng(1)
    uyghur = np.full(50, NATIONS.index("维吾尔族"))
    assert all("·" in name for name in full_names(rng, surnames(rng, uyghur), np.ones(50, dtype=int), uyghur).tolist())


def test_employers_and_schools_exist_and_are_of_the_right_kind(middling: County, people: Frame) -> None:
    kind = middling.units.kind
    hired = people.employer >= 0
    assert people.employer.max() < len(middling.units)
    assert (ages(people)[hired] >= 17.9).all()
    for key, low, high, attend in SCHOOLS:
        of_age = (ages(people) >= low) & (ages(people) < high)
        attends = of_age & (people.school >= 0)
        assert attends.sum() / of_age.sum() == pytest.approx(attend, abs=0.02)
        assert {KINDS[number].key for number in np.unique(kind[people.school[attends]]).tolist()} == {key}


def test_units_have_about_the_staff_they_want_and_sizes_have_a_heavy_tail(middling: County, people: Frame) -> None:
    heads = np.bincount(people.employer[people.employer >= 0], minlength=len(middling.units))
    assert heads.sum() == pytest.approx(middling.units.staff.sum(), rel=0.15)
    large = middling.units.staff > 100
    assert heads[large] == pytest.approx(middling.units.staff[large], rel=0.5)
    assert np.sort(heads)[-len(heads) // 20 :].sum() > 0.35 * heads.sum()
    assert len({chinese for chinese, _english in middling.units.names}) == len(middling.units)


def test_units_places_and_zones_have_a_name_in_both_languages(small: County) -> None:
    named = (*small.units.names, *small.places.names, *small.places.zone_names)
    assert not [chinese for chinese, _english in named if not chinese or chinese.isascii()]
    assert not [english for _chinese, english in named if not english or not english.isascii()]


def test_every_kind_of_unit_stands_in_the_county_with_its_zones(small: County) -> None:
    assert set(np.unique(small.units.kind).tolist()) == set(range(len(KINDS)))
    for key in ("primary-school", "market", "health-centre"):
        towns = small.tree.township_of[small.units.community[small.units.of_kind(key)]]
        assert set(towns.tolist()) == set(range(15))
    assert (small.places.capacity > 0).all()
    assert set(small.places.unit[small.places.unit >= 0].tolist()) == set(range(len(small.units)))


def test_key_posts_are_words_of_the_rules_and_held_only_by_employees(people: Frame) -> None:
    assert set(POSTS) <= set(KEY_POSTS)
    held = people.post >= 0
    assert (people.employer[held] >= 0).all()
    assert 0.02 < held.mean() < 0.3


def test_doctors_hold_the_post_of_medical_staff(middling: County, people: Frame) -> None:
    hospitals = np.isin(people.employer, middling.units.of_kind("hospital"))
    share = (people.post[hospitals] == POSTS.index("medical-staff")).mean()
    assert share == pytest.approx(0.95, abs=0.03)


def test_classes_are_of_a_believable_size(people: Frame) -> None:
    pupils = people.school >= 0
    sizes = np.unique(people.school[pupils] * 10_000 + people.class_no[pupils], return_counts=True)[1]
    assert 15 < np.median(sizes) < 60


@pytest.mark.parametrize("people", [0, 999, 20_000_001])
def test_a_county_too_small_or_too_large_is_refused(people: int) -> None:
    with pytest.raises(InvalidInput):
        county(people, 1, AT)
