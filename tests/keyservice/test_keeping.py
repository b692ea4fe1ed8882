"""Days are made ahead, filled, and gone in time; what is due is not read even before it is destroyed."""

import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.keyservice.sealing import CLOCK, NOON, came, gate

from epiloop.core.errors import Broken, InvalidInput, Unavailable
from epiloop.vault.hours import announced
from epiloop.vault.visits import Said
from keyservice.blocks import row_of
from keyservice.books import Books
from keyservice.collection import Decision, Decisions
from keyservice.days import DaySecrets, Retention
from keyservice.destroyed import Record
from keyservice.keeping import Keeping, Rules
from keyservice.segments import ALIKE, Gap, Segments
from keyservice.stored import Keeper

DAY = date(2022, 7, 3)
SIGNER = bytes(range(32))
VERIFIER = Ed25519PrivateKey.from_private_bytes(SIGNER).public_key().public_bytes_raw()
WHY = "Headquarters, decision 7"


@dataclass
class Home:
    """The files of a key service, and a clock and settings that a test sets."""

    below: Path
    now: datetime = datetime(2022, 7, 3, 4, tzinfo=UTC)
    rules: Rules = field(default_factory=lambda: Rules(Retention(), renewal=False))
    kept: Keeping = field(init=False)

    def __post_init__(self) -> None:
        for name in ("secrets", "standby"):
            (self.below / name).mkdir(mode=0o700, exist_ok=True)
        secrets = DaySecrets(self.below / "secrets", self.below / "standby")
        decisions = Decisions(self.below / "collection")
        segments = Segments(self.below / "segments", Books(self.below / "books"))
        record = Record(self.below / "destroyed")
        self.kept = Keeping(
            secrets, segments, decisions, record, lambda: self.rules, lambda: self.now, CLOCK, SIGNER, os.urandom
        )

    def on(self, day: date) -> Keeping:
        """The days, at noon of a day."""
        self.now = datetime(day.year, day.month, day.day, 12, tzinfo=CLOCK)
        return self.kept

    def said(self) -> set[tuple[date, int]]:
        """The day and the visit of all that can be read."""
        segments, keys = self.kept.days()
        rows = [(day, row_of(one, at, day)) for day, some in segments.items() for one in some for at in range(len(one))]
        return {(day, int.from_bytes(Keeper(keys[day]).open(row).said.visit, "big")) for day, row in rows}

    def files(self) -> set[str]:
        return {str(path.relative_to(self.below)) for path in self.below.rglob("*") if path.is_file()}


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home(tmp_path)
    made.kept.tend()
    return made


def sent(home: Home, *said: Said) -> tuple[bytes, bytes]:
    """Rows and keys as a gate makes them that knows the announced days only."""
    rows, wrapped = gate(said, home.kept.keys())
    return b"".join(row.pack() for row in rows), b"".join(wrapped)


def visit(number: int, day: date = DAY, stay: int = 60) -> Said:
    return came(number, NOON + (day - DAY).days * 86_400, stay, person=number)


