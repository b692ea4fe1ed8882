"""One installation: the directory in which everything of it lives, its settings, keys and database addresses.

    settings.toml       what an operator may change
    keys/               secrets, one per file, mode 0600
    postgres/           the embedded server: data/, and program/ where its binaries had to be copied
    log/                what the processes say; no personal data
    run/                sockets, locks, process ids
    keyservice/         the home of the key service with the same things of its own, unless it is on another machine

`EPILOOP_HOME` names the directory, so several installations stand side by side.
"""

import hashlib
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from urllib.parse import quote

from epiloop.core.errors import N_, InvalidInput
from epiloop.project import account

Role = Literal["owner", "engine", "app", "vault", "admin"]

DATABASES: Mapping[Role, tuple[str, str]] = {
    "owner": ("epiloop_owner", "epiloop"),
    "engine": ("epiloop_engine", "epiloop"),
    "app": ("epiloop_app", "epiloop"),
    "vault": ("epiloop_vault", "epiloop_vault"),
    "admin": ("postgres", "postgres"),
}
"""Who connects (PostgreSQL role) and where to (database). `admin` sets the others up and is used for nothing else."""

LONGEST_SOCKET_DIRECTORY = 80
"""Characters; a socket's whole path may have 107 (103 on macOS), its name needs up to 20."""

USUAL_GATE = "http://localhost:8421"
"""Where the gate is while nobody said otherwise and none was started yet."""

SETTINGS = """\
# Settings of this Epiloop installation. Secrets are in keys/, not here.
language = "zh-hans"          # of pages, where a browser asks for neither: "zh-hans" or "en"
time_zone = "Asia/Shanghai"   # of people who look at pages and of the command line
production = false            # true: only over HTTPS, on the hosts below
hosts = []                    # public host names, needed in production
port = 0                      # of the pages; 0 takes 8420 or the next free one
gate_port = 0                 # where phones check in; 0 takes the one after that of the pages
gate_address = ""             # public address of the gate for codes and posters, e.g. "https://checkin.example"
gate_workers = 1              # processes of the gate; one is enough for two cores, more pay from four on
gate_rate = 50                # requests a second from one address to the gate; 0: any number
keyservice_seconds = 5        # pages wait so long for the key service; a contact search has its own time

[postgres]                    # settings of the embedded server, e.g. shared_buffers = "2GB"
"""

KEYSERVICE_SETTINGS = """\
# Settings of the key service of an Epiloop installation. Secrets are in keys/, not here.
listen = ""                   # "host:port" where the application is on another machine; empty: a socket in run/
master = "file"               # where the key that wraps the master key lies: file, environment, transit or pkcs11
time_zone = "Asia/Shanghai"   # of the jurisdiction: when a day of check-ins begins and is destroyed
keep_days = 14                # days that check-ins are kept, today among them; at most 28
keep_basis = ""               # on what basis more than 14, in the words of the decision
renewal = false               # true: check-ins are collected only as long as `epiloop keys collection renew` says
enrol = "closed"              # "open": whoever reaches the service may let signing keys in; only for demonstrations
standby = ""                  # directory for the copies of day secrets, on another machine; empty: days/standby here

[postgres]                    # settings of the embedded server
shared_buffers = "128MB"
"""


