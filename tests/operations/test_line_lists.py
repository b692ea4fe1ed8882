"""Real line lists come in by mappings alone: what is counted, what is rejected, and whom to ask after on a day."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.histories import recorded
from tests.operations.independent_mers import count, read

from epiloop.core.ids import derived
from epiloop.core.instants import day_of
from epiloop.operations.investigation import queries
from epiloop.operations.investigation.events import facts
from epiloop.operations.investigation.mapping import (
    Imported,
    Mapping,
    Setting,
    guess,
    import_lists,
    parse_mapping,
    read_csv,
    signature,
    to_yaml,
)
from epiloop.operations.investigation.queries import CaseRecord, LinkRecord
from epiloop.operations.investigation.state import fold
from epiloop.rules.engine import evaluate
from epiloop.rules.regimes import Adoption, Context
from epiloop.rules.source import load_named

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
MAPPINGS = HERE.parent / "data" / "mappings"
ZONE = ZoneInfo("Asia/Seoul")
SETTING = Setting(ZONE, 3204120010010000, date(2026, 11, 1), b"only a test's key")
LISTS = {
    "mers-line-list": ("mers-korea-2015", "linelist.csv", "contacts.csv"),
    "covid-clusters": ("covid-singapore-2020", "cases.csv", "links.csv"),
    "ebola-simulated": ("ebola-simulated", "linelist.csv", "contacts.csv"),
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real line lists are not here: {DATA}")


def mapping(name: str) -> Mapping:
    return parse_mapping((MAPPINGS / f"{name}.yaml").read_text("utf-8"))


@cache
def sheets(name: str):
    folder, cases, contacts = LISTS[name]
    texts = [(DATA / folder / file).read_text("utf-8") for file in (cases, contacts)]
    return read_csv(texts[0]), read_csv(texts[1], sheet="contacts")


@cache
def imported(name: str) -> Imported:
    return import_lists(mapping(name), *sheets(name), SETTING)


@cache
def found_in(name: str) -> tuple[list[CaseRecord], list[LinkRecord]]:
    return records(imported(name))


def records(run: Imported) -> tuple[list[CaseRecord], list[LinkRecord]]:
    """What a reader would find of the imported events, by way of every person's state."""
    cases, links = [], []
    for stream, drafts in run.by_stream().items():
        state = fold(stream, recorded(drafts))
        cases += [
            CaseRecord(stream, each.disease, day_of(each.since, ZONE), each.onset, each.reported)
            for each in state.cases.values()
        ]
        links += [
            LinkRecord(each.link, stream, source, each.disease, each.ring, each.last_exposure, each.setting)
            for each in state.links.values()
            for source in each.sources
        ]
    return cases, links


COUNTS = [
    # list, good case rows, good contact rows, rejected, people
    ("mers-line-list", 162, 98, 0, 162),
    ("covid-clusters", 93, 70, 1, 93),
    ("ebola-simulated", 5829, 3800, 0, 7047),
]


@pytest.mark.parametrize(("name", "cases", "contacts", "rejected", "people"), COUNTS)
def test_whole_lists_come_in(name: str, cases: int, contacts: int, rejected: int, people: int) -> None:
    run = imported(name)
    assert Counter(row.sheet for row in run.rows) == {"cases": cases, "contacts": contacts}
    assert len(run.errors) == rejected
    assert len(run.by_stream()) == people


def test_the_only_rejected_row_is_a_link_of_somebody_to_themselves() -> None:
    (error,) = imported("covid-clusters").errors
    assert (error.sheet, error.line, error.column) == ("contacts", 63, "to")
    assert "own contact" in error.render()


@pytest.mark.parametrize("name", LISTS)
def test_the_same_file_twice_says_the_same_under_the_same_keys(name: str) -> None:
    first = imported(name).by_stream()
    second = import_lists(mapping(name), *sheets(name), SETTING).by_stream()
    assert first == second
    assert all(draft.source_key for drafts in first.values() for draft in drafts)
    keys = [(stream, draft.source_key) for stream, drafts in first.items() for draft in drafts]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", LISTS)
