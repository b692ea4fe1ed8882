"""What every verb shares: how verbs are found, how they get the installation, and how they answer."""

import functools
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID, uuid4

import click

from epiloop.core import jurisdictions
from epiloop.core.errors import InvalidInput
from epiloop.core.jurisdictions import Code, short

if TYPE_CHECKING:
    from epiloop.runtime.requests import By

T = TypeVar("T")


class Installation(Protocol):
    """What a verb may know of the installation it runs in."""

    @property
    def home(self) -> Path:
        """The directory in which everything of it lives."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """Its settings.toml."""
        ...

    @property
    def gate_address(self) -> str:
        """Where phones reach its gate."""
        ...

    def dsn(self, role: Any) -> str:
        """The connection string of a role of the database. Never show it."""
        ...

    def key_file(self, name: str) -> Path:
        """The file of one secret."""
        ...


class Wiring(Protocol):
    """What `epiloop.project` puts into the click context (`context.obj`)."""

    def database(self) -> AbstractContextManager[Installation]:
        """The installation with its database answering and Django ready; the server stops again if nobody uses it."""
        ...

    def translate(self, message: str) -> str:
        """A message in the language of the terminal."""
        ...

    def rulebooks(self) -> Path:
        """The folder of the rulebooks that come with Epiloop."""
        ...


class Verbs(click.Group):
    """A group whose commands are the modules of a package, imported when asked for."""

    def __init__(self, package: str, **options: Any) -> None:
        super().__init__(**options)
        self.package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs by name."""
        found = (verb_name(module.name) for module in iter_modules(import_module(self.package).__path__))
        return sorted({*super().list_commands(ctx), *(name for name in found if name)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command; None if there is no such verb."""
        if known := super().get_command(ctx, cmd_name):
            return known
        if cmd_name not in self.list_commands(ctx):
            return None
        names = (module.name for module in iter_modules(import_module(self.package).__path__))
        module = next(name for name in names if verb_name(name) == cmd_name)
        command: click.Command = import_module(f"{self.package}.{module}").command
        return command


def verb_name(module: str) -> str:
    """The verb of a module: `day_list` is `day-list`, `import_` is `import`; empty for one that is none."""
    return "" if module.startswith("_") else module.rstrip("_").replace("_", "-")


def with_database(function: Callable[..., T]) -> Callable[..., T]:
    """Give the command the installation as first argument, its database held until it returns."""

    @click.pass_context
    @functools.wraps(function)
    def run(context: click.Context, *args: Any, **options: Any) -> T:
        wiring: Wiring = context.obj
        with wiring.database() as installation:
            return function(installation, *args, **options)

    return run


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value on standard output, nothing else.")
"""The option of every verb that answers with data; the command gets it as `as_json`."""


def wiring() -> Wiring:
    """What `epiloop.project` gave this run of the command."""
    given: Wiring = click.get_current_context().obj
    return given


def say(message: str) -> str:
    """A message in the language of the terminal."""
    return wiring().translate(message)


def operator(purpose: str, key: str = "") -> "By":
    """Whoever sits at the machine of the installation: no right limits them, and every act says so."""
    from epiloop.runtime.requests import By

    return By("operator", purpose, key or uuid4().hex)


class Jurisdiction(click.ParamType[Code]):
    """A jurisdiction code as people write it."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Code:
        """The 16-digit number."""
        try:
            return jurisdictions.code(str(value))
        except InvalidInput as wrong:
            self.fail(wrong.render(), param, ctx)


jurisdiction = click.option("--jurisdiction", type=Jurisdiction(), help="Code, 2 to 16 digits. Default: everywhere.")
"""The option of verbs that answer for a place."""


def answer(value: object, text: Callable[[], str], *, as_json: bool) -> None:
    """Print the value as one line of JSON, or `text()` for people."""
    click.echo(json.dumps(plain(value), ensure_ascii=False) if as_json else text())


def plain(value: object) -> Any:
    """JSON-ready: rows by column, ids and instants as text."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return _plain_parts(value)


def _plain_parts(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(plain(name)): plain(item) for name, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return [plain(item) for item in value]


def place(number: int | None) -> str:
    """A jurisdiction's number as people write it; empty for none."""
    return short(Code(number)) if number else ""


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under their headings, in columns as wide as what stands in them (a Chinese sign is two wide)."""
    cells = [[str("" if cell is None else cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(_padded, row, widths)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)


SHOWN_AFTER = 2.0
"""Seconds of work after which a bar appears."""


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, for work that takes longer than two seconds: call it with (done, total)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    shown = Progress(*columns, console=Console(stderr=True))
    task, started = shown.add_task(label, total=None), time.monotonic()

    def told(done: int, total: int) -> None:
        shown.update(task, completed=done, total=total or None)
        if not shown.live.is_started and time.monotonic() - started > SHOWN_AFTER:
            shown.start()

    try:
        yield told
    finally:
        shown.stop()


def note(text: str) -> None:
    """Tell a person something beside the answer, on standard error."""
    click.echo(text, file=sys.stderr)