@dataclass(frozen=True)
class Installation:
    """Where an installation lives and how to reach its databases. Its text form shows no secret.

    `database_url` is an outside PostgreSQL; None means the embedded server of this directory. `keyservice_url` is a
    key service on another machine; None means that of this directory.
    """

    home: Path
    database_url: str | None = field(default=None, repr=False)
    keyservice_url: str | None = None

    roles: ClassVar[tuple[Role, ...]] = ("owner", "engine", "app", "admin")
    settings_text: ClassVar[str] = SETTINGS

    @cached_property
    def owner(self) -> account.Account:
        """The system user this belongs to: that of the directory, before it exists the one to be."""
        return account.owner_of(self.home) if self.home.exists() else account.account()

    @property
    def settings_file(self) -> Path:
        return self.home / "settings.toml"

    @property
    def log_dir(self) -> Path:
        return self.home / "log"

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    @property
    def postgres_dir(self) -> Path:
        return self.home / "postgres"

    @cached_property
    def reachable(self) -> bool:
        """Whether the system user it belongs to can reach the directory (root may keep it where that user cannot)."""
        return account.reaches(self.owner, self.home)

    @property
    def short_dir(self) -> Path:
        """A short directory of this installation, in the one place every system has for sockets."""
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path("/tmp") / f"epiloop-{digest}"  # noqa: S108 - checked to be ours when used; $TMPDIR differs by process

    @property
    def socket_dir(self) -> Path:
        """Where the embedded server's socket is: run/, or the short directory if that path is too long."""
        fits = len(os.fsencode(self.run_dir)) <= LONGEST_SOCKET_DIRECTORY
        return self.run_dir if fits and self.reachable else self.short_dir

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """settings.toml as read; empty before the installation is laid out. Raises InvalidInput."""
        try:
            return tomllib.loads(self.settings_file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except tomllib.TOMLDecodeError as wrong:
            raise InvalidInput(
                N_("The settings cannot be read: %(reason)s."), where=str(self.settings_file), reason=str(wrong)
            ) from wrong

    @property
    def gate_address(self) -> str:
        """Where phones reach the gate: as the settings say, else on the first public host, else on this machine."""
        hosts = self.settings.get("hosts") or ()
        given = str(self.settings.get("gate_address", "")) or (f"https://{hosts[0]}" if hosts else "")
        file = self.run_dir / "gate-address"
        if not given and file.exists():
            given = file.read_text("ascii").strip()
        return given.rstrip("/") or USUAL_GATE

    def key_file(self, name: str) -> Path:
        """The file of one secret. It need not exist; whoever writes it uses `write_key`."""
        return self.home / "keys" / name

    def write_key(self, name: str, content: bytes) -> None:
        """Write a secret (0600, its owner's), whole or not at all."""
        path = self.key_file(name)
        part = path.with_name(f".{name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        account.give(part, self.owner)
        part.replace(path)

    def secret(self, name: str) -> str:
        """A random text secret that is made when first asked for, once the installation is laid out."""
        path = self.key_file(name)
        if not path.exists():
            if not path.parent.is_dir():
                return ""
            self.write_key(name, secrets.token_urlsafe(32).encode())
        return path.read_text("ascii").strip()

    @property
    def keyservice(self) -> "KeyHome":
        """The home of the key service that this installation keeps itself."""
        return key_home_at(self.home / "keyservice")

    def connection(self, role: Role) -> dict[str, Any]:
        """The libpq parameters of a role's connection, password included. The vault's is the key service's."""
        if role not in self.roles:
            return self.keyservice.connection(role)
        user, database = DATABASES[role]
        if self.database_url is None:
            place: dict[str, Any] = {"host": str(self.socket_dir), "port": "5432"}
            return place | {"user": user, "dbname": database, "password": self.secret(f"database-{role}")}
        from psycopg.conninfo import conninfo_to_dict  # verbs without a database do not wait for it

        given = conninfo_to_dict(self.database_url)
        if role == "admin":
            return {"dbname": "postgres"} | given
        return given | {"user": user, "dbname": database, "password": self.secret(f"database-{role}")}

    def dsn(self, role: Role) -> str:
        """A connection string for psycopg. It holds the password: never print or log it."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo("", **{"application_name": f"epiloop {role}"} | self.connection(role))

    def lay_out(self, *, database_url: str | None = None, **settings: object) -> Self:
        """Make what is missing: directories, settings (with the given lines changed), keys. Gives it back, reread.

        Touches no database. Doing it again changes nothing. Settings of the embedded server (`postgres__name`) and the
        time zone are for the key service too.
        """
        made = self._lay_out(database_url, settings)
        if made.keyservice_url is not None:
            made.write_key("keyservice-url", made.keyservice_url.encode())
        elif type(made) is Installation:
            shared = {name for name in settings if name.startswith("postgres__") or name == "time_zone"}
            made.keyservice._lay_out(None, {name: settings[name] for name in settings if name in shared})
        return made

    def _lay_out(self, database_url: str | None, settings: Mapping[str, object]) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        mine = account.account()
        if account.owner_of(self.home) != mine and not self.settings_file.exists():
            account.give(self.home, mine)
        made = replace(self, database_url=database_url or self.database_url)
        for directory in (self.home, self.home / "keys", self.log_dir, self.run_dir, self.postgres_dir):
            directory.mkdir(exist_ok=True)
            directory.chmod(0o700)
            account.give(directory, made.owner)
        made._write_settings(settings)
        if made.database_url is not None:
            made.write_key("database-url", made.database_url.encode())
        for role in made.roles:
            made.secret(f"database-{role}")
        made.secret("venue-signing")
        made.secret("id")
        return made

    def _write_settings(self, changed: Mapping[str, object]) -> None:
        if not self.settings_file.exists():
            self.settings_file.write_text(_settings_text(self.settings_text, changed), "utf-8")
            account.give(self.settings_file, self.owner)


@dataclass(frozen=True)
class KeyHome(Installation):
    """The home of a key service: its own settings, keys, log, sockets and PostgreSQL, so that it can be moved away."""

    roles: ClassVar[tuple[Role, ...]] = ("vault", "admin")
    settings_text: ClassVar[str] = KEYSERVICE_SETTINGS

    @property
    def socket(self) -> Path:
        """Where the key service answers the application of this machine."""
        return self.socket_dir / "keyservice.sock"

    @property
    def listen(self) -> str:
        """Where it answers an application on another machine, "host:port"; empty for the socket."""
        return str(self.settings.get("listen", ""))

    @property
    def days_dir(self) -> Path:
        """Where the secrets of days and the sealed check-ins are, on a file system that is in no backup."""
        return self.home / "days"

    @property
    def url(self) -> str:
        """The address of that socket."""
        return f"http+unix://{quote(str(self.socket), safe='')}"


def current_installation() -> Installation:
    """The installation the environment names: EPILOOP_HOME, EPILOOP_DATABASE_URL, else the usual place."""
    home = Path(os.environ["EPILOOP_HOME"]).expanduser() if os.environ.get("EPILOOP_HOME") else _usual_home()
    return installation_at(home, os.environ.get("EPILOOP_DATABASE_URL") or None)


def installation_at(home: Path, database_url: str | None = None) -> Installation:
    """The installation in a directory; its outside database is the given one, else the remembered one."""
    home = home.absolute()
    url = os.environ.get("EPILOOP_KEYSERVICE_URL") or _remembered(home, "keyservice-url")
    return Installation(home, database_url or _remembered(home, "database-url"), url)


def key_home_at(home: Path) -> KeyHome:
    """The key service's home in a directory; its outside database is EPILOOP_KEYSERVICE_DATABASE_URL's."""
    home = home.absolute()
    given = os.environ.get("EPILOOP_KEYSERVICE_DATABASE_URL")
    return KeyHome(home, given or _remembered(home, "database-url"))


def _remembered(home: Path, name: str) -> str | None:
    kept = home / "keys" / name
    return kept.read_text("utf-8").strip() if kept.exists() else None


def _usual_home() -> Path:
    own = account.user_home() / ".epiloop"
    if os.geteuid() != 0 or account.reaches(account.account(), own):
        return own
    return account.SYSTEM_HOME


def _settings_text(text: str, changed: Mapping[str, object]) -> str:
    """The settings file, with lines replaced by `name=value` (`postgres__name` for the server's)."""
    lines = text.splitlines()
    for full, value in changed.items():
        name = full.removeprefix("postgres__")  # no other setting has the name of one of the server's
        line = f"{name} = {_toml(value)}"
        places = [number for number, old in enumerate(lines) if old.startswith(f"{name} =")]
        lines[places[0] if places else len(lines) :] = [line, *(lines[places[0] + 1 :] if places else [])]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value) if isinstance(value, int) else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
