"""Curve, tree and follow-up over small records: the cases that real lists rarely show."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epiloop.core.ids import derived
from epiloop.operations.investigation.queries import (
    CaseRecord,
    LinkRecord,
    epidemic_curve,
    exposure_unknown,
    follow_up_list,
    transmission_tree,
)

DAY = date(2022, 7, 1)


def person(name: str):
    return derived("person", "test", name)


def case(name: str, onset: int | None = None, diagnosed: int = 0) -> CaseRecord:
    began = None if onset is None else DAY + timedelta(days=onset)
    return CaseRecord(person(name), "mers", DAY + timedelta(days=diagnosed), began)


def link(source: str, to: str, last: int | None = 0, disease: str = "mers") -> LinkRecord:
    day = None if last is None else DAY + timedelta(days=last)
    return LinkRecord(f"{source}>{to}", person(to), person(source), disease, last_exposure=day)


def test_an_empty_outbreak_has_an_empty_curve_and_tree() -> None:
    assert epidemic_curve([]).days == ()
    assert transmission_tree([], []).nodes == ()


def test_a_curve_has_no_holes_and_places_unknown_onsets_by_report_apart() -> None:
    curve = epidemic_curve([case("a", onset=0), case("b", onset=3), case("c", diagnosed=1)])
    assert [(day.by_onset, day.by_report) for day in curve.days] == [(1, 0), (0, 1), (0, 0), (1, 0)]
    assert (curve.total, curve.onset_missing) == (3, 1)


@given(st.lists(st.tuples(st.none() | st.integers(-30, 30), st.integers(-30, 30)), max_size=30))
def test_a_curve_counts_every_case_once(days: list[tuple[int | None, int]]) -> None:
    curve = epidemic_curve([case(str(n), *each) for n, each in enumerate(days)])
    assert sum(day.by_onset + day.by_report for day in curve.days) == curve.total == len(days)
    assert curve.onset_missing == sum(onset is None for onset, _ in days)


def test_generations_count_from_a_root_by_the_shortest_way() -> None:
    names = "abcd"
    tree = transmission_tree(
        [case(name, onset=n) for n, name in enumerate(names)],
        [link("a", "b"), link("b", "c"), link("c", "d"), link("a", "d")],
    )
    assert {node.person: node.generation for node in tree.nodes} == {
        person(name): generation for name, generation in zip(names, (0, 1, 2, 1), strict=True)
    }
    assert tree.roots == (person("a"),)
    assert tree.serial_intervals == (1, 1, 1, 3)


def test_a_circle_of_mutual_links_starts_with_the_earliest_onset() -> None:
    tree = transmission_tree(
        [case("a", onset=2), case("b", onset=1), case("c")], [link("a", "b"), link("b", "a"), link("b", "c")]
    )
    assert tree.roots == (person("b"),)
    assert {node.person: node.generation for node in tree.nodes} == {person("b"): 0, person("a"): 1, person("c"): 1}
    assert tree.serial_intervals == (-1, 1)


def test_whom_a_circle_infected_too_stands_one_generation_after_the_nearer_source() -> None:
    tree = transmission_tree(
        [case("b", onset=1), case("c"), case("d", onset=0), case("e")],
        [link("a", "c"), link("c", "e"), link("b", "d"), link("d", "b"), link("d", "e")],
    )
    assert tree.roots == (person("a"), person("d"))
    assert {node.person: node.generation for node in tree.nodes} == {
        person(name): generation for name, generation in zip("abcde", (0, 1, 1, 0, 1), strict=True)
    }


def test_contacts_who_did_not_fall_ill_are_not_in_the_tree_and_unknown_sources_are() -> None:
    tree = transmission_tree([case("b")], [link("a", "b"), link("b", "healthy")])
    assert {node.person: node.is_case for node in tree.nodes} == {person("a"): False, person("b"): True}
    assert [edge.person for edge in tree.edges] == [person("b")]


NAMES = st.sampled_from("abcdefgh")


@given(st.sets(st.tuples(NAMES, NAMES), max_size=25), st.dictionaries(NAMES, st.integers(0, 9), min_size=1))
def test_every_node_is_reached_from_a_root_one_generation_at_a_time(pairs, onsets) -> None:
    tree = transmission_tree([case(n, onset=o) for n, o in onsets.items()], [link(*pair) for pair in pairs])
    generation = {node.person: node.generation for node in tree.nodes}
    assert {each for each, n in generation.items() if n == 0} == set(tree.roots)
    sources = {}
    for edge in tree.edges:
        sources.setdefault(edge.person, set()).add(generation[edge.source])
        assert generation[edge.person] <= generation[edge.source] + 1
    for each, n in generation.items():
        assert n == 0 or n - 1 in sources[each]


WINDOW = [(-1, False), (0, False), (1, True), (14, True), (15, False)]


@pytest.mark.parametrize(("days_after", "due"), WINDOW)
def test_a_contact_is_asked_after_from_day_one_to_the_last_day_of_the_window(days_after: int, due: bool) -> None:
    on = DAY + timedelta(days=days_after)
    found = follow_up_list([link("a", "b")], [], disease="mers", on=on, window=14)
    assert [line.day_of for line in found.lines] == ([days_after] if due else [])


@pytest.mark.parametrize(("diagnosed", "is_case"), [(4, True), (5, True), (6, False)])
def test_who_is_a_case_by_the_day_stands_among_the_cases(diagnosed: int, is_case: bool) -> None:
    on = DAY + timedelta(days=5)
    found = follow_up_list([link("a", "b")], [case("b", diagnosed=diagnosed)], disease="mers", on=on, window=14)
    assert (len(found.lines), len(found.cases)) == ((0, 1) if is_case else (1, 0))


def test_one_line_per_person_with_all_sources_counted_from_the_latest_exposure() -> None:
    links = [link("a", "b", 0), link("c", "b", 3), link("d", "b", None), link("e", "b", 2, disease="measles")]
    found = follow_up_list(links, [], disease="mers", on=DAY + timedelta(days=5), window=14)
    (line,) = found.lines
    assert (line.last_exposure, line.day_of, line.last_day) == (
        DAY + timedelta(days=3),
        2,
        DAY + timedelta(days=17),
    )
    assert [each.source for each in line.sources] == [person(name) for name in "acd"]
    assert found.links == 2
    assert exposure_unknown(links) == (links[2],)


def test_a_case_of_another_disease_is_still_asked_after() -> None:
    other = CaseRecord(person("b"), "measles", DAY)
    found = follow_up_list([link("a", "b")], [other], disease="mers", on=DAY + timedelta(days=1), window=14)
    assert len(found.lines) == 1
