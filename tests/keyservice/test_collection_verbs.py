"""`epiloop keys collection`: going on and ending by decision, from the terminal of the key service's machine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from epiloop.core.errors import InvalidInput
from epiloop.project.home import KeyHome, key_home_at
from epiloop.project.keyservice import daykeeping
from epiloop.project.keyservice.verbs import keys
from keyservice.keeping import Keeping


@pytest.fixture
def home(tmp_path: Path) -> KeyHome:
    return key_home_at(tmp_path / "keys").lay_out(renewal=True, keep_days=3, time_zone="Asia/Tokyo")


def run(home: KeyHome, *arguments: str) -> Result:
    return CliRunner().invoke(keys, ["collection", *arguments, "--home", str(home.home)])


def kept(home: KeyHome) -> Keeping:
    made = daykeeping.keeping(key_home_at(home.home), bytes(32))
    made.tend()
    return made


def test_collection_goes_on_as_long_as_decided_and_ends_at_once(home: KeyHome) -> None:
    assert kept(home).keys() == {}
    today = kept(home).today()
    until = today + timedelta(days=2)
    said = run(home, "renew", "--decision", "Decision 7", "--until", until.isoformat())
    assert (said.exit_code, '"decision": "Decision 7"' in said.output) == (0, True)
    assert [min(kept(home).keys()), max(kept(home).keys())] == [today - timedelta(days=2), until]
    said = run(home, "end", "--decision", "Decision 8", "--yes")
    assert said.exit_code == 0
    assert said.output.splitlines()[:-1] == [str(today + timedelta(days=number)) for number in range(-2, 3)]
    assert kept(home).keys() == {}
    assert {path.name for path in home.days_dir.rglob("*") if path.is_file()} == {"collection", "destroyed"}


def test_nothing_is_ended_by_mistake(home: KeyHome) -> None:
    said = CliRunner().invoke(keys, ["collection", "end", "--decision", "x", "--home", str(home.home)], input="n\n")
    assert said.exit_code == 1
    assert kept(home).decisions.last() is None


def test_a_decision_of_too_many_days_is_refused(home: KeyHome) -> None:
    far = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    said = run(home, "renew", "--decision", "Decision 7", "--until", far)
    assert isinstance(said.exception, InvalidInput)


@pytest.mark.parametrize(
    "wrong",
    [
        'keep_days = "long"',
        "keep_days = 29",
        "keep_days = 20",
        "keep_basis = 3",
        'renewal = "no"',
        'time_zone = "Mars"',
    ],
)
def test_settings_that_say_nothing_are_refused_at_the_start_and_those_of_before_hold_later(
    tmp_path: Path, wrong: str, caplog
) -> None:
    home = key_home_at(tmp_path / "keys").lay_out()
    made = daykeeping.keeping(home)
    lines = home.settings_file.read_text().splitlines()
    name = wrong.split(maxsplit=1)[0]
    changed = [wrong if line.startswith(f"{name} =") else line for line in lines]
    home.settings_file.write_text("\n".join(changed))
    with pytest.raises(InvalidInput):
        daykeeping.keeping(key_home_at(home.home))
    assert made.rules().retention.days == 14
    assert wrong.startswith("time_zone") or caplog.records


def test_settings_cut_by_an_editor_destroy_nothing_and_fewer_days_count_when_they_have_stood(tmp_path: Path) -> None:
    home = key_home_at(tmp_path / "keys").lay_out(keep_days=28, keep_basis="Decision 9")
    now = [0.0]
    rules = daykeeping._rules(home, lambda: now[0])
    whole = home.settings_file.read_text()

    def days(text: str, at: float) -> int:
        home.settings_file.write_text(text)
        now[0] = at
        return rules().retention.days

    wait = daykeeping.STANDS_SECONDS
    assert [days(text, wait * 9) for text in ("", whole[: whole.index("keep_days") + 11], whole)] == [28, 28, 28]
    ten, nine = (whole.replace("keep_days = 28", f"keep_days = {number}") for number in (10, 9))
    assert [days(ten, 0), days(ten, wait - 1), days(nine, wait), days(whole, wait), days(ten, wait + 1)] == [28] * 5
    assert [days(ten, 2 * wait), days(ten, 2 * wait + 1)] == [28, 10]
    assert days(whole, 3 * wait) == 28
    home.settings_file.write_text("")
    with pytest.raises(InvalidInput):
        daykeeping.keeping(key_home_at(home.home))


def test_a_standby_elsewhere_is_not_made_here(tmp_path: Path) -> None:
    away = tmp_path / "mounted"
    home = key_home_at(tmp_path / "keys").lay_out(standby=str(away))
    made = daykeeping.keeping(home, bytes(32))
    assert daykeeping._tended(made, "").startswith(str(away))
    assert not away.exists()
    assert made.keys() == {}
    away.mkdir(mode=0o700)
    assert daykeeping._tended(made, "") == ""
    assert len(made.keys()) == 21 == len(list(away.iterdir()))
    assert daykeeping.status(made)["retention"]["swap"] in (True, False)