def test_every_date_of_the_files_arrives_in_its_field(name: str) -> None:
    """Counted again with the csv module: as many onsets, infections and outcomes as cells that say so."""
    folder, file, _ = LISTS[name]
    with (DATA / folder / file).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    column = {"mers-line-list": "dt_onset", "covid-clusters": "date_onset_symptoms", "ebola-simulated": "date_of_onset"}
    onsets = [row[column[name]] for row in rows if row[column[name]] not in ("", "NA")]
    cases, _ = found_in(name)
    assert sorted(case.onset.isoformat() for case in cases if case.onset) == sorted(onsets)


def test_coordinates_and_hospital_are_sealed() -> None:
    run = imported("ebola-simulated")
    (case,) = [draft.body for draft in run.rows[0].drafts if draft.body.kind == "case-determined"]
    open_part, secret_part = case.parts()
    assert set(secret_part) == {"position", "hospital", "kept"}
    assert not set(secret_part) & set(open_part)


def test_korea_2015_follow_up_agrees_with_the_independent_script() -> None:
    on = date(2015, 6, 5)
    cases, links = found_in("mers-line-list")
    found = queries.follow_up_list(links, cases, disease="mers", on=on, window=14)
    people, raw_links = read(DATA / LISTS["mers-line-list"][0])
    n, everyone, diagnosed, lines = count(people, raw_links, on)
    assert (found.links, len(found.lines) + len(found.cases), len(found.cases), len(found.lines)) == (65, 63, 9, 54)
    assert (n, len(everyone), len(diagnosed), len(lines)) == (65, 63, 9, 54)
    assert {line.person for line in found.lines} == ids(lines)
    assert {line.person for line in found.cases} == ids(diagnosed)
    assert sum(len(line.sources) for line in (*found.lines, *found.cases)) == 65


@pytest.mark.parametrize("day", range(1, 31))
def test_every_day_of_june_agrees_with_the_independent_script(day: int) -> None:
    on = date(2015, 6, day)
    cases, links = found_in("mers-line-list")
    found = queries.follow_up_list(links, cases, disease="mers", on=on, window=14)
    n, _, diagnosed, lines = count(*read(DATA / LISTS["mers-line-list"][0]), on)
    assert found.links == n
    assert {line.person for line in found.lines} == ids(lines)
    assert {line.person for line in found.cases} == ids(diagnosed)


def test_the_rules_themselves_give_the_same_fifty_four_people() -> None:
    """From file to facts to the rulebook's duties, without a database."""
    noon = datetime(2015, 6, 5, 3, tzinfo=UTC)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    adoptions = [Adoption(book, now) for book in load_named(HERE.parents[1] / "rulebooks", "who")]
    due = set()
    for stream, drafts in imported("mers-line-list").by_stream().items():
        told = [
            fact
            for entry in recorded(drafts, start=now)
            for fact in facts(entry.body, occurred_at=entry.occurred_at, recorded_at=now, ref=entry.ref)
        ]
        plan = evaluate(told, adoptions, Context(ZONE, SETTING.jurisdiction), at=noon, known_at=now)
        due |= {
            stream
            for duty in plan.duties
            if duty.kind == "follow-up" and duty.start <= noon < duty.due and duty.state == "open"
        }
    people, links = read(DATA / LISTS["mers-line-list"][0])
    assert due == ids(count(people, links, date(2015, 6, 5))[3])


def ids(outside: set[str]) -> set[UUID]:
    return {derived("person", "mers-line-list", each) for each in outside}


def test_links_without_an_exposure_day_are_kept_and_listed() -> None:
    _, links = found_in("mers-line-list")
    unknown = queries.exposure_unknown(links)
    assert {link.person for link in unknown} == ids({"SK_107"})
    assert len(unknown) == 2


