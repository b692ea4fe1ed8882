"""The master key's file is its owner's alone."""

import stat

import pytest

from epiloop.core.errors import Broken, InvalidInput, NotAllowed, NotFound
from keyservice import keyfile


def test_a_created_key_is_read_back_and_is_readable_by_its_owner_only(tmp_path):
    made = keyfile.create(tmp_path / "master")
    assert keyfile.load(tmp_path / "master") == made
    assert stat.S_IMODE((tmp_path / "master").stat().st_mode) == 0o600


def test_no_two_keys_are_alike(tmp_path):
    assert keyfile.create(tmp_path / "one") != keyfile.create(tmp_path / "other")


def test_a_key_is_never_overwritten(tmp_path):
    made = keyfile.create(tmp_path / "master")
    with pytest.raises(InvalidInput):
        keyfile.create(tmp_path / "master")
    assert keyfile.load(tmp_path / "master") == made


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o610])
def test_a_key_that_others_can_reach_is_refused(tmp_path, mode):
    keyfile.create(tmp_path / "master")
    (tmp_path / "master").chmod(mode)
    with pytest.raises(NotAllowed):
        keyfile.load(tmp_path / "master")


def test_a_missing_key_is_not_made_up(tmp_path):
    with pytest.raises(NotFound):
        keyfile.load(tmp_path / "master")


def test_a_link_is_not_followed(tmp_path):
    keyfile.create(tmp_path / "master")
    (tmp_path / "link").symlink_to(tmp_path / "master")
    with pytest.raises(NotAllowed):
        keyfile.load(tmp_path / "link")


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33)])
def test_a_file_of_another_length_is_no_key(tmp_path, content):
    (tmp_path / "master").write_bytes(content)
    (tmp_path / "master").chmod(0o600)
    with pytest.raises(Broken):
        keyfile.load(tmp_path / "master")
