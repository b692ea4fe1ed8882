"""What every measure has to have whatever it says: a source, honest certainty, an end, an owner, a way up."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from epiloop.rules.lint import ceiling
from epiloop.rules.loader import load, load_text, split
from epiloop.rules.model import DutyRule, Measure, Rulebook, StageRule, Version
from epiloop.rules.plan import Line, Party
from epiloop.rules.source import load_named
from epiloop.rules.vocabulary import STATUSES

ROOT = Path(__file__).parents[2] / "rulebooks"
BOOKS = [load_named(ROOT, name)[-1] for name in ("cn", "jinhua")]
REPORTED = {
    # What is known at second hand only, as (measure, version, stage or duty).
    ("secondary-contact", "2021-05-14", "centralised"),
    ("secondary-contact", "2021-05-14", "sample"),
    ("close-contact", "2022-06-28", "transfer"),
    ("case", "2021-05-14", "hospital"),
    ("case", "2021-05-14", "home"),
    ("case", "2021-05-14", "transfer"),
    ("area-high-risk", "2022-06-28", "high"),
    ("area-high-risk", "2022-06-28", "round"),
}
VERSIONS = {
    # Whole versions that are not stated by the document they name, as (measure, version).
    "reported": {
        ("case", "2021-05-14"),
        ("area-lockdown", "2022-06-28"),
        ("area-control", "2022-06-28"),
        ("area-precaution", "2022-06-28"),
    },
    "unspecified": {
        ("arrival-high-risk", "2021-05-14"),
        ("arrival-medium-risk", "2021-05-14"),
        ("key-posts-inbound", "2023-01-08"),
        ("key-posts-mobile", "2023-01-08"),
        ("key-posts-daily", "2023-01-08"),
        ("key-posts-every-2-days", "2023-01-08"),
        ("key-posts-every-3-days", "2023-01-08"),
        ("key-posts-every-7-days", "2023-01-08"),
    },
}
UNSPECIFIED = {
    ("close-contact", "2021-05-14", "transfer"),
    ("close-contact", "2022-11-11", "transfer"),
    ("secondary-contact", "2021-05-14", "transfer"),
    ("arrival-high-risk", "2022-06-28", "transfer"),
    ("landing-test", "2022-09-10", "sample-landing"),
    ("area-high-risk", "2021-05-14", "high"),
    ("area-medium-risk", "2021-05-14", "medium"),
    ("area-lockdown", "2021-05-14", "lockdown"),
    ("area-control", "2021-05-14", "control"),
    ("area-precaution", "2021-05-14", "precaution"),
}


def versions() -> Iterator[tuple[Measure, Version]]:
    for book in BOOKS:
        for measure in book.measures.values():
            for version in measure.versions:
                yield measure, version


def parts() -> Iterator[tuple[Measure, Version, StageRule | DutyRule]]:
    for measure, version in versions():
        yield from ((measure, version, stage) for stage in version.stages)
        yield from ((measure, version, duty) for duty in version.duties)


def test_every_version_names_its_document_in_both_languages() -> None:
    for measure, version in versions():
        title = version.source.title
        assert title["en"].isascii(), measure.name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in title["zh"]), measure.name
        assert version.issued <= version.in_force


@pytest.mark.parametrize(("certainty", "wanted"), [("reported", REPORTED), ("unspecified", UNSPECIFIED)])
def test_what_is_not_stated_says_so(certainty: str, wanted: set[tuple[str, str, str]]) -> None:
    found = {(measure.name, version.id, part.key) for measure, version, part in parts() if part.certainty == certainty}
    assert found == wanted


@pytest.mark.parametrize("certainty", VERSIONS)
def test_a_version_that_its_document_does_not_state_says_so(certainty: str) -> None:
    found = {(measure.name, version.id) for measure, version in versions() if version.source.certainty == certainty}
    assert found == VERSIONS[certainty]


def test_a_version_whose_content_is_unspecified_asks_nothing_of_anybody() -> None:
    for _, version in versions():
        if version.source.certainty == "unspecified":
            assert not version.stages
            assert not version.duties


def test_every_restriction_ends_by_itself() -> None:
    for measure, version, part in parts():
        if isinstance(part, StageRule):
            assert part.status in STATUSES
            assert part.days or part.outer_limit.span, (measure.name, version.id)


def test_the_outer_limit_is_three_days_wherever_no_source_states_another() -> None:
    other = {
        (measure.name, version.id, part.key)
        for measure, version, part in parts()
        if isinstance(part, StageRule) and part.outer_limit.span.days != 3
    }
    assert other == {("case", "2021-05-14", "hospital")}


def test_every_duty_has_somebody_above_its_owner() -> None:
    for measure, version, part in parts():
        if isinstance(part, DutyRule):
            assert part.ladder.rungs, (measure.name, version.id, part.key)
            assert part.ladder.rungs[-1].owner.party is Party.TERRITORY
            assert part.ladder.rungs[0].owner != part.owner


def test_nothing_due_by_midnight_is_urgent_in_the_night() -> None:
    for measure, version, part in parts():
        if isinstance(part, DutyRule) and part.kind == "sample":
            assert part.ladder.hour is not None, (measure.name, version.id)
            assert part.ladder.hour.hour >= 7
            assert part.ladder.grace


def test_a_transfer_weighs_more_than_any_routine_test() -> None:
    weights: dict[str, list[int]] = {"transfer": [], "sample": []}
    for measure, _, part in parts():
        if isinstance(part, DutyRule) and part.kind in weights and measure.name in ("close-contact", "case"):
            weights[part.kind].append(part.consequence)
    every_sample = [part.consequence for _, _, part in parts() if isinstance(part, DutyRule) and part.kind == "sample"]
    assert min(weights["transfer"]) > max(every_sample)


def test_all_four_parties_own_something() -> None:
    owners = {part.owner.party for _, _, part in parts() if isinstance(part, DutyRule)}
    assert owners == set(Party)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_the_stored_text_gives_the_same_rulebook_again(book: Rulebook) -> None:
    assert load_text(book.text).digest == book.digest


def test_every_measure_that_restricts_people_ends_on_8_january_2023() -> None:
    for measure, version in versions():
        if version is measure.versions[-1] and measure.line is not Line.INSTRUCTIONS:
            assert version.repealed, measure.name
            assert version.id <= "2023-01-08"


def test_parameters_hold_on_their_days() -> None:
    cn = BOOKS[0]
    for name, day, value in [
        ("look-back-days", date(2022, 6, 27), 14),
        ("look-back-days", date(2022, 6, 28), 7),
        ("look-back-days", date(2022, 6, 29), 7),
        ("round-hours", date(2022, 3, 22), 24),
        ("driver-test-validity-hours", date(2022, 4, 18), 48),
        ("release-ct", date(2022, 12, 7), 35),
    ]:
        held = cn.parameters[name].on(day)
        assert held is not None
        assert held.value == value
    assert cn.parameters["round-hours"].on(date(2022, 3, 21)) is None
    assert cn.parameters["driver-test-validity-hours"].on(date(2022, 4, 17)) is None


def test_the_city_is_nowhere_stricter_than_a_national_measure_of_the_same_name() -> None:
    assert ceiling(BOOKS[1], BOOKS[0]) == []


def test_a_city_that_keeps_contacts_longer_would_be_named() -> None:
    files = split(BOOKS[0].text)
    above = files["measures/close-contact.yaml"]
    longer = above.replace("        days: 3\n", "        days: 10\n")
    assert longer != above
    head = 'rulebook: stricter\ntitle: {en: "Made up", zh: "虚构"}\ntimezone: Asia/Shanghai\n'
    head += 'jurisdictions: ["3204"]\noverlays: cn\n'
    local = load({"rulebook.yaml": head, "measures/close-contact.yaml": longer}, parent=BOOKS[0])
    assert {problem.line for problem in ceiling(local, BOOKS[0])}