def test_a_mapping_may_reject_links_without_an_exposure_day_instead() -> None:
    text = (MAPPINGS / "mers-line-list.yaml").read_text("utf-8").replace("otherwise: unknown", "otherwise: reject")
    run = import_lists(parse_mapping(text), *sheets("mers-line-list"), SETTING)
    assert len(run.errors) == 2
    assert {error.column for error in run.errors} == {"last_exposure"}
    assert len(run.rows) == 162 + 96


GUESSED = [
    ("mers-line-list", {"onset": "dt_onset", "diagnosed": "dt_diag", "exposure_last": "dt_end_exp", "from": "from"}),
    ("covid-clusters", {"id": "CaseID", "onset": "date_onset_symptoms", "diagnosed": "date_confirmation"}),
    ("ebola-simulated", {"sex": "gender", "longitude": "lon", "from": "infector", "to": "case_id"}),
]


@pytest.mark.parametrize(("name", "expected"), GUESSED)
def test_a_mapping_guessed_from_headings_imports_as_many_rows(name: str, expected: dict[str, str]) -> None:
    cases, contacts = sheets(name)
    proposed = guess(cases.headings, contacts.headings, system=mapping(name).system, disease="mers")
    fields = {**proposed.cases, **proposed.contacts}
    for field, column in expected.items():
        assert fields[field].sources[0].name == column
    guessed, stated = import_lists(proposed, cases, contacts, SETTING), imported(name)
    assert Counter(row.sheet for row in guessed.rows) == Counter(row.sheet for row in stated.rows)
    assert parse_mapping(to_yaml(proposed)) == proposed


def test_a_guess_gives_the_same_follow_up_on_the_korean_list() -> None:
    cases, contacts = sheets("mers-line-list")
    proposed = guess(cases.headings, contacts.headings, system="mers-line-list", disease="mers")
    found = queries.follow_up_list(
        *reversed(records(import_lists(proposed, cases, contacts, SETTING))),
        disease="mers",
        on=date(2015, 6, 5),
        window=14,
    )
    assert (found.links, len(found.lines), len(found.cases)) == (65, 54, 9)


def test_each_list_has_its_own_signature_whatever_the_order_of_columns() -> None:
    marks = {signature(*(sheet.headings for sheet in sheets(name))) for name in LISTS}
    assert len(marks) == 3
    cases, contacts = sheets("mers-line-list")
    upper = [heading.upper() for heading in reversed(cases.headings)]
    assert signature(upper, contacts.headings) in marks


def test_the_epidemic_curve_counts_every_case_once_and_says_how_many_onsets_are_missing() -> None:
    cases, _ = found_in("mers-line-list")
    curve = queries.epidemic_curve(cases)
    assert (curve.total, curve.onset_missing) == (162, 27)
    assert sum(day.by_onset + day.by_report for day in curve.days) == 162
    assert curve.days[0].day == date(2015, 5, 11)
    assert all((later.day - day.day).days == 1 for day, later in zip(curve.days, curve.days[1:], strict=False))


def test_the_transmission_tree_of_the_korean_list() -> None:
    tree = queries.transmission_tree(*found_in("mers-line-list"))
    assert (len(tree.nodes), len(tree.edges)) == (162, 98)
    infected = {node.person: node.infected for node in tree.nodes}
    assert infected[derived("person", "mers-line-list", "SK_14")] == 38
    generation = {node.person: node.generation for node in tree.nodes}
    assert generation[derived("person", "mers-line-list", "SK_1")] == 0
    assert all(generation[edge.person] <= generation[edge.source] + 1 for edge in tree.edges)
    with (DATA / "mers-korea-2015" / "contacts.csv").open(encoding="utf-8", newline="") as file:
        stated = sorted(int(row["diff_dt_onset"]) for row in csv.DictReader(file) if row["diff_dt_onset"])
    assert list(tree.serial_intervals) == stated


def test_the_tree_of_a_large_outbreak_holds_every_link_to_a_case() -> None:
    cases, links = found_in("ebola-simulated")
    tree = queries.transmission_tree(cases, links)
    people = {case.person for case in cases}
    assert len(tree.edges) == sum(link.person in people for link in links)
    assert {node.person for node in tree.nodes if node.generation == 0} == set(tree.roots)
