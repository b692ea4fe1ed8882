"""By which statutes visits may be opened: a closed, dated, sourced list without one of the police (PRIVACY R12)."""

from datetime import date

import pytest

from epiloop.core.errors import InvalidInput, Refused
from epiloop.core.statutes import STATUTES, check_statute, in_force


def test_each_has_a_title_in_both_languages_a_source_and_whom_it_entitles():
    for one in STATUTES.values():
        assert {*one.title} == {"en", "zh"}
        assert one.source.startswith("https://")
        assert one.entitles
        assert one.until is None or one.since < one.until


def test_none_is_one_of_the_police_or_of_prosecutors():
    said = " ".join([*STATUTES, *(one.title["zh"] + one.entitles for one in STATUTES.values())]).casefold()
    assert not [word for word in ("criminal", "police", "刑事", "公安", "治安", "security") if word in said]


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2004, 11, 30), False),
        (date(2004, 12, 1), True),
        (date(2025, 8, 31), True),
        (date(2025, 9, 1), False),
    ],
)
def test_a_statute_counts_from_its_first_day_to_its_last(day, there):
    assert ("cn-infectious-diseases-54" in in_force(day)) is there
    if not there:
        with pytest.raises(Refused):
            check_statute("cn-infectious-diseases-54", day)


def test_what_is_not_on_the_list_is_refused_with_what_there_is():
    with pytest.raises(InvalidInput) as refusal:
        check_statute("cn-criminal-procedure-54", date(2026, 1, 1))
    assert "ihr-2005-45" in str(refusal.value)
    assert check_statute("ihr-2005-45", date(2026, 1, 1)) == STATUTES["ihr-2005-45"]
