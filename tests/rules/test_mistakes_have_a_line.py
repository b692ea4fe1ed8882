"""Every mistake in a rulebook is reported as file:line with what is wrong."""

from collections.abc import Callable

import pytest
from tests.rules.cast import HEAD, RULEBOOKS, book

from epiloop.rules.loader import canonical, load, load_text
from epiloop.rules.text import RulebookInvalid

GOOD = (RULEBOOKS / "who" / "measures" / "mers-contact.yaml").read_text("utf-8")
CASE = (RULEBOOKS / "who" / "measures" / "mers-case.yaml").read_text("utf-8")
PATH = "measures/mers-contact.yaml"


def problems(text: str) -> list[str]:
    with pytest.raises(RulebookInvalid) as caught:
        load({"rulebook.yaml": HEAD, PATH: text, "measures/mers-case.yaml": CASE}, root="book/")
    return [str(problem) for problem in caught.value.problems]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


SECOND = GOOD[GOOD.index("  - version:") :]

MISTAKES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "no YAML": (lambda text: text.replace("line: people", "line: [people"), "subject: person", "This is not YAML"),
    "a key twice": (lambda text: text.replace("line: people", "line: people\nline: people"), "", "stands here twice"),
    "an unknown key": (lambda text: text.replace("outcome: died}", "outcom: died}"), "outcom: died}", "outcom"),
    "no source": (lambda text: text.replace("    source:\n", "    sauce:\n"), "- version: 2013", "source"),
    "an unknown status": (
        lambda text: text.replace("status: follow-up", "status: grounded"),
        "status: grounded",
        "Unknown status grounded",
    ),
    "an unknown fact": (
        lambda text: text.replace("fact: contact-withdrawn", "fact: contact-lost"),
        "fact: contact-lost",
        "Unknown fact contact-lost",
    ),
    "an unknown value": (lambda text: text.replace("ring: 1", "rang: 1"), "rang: 1", "Unknown value rang"),
    "a wrong value": (
        lambda text: text.replace("{outcome: died}", "{outcome: gone}"),
        "{outcome: gone}",
        "gone is not a value of outcome",
    ),
    "an unknown duty kind": (
        lambda text: text.replace("        kind: follow-up", "        kind: telephone"),
        "kind: telephone",
        "Unknown duty kind telephone",
    ),
    "an unknown post": (
        lambda text: text.replace("post: community-health-worker", "post: aunt"),
        "post: aunt",
        "Unknown post aunt",
    ),
    "an unknown stage": (
        lambda text: text.replace("        stage: monitoring", "        stage: watching"),
        "stage: watching",
        "Unknown stage watching",
    ),
    "a day the stage does not have": (
        lambda text: text.replace("clock: exposure\n        daily: true", "clock: stage\n        on_days: [3, 15]"),
        "on_days: [3, 15]",
        "has 14 days; there is no day 15",
    ),
    "a restriction without end": (
        lambda text: text.replace("        days: 14\n        clock: exposure", "        clock: stage"),
        "- stage: monitoring",
        "would never end",
    ),
    "a version twice": (lambda text: text + SECOND, "", "stands here twice"),
    "versions that overlap": (
        lambda text: text + SECOND.replace("version: 2013-07-05", "version: 2013-07-06"),
        "",
        "overlaps the one in line",
    ),
    "no such day": (
        lambda text: text.replace("in_force: 2013-07-05", "in_force: 2013-02-30"),
        "in_force: 2013-02-30",
        "2013-02-30 is not a day",
    ),
    "in force before it is issued": (
        lambda text: text.replace("in_force: 2013-07-05", "in_force: 2013-07-05\n    issued: 2013-07-06"),
        "issued: 2013-07-06",
        "before it is issued",
    ),
    "a day zero the fact does not give": (
        lambda text: text.replace("day_zero: last_exposure", "day_zero: onset"),
        "day_zero: onset",
        "onset is not a day",
    ),
    "an unknown measure": (
        lambda text: text.replace("superseded_by: [mers-case]", "superseded_by: [flu-case]"),
        "superseded_by:",
        "There is no measure flu-case",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_its_file_and_line(name: str) -> None:
    change, marker, message = MISTAKES[name]
    text = change(GOOD)
    assert text != GOOD
    found = [problem for problem in problems(text) if message in problem]
    assert found, problems(text)
    if marker:
        assert any(problem.startswith(f"book/{PATH}:{line_of(text, marker)}: ") for problem in found), found


def test_all_mistakes_are_reported_at_once() -> None:
    text = GOOD.replace("status: follow-up", "status: grounded").replace("ring: 1", "rang: 1")
    assert len(problems(text)) == 2


def test_a_file_outside_the_folders_is_refused() -> None:
    with pytest.raises(RulebookInvalid, match="folders measures"):
        load({"rulebook.yaml": HEAD, "notes/a.yaml": "a: 1\n"})


def test_the_canonical_text_loads_again_to_the_same_rulebook() -> None:
    assert load_text(book("who").text).digest == book("who").digest


def test_cases_and_line_ends_do_not_change_the_digest() -> None:
    files = {"rulebook.yaml": HEAD, PATH: GOOD}
    other = {"rulebook.yaml": HEAD.replace("\n", "\r\n"), PATH: GOOD + "\n", "tests/a.yaml": "cases: []\n"}
    assert canonical(files) == canonical(other)


def test_any_change_of_the_law_changes_the_digest() -> None:
    assert canonical({"rulebook.yaml": HEAD, PATH: GOOD}) != canonical(
        {"rulebook.yaml": HEAD, PATH: GOOD.replace("days: 14", "days: 13")}
    )
