"""Files of sealed days: durable when acknowledged, whole whenever somebody is killed, and noticed when exchanged."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.keyservice.sealing import CLOCK, NOON, came

from epiloop.core.errors import Broken, Unavailable
from epiloop.exposure.segment import ALIGNED
from keyservice import segments
from keyservice.blocks import block, row_of
from keyservice.books import Books
from keyservice.days import keys_of
from keyservice.segments import ALIKE, Kept, Segments
from keyservice.stored import Stored, stored

DAY, NEXT = date(2022, 7, 3), date(2022, 7, 4)
KEYS = {day: keys_of(day, bytes(32)) for day in (DAY, NEXT)}
KILLED = Path(__file__).with_name("killed_segments.py")


def rows(first: int, count: int = 3, at: int = NOON) -> list[Stored]:
    said = [came(number, at + number, 60, person=number, zone=number % 7) for number in range(first, first + count)]
    return stored(said, KEYS, CLOCK)


def minutes(count: int) -> list[bytes]:
    return [block(rows(10 * number)) for number in range(count)]


def there(kept: Segments, day: date = DAY) -> list[Stored]:
    """All rows of a day, each as often as it is there."""
    opened = kept.opened({day: KEYS[day]}).get(day, [])
    found = [row_of(one, at, day) for one in opened for at in range(len(one))]
    return sorted(found, key=lambda row: row.payload)


def all_of(*parts: list[Stored]) -> list[Stored]:
    return sorted((row for part in parts for row in part), key=lambda row: row.payload)


@pytest.fixture
def kept(tmp_path) -> Segments:
    return Segments(tmp_path / "segments")


def files(kept: Segments) -> list[Path]:
    return sorted(path for path in kept._place.rglob("*") if path.is_file())


def test_what_was_written_is_there_for_every_process_and_the_same_block_is_there_once(kept, tmp_path) -> None:
    for _ in range(2):
        kept.write(KEYS[DAY], block(rows(1)))
    kept.write(KEYS[NEXT], block(rows(9, at=NOON + 86_400)))
    other = Segments(tmp_path / "segments")
    assert there(kept) == there(other) == rows(1)
    assert there(other, NEXT) == rows(9, at=NOON + 86_400)
    assert {path.stat().st_mode & 0o777 for path in files(kept)} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in files(kept)} == {0o700}
    told = kept.status()
    assert told[DAY] == Kept(1, 3, files(kept)[0].stat().st_size)
    assert set(told) == {DAY, NEXT}


def test_rows_that_differ_only_in_what_is_sealed_are_two_files(kept) -> None:
    parts = [stored([came(number, NOON, 60)], KEYS, CLOCK) for number in (1, 2)]  # one person, one zone, one quarter
    for part in parts:
        kept.write(KEYS[DAY], block(part))
    assert there(kept) == all_of(*parts)


def test_many_files_of_one_size_become_one_and_each_row_is_there_once(kept) -> None:
    for one in minutes(ALIKE - 1):
        kept.write(KEYS[DAY], one)
    assert kept.merge(KEYS[DAY]) == 0
    kept.write(KEYS[DAY], block(rows(0, 5)))  # three of them are there already
    before = {(row.payload) for row in there(kept)}
    assert kept.merge(KEYS[DAY]) == ALIKE
    assert kept.status()[DAY].files == 1
    assert [row.payload for row in there(kept)] == sorted(before)
    assert kept.merge(KEYS[DAY]) == 0


def test_a_row_is_written_again_a_few_times_only_however_many_minutes_a_day_has(kept) -> None:
    again = 0
    for number in range(200):
        kept.write(KEYS[DAY], block(rows(10 * number)))
        again += kept.merge(KEYS[DAY])
    assert len(there(kept)) == 600
    assert kept.status()[DAY].files < 3 * ALIKE
    assert again < 3 * 200


def test_files_of_days_that_are_not_kept_go(kept, tmp_path) -> None:
    kept.write(KEYS[DAY], block(rows(1)))
    kept.write(KEYS[NEXT], block(rows(9, at=NOON + 86_400)))
    (tmp_path / "segments" / "notes").mkdir()
    mapped = kept.opened(KEYS)[DAY]
    assert kept.drop(DAY) == (DAY,)
    assert kept.drop(DAY) == ()
    assert set(kept.opened(KEYS)) == set(kept.status()) == {NEXT}
    assert len(mapped[0]) == 3  # a search under way ends
    assert {(day.isoformat(), name) for day, some in kept._mapped.items() for name in some} == {
        (path.parent.name, path.name) for path in files(kept)
    }


def test_files_whose_secret_is_lost_are_set_aside_and_go_with_their_day(kept) -> None:
    for _ in range(2):
        kept.write(KEYS[DAY], block(rows(1)))
        kept.set_aside(DAY)
        kept.set_aside(NEXT)
    assert there(kept) == []
    assert kept.status() == {}
    kept.write(KEYS[DAY], block(rows(5)))
    assert there(kept) == rows(5)
    assert kept.drop(DAY) == (DAY,)
    assert files(kept) == []


def changed(path: Path, at: int, to: int | None = None) -> None:
    content = bytearray(path.read_bytes())
    content[at] = content[at] ^ 1 if to is None else to
    path.write_bytes(content)


def test_any_changed_bit_is_noticed_in_the_file_or_in_the_row(tmp_path) -> None:
    Segments(tmp_path).write(KEYS[DAY], block(rows(1)))
    (path,) = files(Segments(tmp_path))
    whole = path.read_bytes()
    rests = len(whole) - 48 - (-(3 * 92) % ALIGNED) - 3 * 92
    for at in [*range(0, rests, 3), *range(len(whole) - 48, len(whole))]:
        changed(path, at)
        with pytest.raises(Broken):
            Segments(tmp_path).opened(KEYS)
        path.write_bytes(whole)
    assert there(Segments(tmp_path)) == rows(1)


def test_a_file_that_is_cut_renamed_or_of_another_day_is_noticed_and_foreign_ones_are_left_alone(tmp_path) -> None:
    kept = Segments(tmp_path)
    kept.write(KEYS[DAY], block(rows(1)))
    (path,) = files(kept)
    (path.parent / "notes.txt").write_text("left by somebody")
    whole = path.read_bytes()
    for wrong in (b"", b"short", whole[:-1], whole[:-60], whole + bytes(64), bytes(len(whole))):
        path.write_bytes(wrong)
        with pytest.raises(Broken):
            Segments(tmp_path).opened(KEYS)
    path.write_bytes(whole)
    for name in (f"{0:032x}.seg", f"../{NEXT}/{path.name}"):
        elsewhere = path.parent / name
        elsewhere.parent.mkdir(exist_ok=True)
        path.rename(elsewhere)
        with pytest.raises(Broken):
            Segments(tmp_path).opened(KEYS)
        elsewhere.rename(path)
    assert there(Segments(tmp_path)) == rows(1)


def killed(below: Path, what: str, parts: list[list[Stored]]) -> Iterator[tuple[Path, int]]:
    """The directory that each killed process left, and how many blocks it had acknowledged; the last was not."""
    given = [below / f"{number}.block" for number in range(len(parts))]
    for path, part in zip(given, parts, strict=True):
        path.write_bytes(block(part))
    command = [sys.executable, str(KILLED), str(below), what, *map(str, given)]
    ended = subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, text=True)
    *told, last = ended.stdout.replace("kept\n", "+").split()
    assert {one.strip("+") for one in told} == {"killed"}
    assert last.strip("+") == "done"
    assert len(told) >= 14
    for step, one in enumerate([*told, last]):
        yield below / str(step), one.count("+")


def listed(place: Path) -> Segments:
    """The same directory with the list that the killed process left."""
    return Segments(place, Books(place.with_name(f"{place.name}.books")))


def test_killed_at_any_step_of_keeping_what_was_acknowledged_is_there_and_sent_again_once(tmp_path) -> None:
    parts, seen = [rows(10), rows(20)], set()
    for place, acknowledged in killed(tmp_path, "write", parts):
        seen.add(acknowledged)
        found = there(Segments(place))
        listing = listed(place)
        assert listing.gaps(KEYS) == {}
        assert sum(listing._books.listed(KEYS[DAY]).values()) >= sum(map(len, parts[:acknowledged]))
        assert all(row in found for part in parts[:acknowledged] for row in part)
        for part in parts:
            Segments(place).write(KEYS[DAY], block(part))
        Segments(place).sweep()
        assert there(Segments(place)) == all_of(*parts)
        assert len(files(Segments(place))) == 2
    assert seen == {0, 1, 2}


def test_killed_at_any_step_of_merging_no_row_is_lost_and_the_next_run_leaves_each_once(tmp_path) -> None:
    parts, seen = [rows(10 * number) for number in range(ALIKE)], []
    for place, _ in killed(tmp_path, "merge", parts):
        found = there(Segments(place))
        assert {row.payload for row in found} == {row.payload for part in parts for row in part}
        assert listed(place).gaps(KEYS) == {}
        seen.append(len(found))
    assert max(seen) == 2 * ALIKE * 3  # killed when the merged file was there and the others too
    assert seen[-1] == ALIKE * 3


def test_readers_see_every_acknowledged_row_while_others_write_and_merge(tmp_path) -> None:
    acknowledged: list[int] = []
    done = threading.Event()

    def write() -> None:
        mine = Segments(tmp_path)
        for number in range(60):
            mine.write(KEYS[DAY], block(rows(10 * number)))
            acknowledged.append(10 * number)
        done.set()

    def merge() -> None:
        mine = Segments(tmp_path)
        while not done.is_set():
            mine.merge(KEYS[DAY])

    threads = [threading.Thread(target=work) for work in (write, merge)]
    for thread in threads:
        thread.start()
    reader, looks = Segments(tmp_path), 0
    while not done.is_set():
        expected = {row.payload for first in list(acknowledged) for row in rows(first)}
        assert expected <= {row.payload for row in there(reader)}
        looks += 1
    for thread in threads:
        thread.join()
    assert looks > 3
    assert len({row.payload for row in there(reader)}) == 180


def test_a_directory_that_is_away_is_said_to_be_away(kept, tmp_path) -> None:
    (tmp_path / "segments").rename(tmp_path / "away")
    for call in (kept.status, kept.sweep, lambda: kept.write(KEYS[DAY], block(rows(1))), lambda: kept.opened(KEYS)):
        with pytest.raises(Unavailable):
            call()


def test_a_day_that_is_over_becomes_one_file_which_a_few_late_rows_do_not_write_again(kept) -> None:
    for number in range(20):
        kept.write(KEYS[DAY], block(rows(100 * number, 20)))
        kept.merge(KEYS[DAY])
    files, before = kept.status()[DAY].files, there(kept)
    assert files > 1
    assert kept.merge(KEYS[DAY], over=True) == files
    assert there(kept) == before
    counts = []
    for number in range(30):
        kept.write(KEYS[DAY], block(rows(10_000 + number, 1)))
        kept.merge(KEYS[DAY], over=True)
        counts.append(kept.status()[DAY].files)
    assert max(counts) <= 3
    assert 1 <= counts.count(1) <= 4, "written again when there is enough"
    assert len(there(kept)) == 20 * 20 + 30


@pytest.mark.parametrize("over", [False, True])
def test_merging_makes_no_file_that_takes_too_much_memory(kept, monkeypatch, over) -> None:
    for one in minutes(ALIKE):
        kept.write(KEYS[DAY], one)
    longest = max(path.stat().st_size for path in files(kept))
    monkeypatch.setattr(segments, "LONGEST", 2 * longest - 1)
    assert kept.merge(KEYS[DAY], over=over) == 0
    monkeypatch.setattr(segments, "LONGEST", 3 * longest)
    assert kept.merge(KEYS[DAY], over=over) > 0
    assert max(path.stat().st_size for path in files(kept)) <= 3 * longest
    assert len(there(kept)) == ALIKE * 3
