"""The embedded server's files and commands: where its data lies and how it is made and started."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from epiloop.core.errors import N_, Broken, Unavailable
from epiloop.project import account
from epiloop.project.binaries import Program, find_program
from epiloop.project.home import Installation

CLONE_NEWNS = 0x20000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MIB = 1 << 20

QUIET = {
    "log_min_error_statement": "panic",  # a failed statement can hold a name; its text stays out of the log
    "log_error_verbosity": "terse",  # and so does the detail line, which quotes key values
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
"""No personal data in logs (PRIVACY R28); these cannot be changed by settings.toml."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where one embedded server's data, sockets and program are, whose it is, and its settings."""

    data: Path
    sockets: Path
    program: Program
    owner: account.Account
    settings: Mapping[str, str]

    def make_command(self, password: Path) -> list[str]:
        """initdb: UTF-8, byte order for sorting, characters of all scripts known, passwords only."""
        kinds = ["--locale=C", *(f"--lc-ctype={name}" for name in _utf8_locales()[:1])]  # pg_trgm asks lc_ctype
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.program.major >= 17 else []
        return [
            *(str(self.program.bin / "initdb"), "--pgdata", str(self.data), "--username=postgres", "--encoding=UTF8"),
            *(
                "--auth=scram-sha-256",
                f"--pwfile={password}",
                "--data-checksums",
                "--no-instructions",
                *kinds,
                *builtin,
            ),
        ]

    def server_command(self) -> list[str]:
        """postgres itself, on a socket only."""
        fixed = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "port": "5432"}
        given = {**tuned(), **self.settings, **QUIET, **fixed}
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        return [str(self.program.bin / "postgres"), "-D", str(self.data), *options]

    def server_pid(self) -> int | None:
        """The process id of a living server on this data, if there is one."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
            return None
        except PermissionError:  # somebody else's process has the number now
            return None
        return pid if _is_postgres(pid) else None

    def clear(self) -> None:
        """An empty data directory of the owner's; what an interrupted try left goes."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        account.give(self.data, self.owner)

    def allow_only_passwords(self) -> None:
        """Connections by socket with a password only: no replication, no network line at all."""
        path = self.data / "pg_hba.conf"
        path.write_text("# written by Epiloop\nlocal all all scram-sha-256\n", "ascii")
        account.give(path, self.owner)


def place_cluster(installation: Installation) -> Cluster:
    """Where the server will find its files. In the keeper only: it may give this process a view of its own.

    Raises Unavailable if root keeps the installation where the system user cannot reach it and no such view is to
    be had, and Broken if the data were made by another major version.
    """
    owner, files = installation.owner, installation.postgres_dir
    _make_sockets(installation)
    program = find_program(installation.settings.get("postgres_program"))
    if program.wheel and not account.reaches(owner, program.bin / "postgres"):
        program = _copied(program, files, owner)
    if not installation.reachable:
        files = _viewed(installation)
        program = Program(_moved(program.bin, installation.postgres_dir, files), program.major, program.wheel)
    settings = {name: str(value) for name, value in installation.settings.get("postgres", {}).items()}
    cluster = Cluster(files / "data", installation.socket_dir, program, owner, settings)
    _check_version(cluster)
    return cluster


@cache
def tuned() -> dict[str, str]:
    """Settings by the machine's memory: a quarter for shared buffers (at most 4 GiB), half assumed as file cache."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    return {
        "shared_buffers": f"{max(64, min(4096, memory // 4))}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "maintenance_work_mem": f"{max(64, min(1024, memory // 16))}MB",
        "work_mem": "32MB",
        "max_connections": "100",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        # The wheel has no lz4. With pglz a page first changed after a checkpoint takes 65 microseconds of processor to
        # log, instead of 6; without, 8 kB of log instead of 2.
        "wal_compression": "off",
        "random_page_cost": "1.1",
        "jit": "off",  # short queries; compiling them costs more than it saves
        "autovacuum_naptime": "20s",
        "fsync": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u ",
        "log_checkpoints": "off",
    }


def _make_sockets(installation: Installation) -> None:
    """The socket's directory, ours alone. Raises Unavailable if somebody else has taken the short one's name."""
    place = installation.socket_dir
    if not place.exists():
        place.mkdir(mode=0o700)
        account.give(place, installation.owner)
    if place.is_symlink() or account.owner_of(place).uid != installation.owner.uid:
        raise Unavailable(N_("%(place)s belongs to somebody else."), place=str(place))


def _copied(program: Program, files: Path, owner: account.Account) -> Program:
    """A copy of the wheel's binaries where the system user can run them; made once per version of the wheel."""
    package = program.bin.parent.parent
    found = (program.bin / "postgres").stat()
    place = files / f"program-{program.major}-{found.st_size}"
    done = place / package.name / "pginstall" / "bin"
    if not place.exists():
        part = files / "program.part"
        shutil.rmtree(part, ignore_errors=True)
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, part / source.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        subprocess.run(["chown", "-R", f"{owner.uid}:{owner.gid}", part], check=True)
        part.rename(place)
    return Program(done, program.major, done.parent)


def _viewed(installation: Installation) -> Path:
    """Show this process's children the server's files at a path the system user can reach (Linux, as root)."""
    spot = installation.short_dir / "files"
    spot.mkdir(mode=0o700, exist_ok=True)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        _succeed(libc.unshare(CLONE_NEWNS))
        _succeed(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
        _succeed(libc.mount(os.fsencode(installation.postgres_dir), os.fsencode(spot), None, MS_BIND, None))
    except (AttributeError, OSError) as wrong:
        raise Unavailable(
            N_("The system user that runs PostgreSQL cannot reach this directory."),
            where=str(installation.home),
            remedy=N_("Set EPILOOP_HOME to a directory below one that everybody may enter."),
        ) from wrong
    return spot


def _succeed(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _moved(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old) if path.is_relative_to(old) else path


def _check_version(cluster: Cluster) -> None:
    version = cluster.data / "PG_VERSION"
    if version.exists() and version.read_text().strip() != str(cluster.program.major):
        raise Broken(
            N_("The database was made by PostgreSQL %(old)s, the program found is %(new)s."),
            remedy=N_("Set EPILOOP_POSTGRES to the directory of the program that made it."),
            old=version.read_text().strip(),
            new=cluster.program.major,
        )


def _utf8_locales() -> list[str]:
    """The locales of this system that know the characters of every script, plainest first."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    wanted = ("C.UTF-8", "C.utf8", "UTF-8", "en_US.UTF-8", "en_US.utf8")
    return [name for name in wanted if name in listed]


def _is_postgres(pid: int) -> bool:
    """Whether that process is a PostgreSQL server: after a crash the number may be another program's."""
    said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in said.stdout
