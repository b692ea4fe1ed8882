"""The outbreak of the demonstration: believable, the same each time, and never ahead of its clock."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from epiloop.operations.arrivals.events import Channel
from epiloop.operations.investigation.events import Detection
from epiloop.project.demonstration.county import County, county
from epiloop.project.demonstration.history import history
from epiloop.project.demonstration.outbreak import Outbreak, case_limit, outbreak
from epiloop.project.demonstration.population import Frame, frames
from epiloop.project.demonstration.practice import practice_on
from epiloop.project.demonstration.records import (
    Admitted,
    Arrival,
    CaseFound,
    ContactDetermined,
    FollowUp,
    PostHeld,
    Record,
    ResultReceived,
    SampleTaken,
)
from epiloop.rules.vocabulary import CLASSIFICATIONS, KEY_POSTS, OUTCOMES, RISKS, SAMPLE_KINDS


@pytest.fixture(scope="module")
def past(middling: County, people: Frame) -> Outbreak:
    return history(middling, people)


def of(past: Outbreak, kind: type) -> list:
    return [record for record in past.records if isinstance(record, kind)]


def by_person(records: list) -> dict[int, list]:
    grouped = defaultdict(list)
    for record in records:
        grouped[record.person].append(record)
    return grouped


@pytest.mark.parametrize("people", [1_000, 10_000])
def test_the_same_county_has_the_same_history(people: int) -> None:
    place = county(people, 11, date(2022, 7, 18))
    assert history(place, frames(place)).records == history(place, frames(place)).records


def test_records_stand_in_order_of_time_and_end_at_the_instant_asked_for(past: Outbreak) -> None:
    instants = [record.occurred_at for record in past.records]
    assert instants == sorted(instants)
    assert instants[-1] <= past.until
    assert past.until.isoformat() == "2022-07-10T02:00:00+00:00"


def test_an_hour_later_the_same_things_had_happened_and_some_more(small: County) -> None:
    columns = frames(small)
    early, late = outbreak(small, columns, hour=10), outbreak(small, columns, hour=20)
    assert late.records[: len(early.records)] == early.records
    assert len(late.records) > len(early.records)


def test_everything_of_the_words_of_the_rules(past: Outbreak) -> None:
    assert {record.classification for record in of(past, CaseFound)} <= set(CLASSIFICATIONS)
    assert {record.kind for record in of(past, SampleTaken)} <= set(SAMPLE_KINDS)
    assert {record.outcome for record in of(past, ResultReceived)} == set(OUTCOMES)
    assert {record.origin_risk for record in of(past, Arrival)} == set(RISKS)
    assert {record.post for record in of(past, PostHeld)} <= set(KEY_POSTS)
    assert {record.found for record in of(past, CaseFound)} <= {word.value for word in Detection}
    assert {record.channel for record in of(past, Arrival)} == {word.value for word in Channel}


def test_every_infection_comes_from_somebody_infected_before_or_from_outside(past: Outbreak) -> None:
    when = {infection.person: infection.at for infection in past.infections}
    assert len(when) == len(past.infections) <= case_limit(200_000)
    for infection in past.infections:
        assert (infection.source == -1) == (infection.setting == "outside")
        assert infection.source == -1 or when[infection.source] < infection.at


def test_a_case_is_infected_has_a_positive_sample_before_it_and_is_found_once(past: Outbreak) -> None:
    positive = by_person([record for record in of(past, ResultReceived) if record.outcome == "positive"])
    infected = {infection.person for infection in past.infections}
    cases = by_person(of(past, CaseFound))
    assert len(cases) > 20
    for person, found in cases.items():
        assert len(found) == 1
        assert person in infected
        assert positive[person][0].occurred_at < found[0].occurred_at
        assert found[0].onset is None or found[0].onset <= found[0].occurred_at.date() + timedelta(days=1)
    assert set(positive) - infected == set()


def test_the_outbreak_is_still_running_on_the_last_day(past: Outbreak) -> None:
    days = [record.occurred_at for record in of(past, CaseFound)]
    assert max(days) > past.until - timedelta(days=2)


def test_close_contacts_belong_to_cases_and_secondary_contacts_to_close_contacts(past: Outbreak) -> None:
    cases = {record.person: record.occurred_at for record in of(past, CaseFound)}
    close = defaultdict(list)
    for record in of(past, ContactDetermined):
        assert record.first_exposure <= record.last_exposure
        assert record.last_exposure <= (record.occurred_at + timedelta(hours=8)).date()
        if record.ring == 1:
            assert cases[record.source] <= record.occurred_at
            close[record.person].append(record.occurred_at)
        else:
            assert min(close[record.source]) <= record.occurred_at
    assert len(of(past, ContactDetermined)) > 8 * len(cases)
    assert len({record.link for record in of(past, ContactDetermined)}) == len(of(past, ContactDetermined))


def test_some_contacts_are_found_late_and_some_admissions_are_late_or_missing(past: Outbreak) -> None:
    found = {record.person: record for record in of(past, CaseFound)}
    first = {person: rows[0] for person, rows in by_person(of(past, ContactDetermined)).items() if rows[0].ring == 1}
    delays = [(row.occurred_at - found[row.source].occurred_at) / timedelta(hours=1) for row in first.values()]
    assert 0.05 < np.mean(np.array(delays) > 24) < 0.25
    entered = by_person(of(past, Admitted))
    old = {person: row for person, row in first.items() if row.occurred_at < past.until - timedelta(days=3)}
    missing = [person for person in old if person not in entered]
    late = [
        person for person, row in old.items()
        if person in entered and entered[person][0].occurred_at - row.occurred_at > timedelta(hours=12)
    ]  # fmt: skip
    assert 0 < len(missing) < 0.2 * len(old)
    assert 0 < len(late) < 0.3 * len(old)


def test_every_result_has_its_sample_before_it_and_some_samples_still_wait(past: Outbreak) -> None:
    taken = {(record.person, record.sample): record.occurred_at for record in of(past, SampleTaken)}
    answered = {(record.person, record.sample): record.occurred_at for record in of(past, ResultReceived)}
    assert len(taken) == len(of(past, SampleTaken))
    assert set(answered) < set(taken)
    assert all(taken[name] < instant for name, instant in answered.items())


def test_pools_hold_at_most_ten_and_a_tube_has_one_answer(past: Outbreak) -> None:
    tubes = defaultdict(list)
    for record in of(past, SampleTaken):
        assert (record.kind == "pool") == bool(record.tube)
        if record.tube:
            tubes[record.tube].append(record)
    assert max(map(len, tubes.values())) == 10
    assert all(len({record.occurred_at.date() for record in group}) == 1 for group in tubes.values())


def test_stages_follow_each_other_in_the_order_of_the_practice(past: Outbreak) -> None:
    rank = {"centralised": 0, "home": 1, "hospital": 2}
    for rows in by_person(of(past, Admitted)).values():
        ranks = [rank[row.stage] for row in rows]
        assert all(before != after for before, after in pairwise(ranks))
        assert ranks.count(2) <= 1


def test_nobody_is_followed_up_before_being_determined(past: Outbreak) -> None:
    determined = {person: rows[0].occurred_at for person, rows in by_person(of(past, ContactDetermined)).items()}
    assert all(determined[record.person] < record.occurred_at for record in of(past, FollowUp))
    assert all(35 < record.temperature < 41 for record in of(past, FollowUp))


def test_those_who_brought_the_infection_stand_among_the_arrivals(past: Outbreak) -> None:
    arrived = {record.person for record in of(past, Arrival)}
    assert {infection.person for infection in past.infections if infection.setting == "outside"} <= arrived


def test_posts_are_held_by_the_staff_of_the_unit(past: Outbreak, people: Frame) -> None:
    held = of(past, PostHeld)
    assert len(held) == 1_000
    assert all(people.employer[record.person] == record.unit for record in held)


@pytest.mark.parametrize(
    ("day", "days"),
    [(date(2021, 5, 13), 7), (date(2021, 5, 14), 14), (date(2022, 6, 27), 14), (date(2022, 6, 28), 7),
     (date(2022, 11, 11), 5), (date(2022, 12, 7), 5), (date(2023, 1, 8), 7)],
)  # fmt: skip
def test_the_practice_is_that_of_the_day(day: date, days: int) -> None:
    assert practice_on(day).close.stages[0][1] == days


def test_from_november_2022_there_are_no_secondary_contacts() -> None:
    place = county(20_000, 3, date(2022, 11, 20))
    rings = {record.ring for record in outbreak(place, frames(place)).records if isinstance(record, ContactDetermined)}
    assert rings == {1}


def test_a_record_cannot_be_changed(past: Outbreak) -> None:
    record: Record = past.records[0]
    with pytest.raises(AttributeError):
        record.person = 1  # type: ignore[misc]
