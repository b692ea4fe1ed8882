"""Terms of exposure in a rulebook: dated, sourced, checked with file and line; what the check lets through loads."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exposure.towns import examples
from tests.rules.cast import HEAD, RULEBOOKS

from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.exposure import load_terms
from epiloop.rules.diff import diff_books
from epiloop.rules.loader import load, load_text
from epiloop.rules.model import Rulebook
from epiloop.rules.source import load_named
from epiloop.rules.text import RulebookInvalid
from epiloop.runtime.laws import Adoption, Laws
from epiloop.runtime.terms import terms_in_force

PATH = "exposure/covid-19.yaml"
GOOD = (RULEBOOKS / "cn" / PATH).read_text("utf-8")
ALL = [load_named(RULEBOOKS, name)[-1] for name in ("cn", "jinhua", "who")]
FIRST = datetime(2000, 1, 1, tzinfo=UTC)


def made(text: str) -> Rulebook:
    return load({"rulebook.yaml": HEAD, PATH: text}, root="book/")


MISTAKES: dict[str, tuple[Callable[[str], str], str]] = {
    "a negative number": (lambda text: text.replace("window_days: 4", "window_days: -4"), "less than the minimum"),
    "no threshold": (lambda text: text.replace("ring_1: {minutes: 15}", "ring_1: {minutes: 0}", 1), "0"),
    "a word for a number": (lambda text: text.replace("rows: 3", "rows: few", 1), "few"),
    "an unknown term": (lambda text: text.replace("lag_hours", "lag_days", 1), "lag_days"),
    "between two seconds": (lambda text: text.replace("minutes: 15}", "minutes: 0.0000001}", 1), "come out whole"),
    "a weight of ten thousandths": (lambda text: text.replace("weight: 0.5}", "weight: 0.00051}", 1), "come out whole"),
    "an own part that is not there": (
        lambda text: text.replace("ring_2, kinds]", "ring_3]", 1),
        "ring_3 is not a part",
    ),
    "own numbers without a note": (
        lambda text: "\n".join(line for line in text.splitlines() if "note: The window is the source's" not in line),
        "note",
    ),
    "two versions at once": (lambda text: text.replace("in_force: 2022-06-28", "in_force: 2021-05-14"), "overlaps"),
    "an end before the beginning": (
        lambda text: text.replace("    issued: 2021-05-11", "    until: 2021-05-01", 1),
        "cannot end before",
    ),
    "terms of what is repealed": (
        lambda text: text.replace("    repealed: true", "    repealed: true\n    window_days: 2"),
        "False schema",
    ),
    "the name of another file": (
        lambda text: text.replace("exposure: covid-19", "exposure: mers"),
        "must be named after",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_terms_is_named_with_its_line(name: str) -> None:
    change, wanted = MISTAKES[name]
    text = change(GOOD)
    assert text != GOOD
    with pytest.raises(RulebookInvalid) as caught:
        made(text)
    said = [str(problem) for problem in caught.value.problems]
    assert any(wanted in one for one in said), said
    assert all(one.startswith(f"book/{PATH}:") for one in said)


def test_every_version_of_every_rulebook_loads_as_terms_and_says_which_numbers_are_its_own() -> None:
    seen = 0
    for book in ALL:
        for exposure in book.exposures.values():
            for version in exposure.versions:
                assert version.repealed or load_terms({"clause": "a clause", **version.terms}).first > 0
                # No document that we know of gives minutes.
                assert version.repealed or "ring_1" in version.own
                assert version.repealed or version.note
                seen += 1
    assert seen == 7
    assert ALL[1].exposures == {}  # the city has none of its own


AMOUNTS = st.sampled_from((0, 0.05, 0.1, 0.3, 1, 10, 0.0000001, 672, 673, 40320, 1000.0005, -1, 7 / 3))


@examples(100)
@given(
    st.dictionaries(
        st.sampled_from(("minimum_minutes", "lag_hours", "lag_minimum_minutes", "weight", "lag_weight", "rows")),
        AMOUNTS,
    ),
    AMOUNTS,
    AMOUNTS,
)
def test_what_the_rule_language_lets_through_loads_and_what_it_refuses_does_not(setting, minutes, latency) -> None:
    terms = {
        "window_days": 2,
        "ring_1": {"minutes": minutes},
        "ring_2": {"minutes": 120, "latency_hours": latency},
        "kinds": {"train": setting},
    }
    lines = [f"    {name}: {value}" for name, value in terms.items()]
    head = "\n".join(GOOD.splitlines()[: GOOD.splitlines().index("    window_days: 4")]).replace(
        "ring_2, kinds", "kinds"
    )
    try:
        made("\n".join([head, *lines, ""]).replace("'", "").replace("e-07", "E-07"))
    except RulebookInvalid:
        with pytest.raises(InvalidInput):
            load_terms({"clause": "a clause", **terms})
    else:
        load_terms({"clause": "a clause", **terms})


def test_terms_are_part_of_the_law_and_of_what_an_adoption_would_change() -> None:
    other = made(GOOD.replace("window_days: 4", "window_days: 3"))
    assert made(GOOD).digest != other.digest
    assert load_text(other.text).exposures["covid-19"].versions[0].terms["window_days"] == 3
    (change,) = diff_books(made(GOOD), other)
    assert str(change) == "covid-19 2021-05-14: exposure.window_days was 4, is 3."


def laws(*books: Rulebook) -> Laws:
    return Laws(tuple(Adoption(book, FIRST) for book in books))


def test_the_terms_in_force_name_clause_version_and_source() -> None:
    found = terms_in_force(laws(ALL[0]), "covid-19", code("330702"), datetime(2022, 6, 28, 1, tzinfo=UTC))
    assert found is not None
    assert (found.rulebook, found.version, found.digest) == ("cn", "2022-06-28", ALL[0].digest)
    assert found.terms.window_days == 2
    assert found.terms.clause == "who is a close contact (2022-06-28)"
    assert found.source.certainty == "reported"
    assert found.own == ("ring_1", "ring_2", "kinds")


@pytest.mark.parametrize(("hour", "version"), [(15, "2021-05-14"), (16, "2022-06-28")])
def test_terms_change_at_midnight_of_the_jurisdiction(hour, version) -> None:
    at = datetime(2022, 6, 27, hour, tzinfo=UTC)
    found = terms_in_force(laws(ALL[0]), "covid-19", code("33"), at)
    assert found is not None
    assert found.version == version


def test_a_local_rulebook_goes_first_in_its_place_and_ends_with_the_ceiling() -> None:
    head = HEAD.replace("jurisdictions: all", 'jurisdictions: ["3307"]')
    head += "overlays: cn\n"
    text = GOOD[: GOOD.index("  # 第九版")].replace("ring_1: {minutes: 15}", "ring_1: {minutes: 30}")
    local = load({"rulebook.yaml": head, PATH: text}, parent=ALL[0])
    both, at = laws(ALL[0], local), datetime(2022, 9, 15, tzinfo=UTC)
    here, elsewhere = (terms_in_force(both, "covid-19", code(place), at) for place in ("330702", "320412"))
    assert here is not None
    assert elsewhere is not None
    assert (here.rulebook, here.terms.first) == (local.name, 30 * 60_000)
    assert (elsewhere.rulebook, elsewhere.terms.first) == ("cn", 15 * 60_000)
    assert terms_in_force(both, "covid-19", code("330702"), datetime(2023, 1, 8, tzinfo=UTC)) is None
    assert terms_in_force(both, "plague", code("330702"), at) is None
