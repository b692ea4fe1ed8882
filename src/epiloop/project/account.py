"""Which system user owns an installation and runs its PostgreSQL.

PostgreSQL refuses to run as root. An ordinary user runs everything as themselves; root gives the
installation to a system user `epiloop`, which is made when it is missing.
"""

import grp
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from epiloop.core.errors import N_, Unavailable

SYSTEM_USER = "epiloop"
SYSTEM_HOME = Path("/var/lib/epiloop")
STAND_INS = ("epiloop", "_postgres", "postgres")
"""The user of our own, or (where users cannot be made by a command, as on macOS) one meant for PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system user by numbers."""

    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        """What `subprocess.Popen` needs so that the child runs as this user; nothing if it does already."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account() -> Account:
    """The user that owns installations here: oneself, or for root the system user (made when missing)."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in STAND_INS if not shutil.which("useradd") else STAND_INS[:1]:
        if found := _lookup(name):
            return found
    return _made()


def give(path: Path, owner: Account) -> None:
    """Hand a file or directory to its owner; only root can and need do this."""
    if os.geteuid() == 0:
        os.chown(path, owner.uid, owner.gid)


def owner_of(path: Path) -> Account:
    """The user to whom a file or directory belongs."""
    found = path.stat()
    return Account(found.st_uid, found.st_gid)


def reaches(owner: Account, path: Path) -> bool:
    """Whether the user can go through every directory above `path` (access lists are not looked at)."""
    return all(_enters(owner, parent) for parent in path.resolve().parents if parent.exists())


def user_home() -> Path:
    """The home directory of who runs this, also where HOME is unset or empty."""
    return Path(os.environ.get("HOME") or pwd.getpwuid(os.geteuid()).pw_dir)


def _enters(owner: Account, directory: Path) -> bool:
    found = directory.stat()
    if found.st_uid == owner.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == owner.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _lookup(name: str) -> Account | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(found.pw_uid, found.pw_gid)


def _made() -> Account:
    if not shutil.which("useradd"):
        raise Unavailable(
            N_("PostgreSQL must not run as root and there is no system user for it."),
            remedy=N_("Start as an ordinary user, or make a system user named epiloop."),
        )
    group = ["--gid", SYSTEM_USER] if _has_group(SYSTEM_USER) else ["--user-group"]
    command = [
        "useradd",
        "--system",
        "--home-dir",
        str(SYSTEM_HOME),
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
    ]
    done = subprocess.run([*command, *group, SYSTEM_USER], capture_output=True, text=True, check=False)
    found = _lookup(SYSTEM_USER)  # a second start at the same moment may have made it first
    if found is None:
        raise Unavailable(N_("The system user epiloop cannot be made: %(reason)s"), reason=done.stderr.strip())
    return found


def _has_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
