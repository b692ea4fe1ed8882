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


Verb = Callable[..., None]


def _of_two(verb: Verb) -> click.Command:
    """A verb about two registrations, with the options that all of them have."""
    for add in (
        with_database,
        as_json,
        click.option("--key", default="", help="The same key twice is one act. Default: a fresh one."),
        click.argument("other", type=click.UUID),
        click.argument("person", type=click.UUID),
    ):
        verb = add(verb)
    return command.command()(verb)


@_of_two
def merge(_installation: Installation, person: UUID, other: UUID, *, key: str, as_json: bool) -> None:
    """Two registrations are one person: PERSON goes on, OTHER points to it."""
    from epiloop.runtime.requests.registering import declare_same

    _carry_out(declare_same, person, other, key, N_("%(other)s goes on as %(person)s."), as_json=as_json)


@_of_two
def split(_installation: Installation, person: UUID, other: UUID, *, key: str, as_json: bool) -> None:
    """What was declared one person is two after all: OTHER was merged into PERSON."""
    from epiloop.runtime.requests.registering import split as part

    _carry_out(part, person, other, key, N_("%(person)s and %(other)s are two again."), as_json=as_json)


@_of_two
def different(_installation: Installation, person: UUID, other: UUID, *, key: str, as_json: bool) -> None:
    """The two are not the same person; the pair is not proposed again."""
    from epiloop.runtime.requests.registering import declare_different

    _carry_out(declare_different, person, other, key, N_("%(person)s and %(other)s are not the same."), as_json=as_json)


def _carry_out(request: Callable[..., Any], person: UUID, other: UUID, key: str, word: str, *, as_json: bool) -> None:
    from epiloop.runtime import present

    done = request(present.parts(), operator("register-keeping", key), person, other)
    value = {"person": str(person), "other": str(other), "repeated": done.repeated}
    answer(value, lambda: say(word) % value, as_json=as_json)
