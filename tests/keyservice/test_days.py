"""Day secrets: kept in two places, usable or gone whenever the process is killed, and never kept too long (R15)."""

import logging
import os
import resource
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from epiloop.core.errors import Broken, InvalidInput, NotAllowed, NotFound, Unavailable
from keyservice.days import DaySecrets, Held, Retention, keys_of

DAY, LATER = date(2022, 7, 3), date(2022, 7, 17)
SECRET, OTHER = bytes(range(32)), bytes(32)
KILLED = Path(__file__).with_name("killed.py")
SIGKILLED = -9


def two(below: Path) -> DaySecrets:
    for name in ("place", "standby"):
        (below / name).mkdir(mode=0o700, parents=True)
    return DaySecrets(below / "place", below / "standby")


@pytest.fixture
def secrets(tmp_path) -> DaySecrets:
    return two(tmp_path)


def files(secrets: DaySecrets) -> list[Path]:
    return [path for folder in (secrets.place, secrets.standby) for path in folder.iterdir()]


def test_a_day_is_made_once_and_lies_in_both_places_for_its_owner_only(secrets) -> None:
    made = secrets.make(DAY, SECRET)
    assert secrets.make(DAY, OTHER) == made == secrets.keys(DAY) == keys_of(DAY, SECRET)
    assert [path.read_bytes() for path in files(secrets)] == [SECRET, SECRET]
    assert {path.stat().st_mode & 0o777 for path in files(secrets)} == {0o600}
    assert secrets.status() == (Held(DAY, copied=True),)
    secrets.check()


def test_keys_of_a_day_have_nothing_in_common_with_each_other_or_with_another_day() -> None:
    both = [keys_of(DAY, SECRET), keys_of(LATER, SECRET)]
    keys = [
        key for one in both for key in (one.zone, one.person, one.payload, one.nonce, one.file, one.private, one.public)
    ]
    assert len(set(keys)) == 14
    assert {len(key) for key in keys} == {32}
    assert repr(keys_of(DAY, SECRET)) == f"DayKeys(day={DAY!r})"


def test_what_is_older_than_the_days_kept_goes_from_both_places_and_the_basis_is_logged(secrets, caplog) -> None:
    made = [DAY + timedelta(days=number) for number in range(31)]
    for number, day in enumerate(made):
        secrets.make(day, bytes([number]) * 32)
    caplog.set_level(logging.INFO, "keyservice")
    assert secrets.destroy(made[30], Retention(28, "Decision 12 of the headquarters")) == tuple(made[:3])
    assert caplog.text.count("kept are 28 days; basis: Decision 12 of the headquarters") == 3
    assert secrets.destroy(made[30], Retention()) == tuple(made[3:17])
    assert [held.day for held in secrets.status()] == made[17:]
    assert len(files(secrets)) == 28
    assert secrets.destroy(made[30], Retention()) == ()
    with pytest.raises(NotFound):
        secrets.keys(made[16])


@pytest.mark.parametrize(("days", "basis"), [(0, "a basis"), (29, "a basis"), (15, ""), (28, " ")])
def test_nobody_keeps_check_ins_longer_than_allowed(days, basis) -> None:
    with pytest.raises(InvalidInput):
        Retention(days, basis)


def killed(secrets: DaySecrets, what: str, step: int) -> bool:
    """Whether the process was killed before the step, or came to its end."""
    command = [sys.executable, str(KILLED), str(secrets.place), str(secrets.standby), what, str(step)]
    ended = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": "src"})
    assert ended.returncode in (0, SIGKILLED)
    return ended.returncode == SIGKILLED


def usable(secrets: DaySecrets) -> bool:
    """Whether there is a whole secret; a damaged one raises."""
    try:
        return secrets.keys(DAY) == keys_of(DAY, SECRET)
    except NotFound:
        return False


def test_killed_at_any_step_of_making_a_day_it_is_usable_and_copied_or_not_there(tmp_path) -> None:
    step, seen = 0, set()
    while killed(secrets := two(tmp_path / str(step)), "make", step):
        seen.add(usable(secrets))
        assert not usable(secrets) or (secrets.standby / str(DAY)).read_bytes() == SECRET
        made = secrets.make(DAY, OTHER)  # the next start: one secret or the other, whole, in both places
        assert made in (keys_of(DAY, SECRET), keys_of(DAY, OTHER))
        secrets.check()
        assert len(files(secrets)) == 2
        step += 1
    assert step >= 14
    assert seen == {True, False}
    assert usable(secrets)


def test_killed_at_any_step_of_destroying_a_day_it_is_whole_or_gone_and_the_next_run_ends_it(tmp_path) -> None:
    step, seen = 0, set()
    while True:
        secrets = two(tmp_path / str(step))
        secrets.make(DAY, SECRET)
        if not killed(secrets, "destroy", step):
            break
        seen.add(usable(secrets))
        secrets.heal(LATER, Retention())  # a start restores nothing that is due
        secrets.destroy(LATER, Retention())
        assert files(secrets) == []
        step += 1
    assert step >= 14
    assert seen == {True, False}
    assert files(secrets) == []


def test_a_lost_machine_is_healed_from_the_other_one(secrets) -> None:
    made = secrets.make(DAY, SECRET)
    for folder in (secrets.place, secrets.standby):
        (folder / str(DAY)).unlink()
        with pytest.raises((NotFound, Broken)):
            secrets.check() or secrets.keys(DAY)
        secrets.heal(DAY, Retention())
        assert secrets.keys(DAY) == made
        secrets.check()
    assert len(files(secrets)) == 2


