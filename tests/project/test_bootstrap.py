"""./epiloop: what it does before anything is installed."""

import hashlib
import io
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from epiloop.project import bring_uv

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
PAGE = "".join(
    f'<a href="../../files/uv-{version}-py3-none-{platform}.whl#sha256={digit * 64}">'
    f"uv-{version}-py3-none-{platform}.whl</a><br/>\n"
    for digit, (version, platform) in enumerate(
        [
            ("0.9.2", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
            ("0.10.1", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
            ("0.10.1", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"),
            ("0.10.1", "macosx_11_0_arm64"),
            ("0.10.1", "musllinux_1_1_x86_64"),
        ]
    )
    for digit in [str(digit)]
)


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_every_package_by_digest_and_name_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE)
    pinned = re.findall(r"^\S+==\S+.*\\$", text, re.MULTILINE)
    assert pinned
    assert len(pinned) == len(re.findall(r"^\S", text, re.MULTILINE))
    assert len(re.findall("--hash=sha256:", text)) >= len(pinned)


@pytest.mark.parametrize(
    ("kind", "machine", "platform"),
    [
        ("manylinux", "x86_64", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
        ("manylinux", "aarch64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"),
        ("macosx", "arm64", "macosx_11_0_arm64"),
        ("musllinux", "x86_64", "musllinux_1_1_x86_64"),
    ],
)
def test_the_newest_uv_for_the_machine_is_chosen(kind, machine, platform):
    chosen = bring_uv.choose(bring_uv.wheels(PAGE, "https://index.example/simple/uv/"), kind, machine)
    assert (chosen.version, chosen.platform) == ((0, 10, 1), platform)
    assert chosen.address.startswith("https://index.example/files/uv-0.10.1")


def test_a_machine_without_a_wheel_is_told_so():
    with pytest.raises(SystemExit, match="no uv for manylinux on vax"):
        bring_uv.choose(bring_uv.wheels(PAGE, "https://index.example/simple/uv/"), "manylinux", "vax")


def test_a_changed_download_is_refused():
    bring_uv.check_digest(b"good", hashlib.sha256(b"good").hexdigest())
    with pytest.raises(SystemExit):
        bring_uv.check_digest(b"bad", hashlib.sha256(b"good").hexdigest())


def test_only_the_programs_are_unpacked_and_they_can_be_run(tmp_path: Path):
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("uv-0.10.1.data/scripts/uv", "#!/bin/sh\necho uv 0.10.1\n")
        archive.writestr("uv/../../outside", "no")
    bring_uv.unpack(wheel.getvalue(), tmp_path / "bin")
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["uv"]
    assert subprocess.run([tmp_path / "bin" / "uv"], capture_output=True, check=True).stdout == b"uv 0.10.1\n"


def test_packages_come_over_https_only():
    with pytest.raises(SystemExit, match="https"):
        bring_uv.fetch("http://index.example/simple/uv/")


def test_without_a_new_enough_python_it_says_what_is_missing(tmp_path: Path):
    """In a copy, so that the environment of this checkout is left alone; the PATH has the tools but no Python."""
    for name in ("epiloop", *LOCKS, "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname", "mkdir", "cksum", "tr", "grep", "cat", "rm"):
        place = next(Path(folder) / tool for folder in ("/bin", "/usr/bin") if (Path(folder) / tool).exists())
        (tools / tool).symlink_to(place)
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    done = subprocess.run(
        ["sh", tmp_path / "epiloop", "--help"],
        env={"PATH": str(tools), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Python 3.11 or later was not found" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_the_script_is_plain_posix_shell():
    assert subprocess.run(["sh", "-n", ROOT / "epiloop"], check=False).returncode == 0
