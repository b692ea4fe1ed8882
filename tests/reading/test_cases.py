"""Cases: lists, curve, trees and clusters, contacts; four clears; what an outsider sees of them: nothing."""

from datetime import date

import pytest
from tests.reading.rows import (
    CITY,
    COUNTY,
    ELSEWHERE,
    GRID,
    NEXT_VILLAGE,
    NOON,
    OTHER_COUNTY,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
    ZONE,
    case,
    duty,
    hours,
    link,
    n_id,
    person,
    post,
    seen,
    shift,
    status,
    write,
)  # fmt: skip

from epiloop.core.jurisdictions import Scope, scope
from epiloop.operations.investigation.queries import transmission_tree
from epiloop.project.home import Installation
from epiloop.store.reading import cases as reading
from epiloop.store.reading.board import day_around
from epiloop.store.reading.cases import CaseFilter
from epiloop.store.reading.clears import Clear, four_clears, gaps
from epiloop.store.tables import DuplicateRow

DAY = day_around(NOON, ZONE)


@pytest.fixture
def outbreak(clean: Installation) -> Installation:
    """Six cases of one disease, one discarded, one of another disease."""
    write(
        clean, case(1, onset=date(2022, 4, 10), outcome="died"), case(2, onset=date(2022, 4, 12)), case(3),
        case(4, details={"reported": "2022-04-14"}, classification="suspected"),
        case(5, jurisdiction=OTHER_COUNTY, onset=date(2022, 4, 12)), case(6, discarded_at=NOON),
        case(7, disease="mers"),
        link(2, 1, setting="household"), link(3, 1), link(4, 3), link(8, 1), link(9, 1, ring=2), link(8, 2),
        link(1, 2, "withdrawn", withdrawn_at=NOON - hours(1)), link(6, 4),
    )  # fmt: skip
    return clean


def test_the_curve_has_every_day_and_counts_cases_without_onset_apart(outbreak: Installation) -> None:
    with seen(outbreak, CITY) as app:
        curve = reading.curve(app, scope(CITY), NOON, ZONE, CaseFilter(disease="covid-19"))
    counted = {day.day.day: (day.by_onset, day.by_report) for day in curve.days}
    assert counted == {
        10: (1, 0), 11: (0, 0), 12: (2, 0), 13: (0, 0), 14: (0, 1), 15: (0, 0), 16: (0, 0), 17: (0, 0), 18: (0, 1),
    }  # fmt: skip
    assert (curve.total, curve.onset_missing) == (5, 2)


def test_cases_are_chosen(outbreak: Installation) -> None:
    with seen(outbreak, CITY) as app:

        def ids(**chosen: object) -> set[int]:
            return {row.person.int for row in reading.cases(app, scope(CITY), NOON, CaseFilter(**chosen)).rows}

        assert ids() == {1, 2, 3, 4, 5, 7}
        assert ids(disease="mers") == {7}
        assert ids(classification="suspected") == {4}
        assert ids(outcome="died") == {1}
        assert ids(discarded=True) == {1, 2, 3, 4, 5, 6, 7}
        assert ids(until=NOON - hours(24)) == set()
        totals = reading.totals(app, scope(COUNTY), NOON, CaseFilter(disease="covid-19"))
        assert sum(line.n for line in totals) == 4
        one = reading.case(app, n_id(1), "covid-19", 1)
        assert one is not None
        assert one.outcome == "died"


def test_a_tree_and_its_clusters_are_made_of_standing_cases_and_links(outbreak: Installation) -> None:
    with seen(outbreak, CITY) as app:
        found = reading.transmission(app, scope(CITY), NOON, ZONE, "covid-19")
    tree = transmission_tree(found.cases, found.links)
    assert {(edge.source.int, edge.person.int, edge.setting) for edge in tree.edges} == {
        (1, 2, "household"), (1, 3, None), (3, 4, None),
    }  # fmt: skip
    groups = reading.clusters(found)
    assert [sorted(person.int for person in group) for group in groups] == [[1, 2, 3, 4], [5]]
    assert reading.cluster_sizes(groups) == [(4, 1), (1, 1)]
    assert not found.cut


def test_contacts_are_counted_by_person_and_ring(outbreak: Installation) -> None:
    with seen(outbreak, CITY) as app:
        counts = reading.contact_counts(app, [n_id(1), n_id(2), n_id(9)], NOON)
        contacts = reading.contacts_of(app, n_id(1), NOON).rows
    assert {source.int: tuple(count)[1:] for source, count in counts.items()} == {1: (3, 1), 2: (1, 0)}
    assert {(line.contact.int, line.is_case) for line in contacts} == {(2, True), (3, True), (8, False), (9, False)}


@pytest.mark.parametrize("allowed", [scope(ELSEWHERE), scope(NEXT_VILLAGE), Scope()])
def test_an_outsider_sees_no_case(outbreak: Installation, allowed: Scope) -> None:
    with seen(outbreak, allowed) as app:
        assert reading.cases(app, scope(CITY), NOON).rows == ()
        assert reading.totals(app, scope(CITY), NOON) == []
        assert reading.curve(app, scope(CITY), NOON, ZONE).total == 0
        assert reading.transmission(app, scope(CITY), NOON, ZONE, "covid-19").cases == ()
        assert reading.contact_counts(app, [n_id(1)], NOON) == {}
        assert reading.contacts_of(app, n_id(1), NOON).rows == ()
        assert reading.case(app, n_id(1), "covid-19", 1) is None


@pytest.fixture
def controlled(clean: Installation) -> Installation:
    """One whole person and one with each gap, in one township; one in another; one free."""
    held = {"controlled_until": NOON + hours(24)}
    write(
        clean, post(1, "grid-worker", VILLAGE), shift(1, "worker"),
        person(1, **held), status(1), duty(1),
        person(2, identified=False, **held), status(2),
        person(3, jurisdiction=TOWN, **held), status(3, jurisdiction=TOWN),
        person(4, **held), status(4), DuplicateRow(n_id(4), n_id(8), "possible", 0.9, GRID, None),
        person(5, **held | {"controlled_from": NOON + hours(1)}), status(5, starts=NOON + hours(1)),
        person(6, **held), status(6), duty(6, owner_post="village-doctor"),
        person(7, jurisdiction=OTHER_TOWN, **held), status(7, jurisdiction=OTHER_TOWN), person(8),
        person(9, jurisdiction=COUNTY, **held), status(9, jurisdiction=COUNTY),
    )  # fmt: skip
    return clean


def test_four_clears_are_counted_one_level_down_with_the_people_behind_each_gap(controlled: Installation) -> None:
    with seen(controlled, COUNTY) as app:
        lines = {line.code: line for line in four_clears(app, COUNTY, DAY)}
        assert {code: line.people for code, line in lines.items()} == {COUNTY: 1, TOWN: 6, OTHER_TOWN: 1}
        town = lines[TOWN]
        assert [town.clear(which) for which in Clear] == [5, 5, 5, 4]
        assert town.percent(Clear.COUNT) == pytest.approx(83.333, abs=0.001)
        behind = {which: [row.id.int for row in gaps(app, scope(TOWN), DAY, which).rows] for which in Clear}
    assert behind == {Clear.COUNT: [4], Clear.IDENTITY: [2], Clear.LOCATION: [3], Clear.CONTROL: [5, 6]}


def test_an_outsider_clears_nobody(controlled: Installation) -> None:
    with seen(controlled, ELSEWHERE) as app:
        assert four_clears(app, COUNTY, DAY) == []
        assert gaps(app, scope(COUNTY), DAY, Clear.CONTROL).rows == ()