def test_an_unreachable_standby_lets_no_day_be_made_but_those_that_are_stay_usable(secrets) -> None:
    made = secrets.make(DAY, SECRET)
    secrets.standby.rename(secrets.standby.with_name("away"))
    with pytest.raises(Unavailable):
        secrets.make(LATER, OTHER)
    assert secrets.keys(DAY) == made
    assert secrets.held(DAY, LATER) == {DAY: made}
    assert secrets.status() == (Held(DAY, copied=False),)
    with pytest.raises(NotFound):
        secrets.keys(LATER)


def test_with_the_standby_away_what_is_due_goes_here_and_its_copy_when_it_is_back(secrets) -> None:
    secrets.make(DAY, SECRET)
    away = secrets.standby.rename(secrets.standby.with_name("away"))
    with pytest.raises(Unavailable):
        secrets.destroy(LATER, Retention())
    assert secrets.held(DAY, LATER) == {}
    away.rename(secrets.standby)
    secrets.heal(LATER, Retention())
    assert secrets.status() == (Held(DAY, copied=True, leftover=True),)
    assert secrets.destroy(LATER, Retention()) == (DAY,)
    assert files(secrets) == []


def test_the_end_destroys_every_day(secrets) -> None:
    for day in (DAY, LATER):
        secrets.make(day, SECRET)
    assert secrets.end() == (DAY, LATER)
    assert files(secrets) == []
    secrets.place.rename(secrets.place.with_name("away"))
    with pytest.raises(Unavailable):
        secrets.held(DAY, LATER)


def test_what_others_can_read_or_what_is_damaged_is_not_used(secrets, tmp_path) -> None:
    secrets.make(DAY, SECRET)
    path = secrets.place / str(DAY)
    path.chmod(0o640)
    with pytest.raises(NotAllowed):
        secrets.keys(DAY)
    path.chmod(0o600)
    for wrong in (SECRET[:-1], SECRET + b"1"):
        path.write_bytes(wrong)
        with pytest.raises(Broken):
            secrets.keys(DAY)
    path.write_bytes(OTHER)
    with pytest.raises(Broken):
        secrets.check()
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Broken):
        secrets.keys(DAY)
    secrets.standby.chmod(0o750)
    with pytest.raises(NotAllowed):
        secrets.make(LATER, SECRET)
    with pytest.raises(InvalidInput):
        DaySecrets(tmp_path, tmp_path)
    with pytest.raises(InvalidInput):
        keys_of(DAY, b"short")


def test_a_full_disk_leaves_no_day_and_the_next_try_makes_it(secrets) -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        with pytest.raises(Unavailable):
            secrets.make(DAY, SECRET)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert secrets.status() == ()
    assert secrets.make(DAY, OTHER) == keys_of(DAY, OTHER)
    assert len(files(secrets)) == 2


def test_a_foreign_file_does_not_stop_the_destruction(secrets) -> None:
    secrets.make(DAY, SECRET)
    for name in ("2022-07-03~", "2022-02-31", "20220703", "notes"):
        (secrets.place / name).write_text("left by somebody")
    assert secrets.destroy(LATER, Retention()) == (DAY,)
    assert secrets.status() == ()


def test_a_standby_that_others_can_read_keeps_nothing_that_is_due(secrets) -> None:
    for folder in (secrets.standby, secrets.place):
        for day in (DAY, LATER):
            secrets.make(day, SECRET)
        folder.chmod(0o755)
        with pytest.raises(NotAllowed):
            secrets.destroy(LATER, Retention())
        assert [day for day in (DAY, LATER) if (secrets.place / str(day)).exists()] == [LATER]
        folder.chmod(0o700)
        assert secrets.destroy(LATER, Retention()) == (DAY,)


def test_a_standby_that_answers_with_an_error_keeps_nothing_that_is_due(secrets) -> None:
    """As a directory of another machine does that is not there any more: it can neither be listed nor asked for."""
    secrets.make(DAY, SECRET)
    away = secrets.standby.rename(secrets.standby.with_name("away"))
    secrets.standby.symlink_to(secrets.standby)  # every call on it fails, and with another error than "not found"
    assert secrets.status() == (Held(DAY, copied=False),)
    with pytest.raises(Unavailable):
        secrets.destroy(LATER, Retention())
    assert secrets.held(DAY, LATER) == {}
    secrets.standby.unlink()
    away.rename(secrets.standby)
    assert secrets.destroy(LATER, Retention()) == (DAY,)


def test_what_is_damaged_in_one_place_comes_from_the_other_and_two_that_differ_are_left(secrets, tmp_path) -> None:
    made = secrets.make(DAY, SECRET)
    for folder in (secrets.place, secrets.standby):
        for damage in (lambda path: path.write_bytes(SECRET[:9]), lambda path: _link(path, tmp_path / "elsewhere")):
            damage(folder / str(DAY))
            assert not secrets.is_whole()
            secrets.heal(DAY, Retention())
            assert (secrets.is_whole(), secrets.keys(DAY)) == (True, made)
            secrets.check()
    assert (tmp_path / "elsewhere").read_text() == "of somebody"
    (secrets.standby / str(DAY)).write_bytes(OTHER)
    secrets.heal(DAY, Retention())
    assert secrets.keys(DAY) == made
    with pytest.raises(Broken):
        secrets.check()
    assert secrets.destroy(LATER, Retention()) == (DAY,)
    assert files(secrets) == []


def _link(path: Path, elsewhere: Path) -> None:
    elsewhere.write_text("of somebody")
    path.unlink()
    path.symlink_to(elsewhere)