def window(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_days_are_there_a_week_ahead_and_as_long_as_they_are_kept_and_are_announced_signed(home) -> None:
    days = window(date(2022, 6, 20), date(2022, 7, 10))
    assert list(announced(home.kept.announcement(), VERIFIER)) == days == list(home.kept.keys())
    home.on(date(2022, 7, 4))
    assert list(announced(home.kept.announcement(), VERIFIER)) == window(date(2022, 6, 21), date(2022, 7, 11))
    home.kept.secrets.check()


def test_a_day_begins_at_midnight_of_the_jurisdiction(home) -> None:
    home.now = datetime(2022, 7, 3, 15, 59, 59, tzinfo=UTC)
    assert home.kept.today() == DAY
    home.now += timedelta(seconds=1)
    assert home.kept.today() == date(2022, 7, 4)


def test_what_is_collected_is_there_once_however_often_it_is_sent(home) -> None:
    late = visit(3, stay=43_200 + 60)
    rows, keys = sent(home, visit(1), visit(2), late)
    assert home.kept.collect(rows, keys) == {"kept": 3} == home.kept.collect(rows, keys)
    assert home.kept.collect(*sent(home, visit(2), visit(1))) == {"kept": 2}
    assert home.said() == {(DAY, 1), (DAY, 2), (DAY, 3), (date(2022, 7, 4), 3)}
    assert sum(len(one) for one in home.kept.days()[0][DAY]) == 5  # 1 and 2 in another batch
    for number in range(ALIKE):
        home.kept.collect(*sent(home, visit(2), visit(10 + number)))
    home.kept.tend()
    (whole,) = home.kept.days()[0][DAY]
    assert len(whole) == 3 + ALIKE


def test_a_day_that_is_over_is_kept_in_one_file_and_days_take_turns(home) -> None:
    days = DAY, DAY + timedelta(days=1)
    for number in range(3):
        home.kept.collect(*sent(home, *(visit(2 * number + at, day) for at, day in enumerate(days))))
    home.kept.tend()
    assert [len(home.kept.days()[0][day]) for day in days] == [3, 3], "neither is over"
    home.on(DAY + timedelta(days=2)).tend()
    assert [len(home.kept.days()[0][day]) for day in days] == [3, 1]
    home.kept.tend()
    assert [len(home.kept.days()[0][day]) for day in days] == [1, 1]
    assert home.said() == {(day, 2 * number + at) for number in range(3) for at, day in enumerate(days)}
    assert home.kept.gaps() == {}


def test_what_is_dropped_is_counted_and_logged_without_anything_of_it(home, caplog) -> None:
    rows, keys = sent(home, visit(1), visit(2, DAY - timedelta(days=13)))
    home.on(date(2022, 7, 4)).tend()
    caplog.clear()
    assert home.kept.collect(rows + rows[:92], keys[86:]) == {"kept": 0, "no-key": 2, "no-day": 1}
    (said,) = caplog.messages
    assert said == "collected: 0; dropped: {'no-key': 2, 'no-day': 1}"


def test_what_is_due_is_not_read_even_before_it_is_destroyed_and_then_it_is_gone(home) -> None:
    home.kept.collect(*sent(home, visit(1), visit(2, date(2022, 7, 4))))
    home.on(date(2022, 7, 16))
    assert home.said() == {(DAY, 1), (date(2022, 7, 4), 2)}
    home.on(date(2022, 7, 17))
    assert home.said() == {(date(2022, 7, 4), 2)}
    assert "secrets/2022-07-03" in home.files()
    home.kept.tend()
    assert not [name for name in home.files() if "2022-07-03" in name]
    home.on(DAY)  # a clock that goes back brings nothing back
    home.kept.tend()
    assert home.said() == {(date(2022, 7, 4), 2)}


def test_with_the_standby_away_what_is_due_goes_and_what_is_there_goes_on(home) -> None:
    home.kept.collect(*sent(home, visit(1)))
    away = (home.below / "standby").rename(home.below / "away")
    home.on(date(2022, 7, 17))
    with pytest.raises(Unavailable):
        home.kept.tend()
    assert "secrets/2022-07-03" not in home.files()
    assert not [name for name in home.files() if name.startswith("segments/2022-07-03")]
    assert "wrong" in home.kept.status()["retention"]
    away.rename(home.below / "standby")
    home.kept.tend()
    assert not [name for name in home.files() if "2022-07-03" in name]
    home.kept.secrets.check()


def test_a_lost_directory_drops_nothing_and_comes_back_from_the_standby(home) -> None:
    rows = sent(home, visit(1))
    for path in (home.below / "secrets").iterdir():
        path.unlink()
    with pytest.raises(Unavailable):
        home.kept.collect(*rows)
    home.kept.tend()
    assert home.kept.collect(*rows) == {"kept": 1}
    (home.below / "secrets").rename(home.below / "lost")
    with pytest.raises(Unavailable):
        home.kept.collect(*rows)


def test_a_day_whose_secret_is_lost_on_both_sides_begins_anew_and_says_so(home, caplog) -> None:
    home.kept.collect(*sent(home, visit(1)))
    for name in ("secrets", "standby"):
        (home.below / name / str(DAY)).unlink()
    home.kept.tend()
    assert home.said() == set()
    assert "the secret of a day is lost: 2022-07-03" in caplog.messages
    home.kept.collect(*sent(home, visit(2)))
    assert home.said() == {(DAY, 2)}


def test_without_a_renewed_decision_collection_stops_and_what_there_is_stays_until_it_is_due(home) -> None:
    home.rules = Rules(Retention(), renewal=True)
    assert announced(home.kept.announcement(), VERIFIER) == {}
    home.kept.decisions.renew(WHY, date(2022, 7, 5), at=home.now, today=DAY)
    assert list(announced(home.kept.announcement(), VERIFIER))[-1] == date(2022, 7, 5)
    assert home.kept.status()["collection"]["on"]
    home.kept.collect(*sent(home, visit(1)))
    late = sent(home, visit(2))
    too_late = sent(home, visit(3, date(2022, 7, 6)))
    home.on(date(2022, 7, 6)).tend()
    assert not home.kept.status()["collection"]["on"]
    assert home.kept.collect(*late) == {"kept": 1}  # a late check-in of a day that was decided
    assert home.kept.collect(*too_late) == {"kept": 0, "no-day": 1}
    assert home.said() == {(DAY, 1), (DAY, 2)}
    home.on(date(2022, 7, 17)).tend()
    assert home.said() == set()


@pytest.mark.parametrize("until", [date(2022, 7, 2), date(2022, 8, 3)])
def test_a_decision_holds_for_thirty_days_at_most_and_says_who_decided(home, until) -> None:
    with pytest.raises(InvalidInput):
        home.kept.decisions.renew(WHY, until, at=home.now, today=DAY)
    with pytest.raises(InvalidInput):
        home.kept.decisions.renew("  ", DAY, at=home.now, today=DAY)
    assert home.kept.decisions.last() is None


def test_the_end_destroys_every_day_at_once_and_only_a_new_decision_begins_again(home, caplog) -> None:
    caplog.set_level(logging.INFO, "keyservice")
    rows = sent(home, visit(1))
    home.kept.collect(*rows)
    home.kept.end(WHY)
    assert home.files() == {"collection", "destroyed"}
    assert caplog.text.count("collection has ended") == 21
    assert home.kept.collect(*rows) == {"kept": 0, "no-day": 1}
    home.kept.tend()
    assert home.files() == {"collection", "destroyed"}
    told = home.kept.status()["collection"]
    assert (told["on"], told["what"], told["decision"]) == (False, "ended", WHY)
    home.kept.decisions.renew("Decision 8", DAY, at=home.now, today=DAY)
    home.kept.tend()
    assert home.kept.status()["collection"]["on"]
    assert home.kept.collect(*rows) == {"kept": 0, "key-shut": 1}


def test_a_day_made_while_the_end_was_written_is_destroyed_by_the_next_run(home) -> None:
    home.kept.end(WHY)
    home.kept.secrets.make(DAY, bytes(32))
    assert home.kept.keys() == {}
    home.kept.tend()
    assert home.files() == {"collection", "destroyed"}


def test_days_that_were_ended_while_the_standby_was_away_never_come_back(home) -> None:
    secrets = home.kept.secrets
    before = {path.name: path.read_bytes() for path in secrets.standby.iterdir()}
    away = secrets.standby.rename(secrets.standby.with_name("away"))
    with pytest.raises(Unavailable):
        home.kept.end(WHY)
    with pytest.raises(Unavailable):
        home.kept.renew("Decision 8", DAY)
    away.rename(secrets.standby)
    home.kept.renew("Decision 8", DAY)
    assert home.files() == {"collection", "destroyed"}
    for name, secret in before.items():  # somebody puts an old disk of the standby in
        (secrets.standby / name).write_bytes(secret)
        (secrets.standby / name).chmod(0o600)
    home.kept.tend()
    ended = {path.name: path.read_bytes() for path in secrets.place.iterdir() if path.name <= str(DAY)}
    assert len(ended) == 14
    assert not any(ended[name] == before[name] for name in ended)


def test_decisions_are_read_as_they_were_written_and_a_torn_one_was_none(tmp_path) -> None:
    decisions = Decisions(tmp_path / "collection")
    at = datetime(2022, 7, 3, 4, tzinfo=UTC)
    decisions.renew("one\n two", DAY, at=at, today=DAY)
    with decisions.file.open("a") as file:
        file.write('{"what": "ended"')
    assert decisions.all() == [Decision(at, "one two", DAY)]
    decisions.end(WHY, at=at)
    assert decisions.all() == [Decision(at, "one two", DAY), Decision(at, WHY, None)]
    assert decisions.file.stat().st_mode & 0o777 == 0o600
    decisions.file.write_text("nonsense\n")
    with pytest.raises(Broken):
        decisions.all()


def test_status_says_what_there_is_of_each_day_and_nothing_else(home) -> None:
    home.kept.collect(*sent(home, visit(1), visit(2)))
    told = home.kept.status()
    days = {one["day"]: one for one in told["days"]}
    assert len(days) == 21
    this = days[str(DAY)]
    assert this.pop("bytes") > 200
    assert [this.pop(name) for name in ("whole", "missing_rows", "missing_files")] == [True, 0, 0]
    assert this == {"day": "2022-07-03", "held": True, "copied": True, "leftover": False, "rows": 2, "files": 1}
    assert told["retention"] == {
        "days": 14,
        "basis": "",
        "standby": str(home.below / "standby"),
        "wrong": "",
    }
    assert told["collection"] == {
        "on": True,
        "renewal": False,
        "what": None,
        "decision": None,
        "decided_at": None,
        "until": None,
    }


def test_a_damaged_file_of_one_day_stops_searches_and_not_the_keeping(home) -> None:
    for number in range(ALIKE):
        home.kept.collect(*sent(home, visit(number)))
    path = next((home.below / "segments" / str(DAY)).iterdir())
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(Broken):
        Home(home.below, now=home.now).kept.days()
    home.on(date(2022, 7, 5))
    with pytest.raises(Broken):
        Home(home.below, now=home.now).kept.tend()
    assert "secrets/2022-07-12" in home.files()
    assert str(home.kept) == "Keeping(...)"


def test_a_file_that_was_removed_is_missed_by_name_and_number_until_its_day_goes(home) -> None:
    for number in range(3):
        home.kept.collect(*sent(home, visit(2 * number), visit(2 * number + 1)))
    assert home.kept.gaps() == {}
    one, *_others = sorted((home.below / "segments" / str(DAY)).glob("*.seg"))
    one.unlink()
    assert home.kept.gaps() == {DAY: Gap(1, 2)}
    assert len(home.said()) == 4, "what is left can be read"
    told = next(day for day in home.kept.status()["days"] if day["day"] == str(DAY))
    assert (told["whole"], told["missing_files"], told["missing_rows"], told["rows"]) == (False, 1, 2, 4)
    for number in range(10, 30):
        home.kept.collect(*sent(home, visit(number)))
    home.kept.tend()
    assert len(list((home.below / "segments" / str(DAY)).glob("*.seg"))) < 20, "files were merged meanwhile"
    assert home.kept.gaps() == {DAY: Gap(1, 2)}
    home.on(DAY + timedelta(days=15)).tend()
    assert home.kept.gaps() == {}
    assert not any(str(DAY) in path for path in home.files())


def test_a_day_that_was_removed_as_a_whole_or_whose_list_was_changed_is_missed(home) -> None:
    home.kept.collect(*sent(home, visit(1), visit(2)))
    folder, book = (home.below / name / str(DAY) for name in ("segments", "books"))
    lines = book.read_text()
    book.write_text(lines.replace(" 2\n", " 0\n"))
    assert home.kept.gaps() == {DAY: Gap(0, 0)}
    home.kept.collect(*sent(home, visit(3)))
    assert DAY in home.kept.gaps(), "a list that was changed is not made good by the next file"
    book.write_text(lines)
    rmtree(folder)
    assert home.kept.gaps() == {DAY: Gap(1, 2)}
