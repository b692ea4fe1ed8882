"""What every verb shares: how verbs are found, how they get the installation, and how they answer."""

import functools
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Protocol, TypeVar

import click

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


def answer(value: object, text: Callable[[], str], *, as_json: bool) -> None:
    """Print the value as one line of JSON, or `text()` for people."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text())


def note(text: str) -> None:
    """Tell a person something beside the answer, on standard error."""
    click.echo(text, file=sys.stderr)
