"""`epiloop people`: registrations that are one person, or are not."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import click

from epiloop.cli._verbs import Installation, answer, as_json, operator, say, with_database
from epiloop.core.errors import N_


@click.group()
def command() -> None:
    """Merge registrations of one person, split them again, or say that two are not the same."""


_first = click.argument("person", type=click.UUID)
_second = click.argument("other", type=click.UUID)
_key = click.option("--key", default="", help="The same key twice is one act. Default: a fresh one.")


@command.command()
@_first
@_second
@_key
@as_json
@with_database
def merge(_installation: Installation, person: UUID, other: UUID, *, key: str, as_json: bool) -> None:
    """Two registrations are one person: PERSON goes on, OTHER points to it."""
    from epiloop.runtime.requests.registering import declare_same

    _carry_out(declare_same, person, other, key, N_("%(other)s goes on as %(person)s."), as_json=as_json)


@command.command()
@_first
@_second
@_key
@as_json
@with_database
def split(_installation: Installation, person: UUID, other: UUID, *, key: str, as_json: bool) -> None:
    """What was declared one person is two after all: OTHER was merged into PERSON."""
    from epiloop.runtime.requests.registering import split as part

    _carry_out(part, person, other, key, N_("%(person)s and %(other)s are two again."), as_json=as_json)


@command.command()
@_first
@_second
@_key
@as_json
@with_database
def different(_installation: Installation, person: UUID, other: UUID, *, key: str, as_json: bool) -> None:
    """The two are not the same person; the pair is not proposed again."""
    from epiloop.runtime.requests.registering import declare_different

    _carry_out(declare_different, person, other, key, N_("%(person)s and %(other)s are not the same."), as_json=as_json)


def _carry_out(request: Callable[..., Any], person: UUID, other: UUID, key: str, word: str, *, as_json: bool) -> None:
    from epiloop.runtime import present

    done = request(present.parts(), operator("register-keeping", key), person, other)
    value = {"person": str(person), "other": str(other), "repeated": done.repeated}
    answer(value, lambda: say(word) % value, as_json=as_json)
