"""The page of the command line: every verb with its arguments and options, read from the verbs themselves."""

from collections.abc import Iterator

import click

from epiloop.core import errors
from epiloop.project.reference.tables import code, page, table
from epiloop.project.verbs import cli

LEAD = (
    "`epiloop VERB`. With `--json` a verb prints one JSON value on standard output and nothing else there; messages and"
    " progress go to standard error. `EPILOOP_HOME` is the directory in which everything of an installation lives."
)


def command_line_page() -> str:
    """The text of docs/reference/cli.md."""
    parts = [part for path, command in verbs(cli, ("epiloop",)) for part in _verb(path, command)]
    return page("The command line", LEAD, table(("exit code", "means"), exit_codes()), *parts)


def exit_codes() -> list[tuple[str, str]]:
    """Exit codes with what they mean."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.EpiloopError)]
    said = {kind.exit_code: (kind.__doc__ or "").split("\n")[0] for kind in reversed(kinds)}
    said |= {0: "Done.", 1: "Anything else.", 5: f"{said[5]} Also: a case of a rulebook does not come out."}
    return [(str(number), meaning) for number, meaning in sorted(said.items())]


def verbs(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb below a group that is not hidden."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))
        else:
            yield (*path, name), command


def _verb(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    yield f"## {' '.join(path)}\n\n{' '.join((command.help or '').split())}"
    rows = list(_parameters(command))
    if rows:
        yield table(("argument or option", "what it is"), rows)


def _parameters(command: click.Command) -> Iterator[tuple[str, str]]:
    context = click.Context(command)
    for one in command.params:
        if isinstance(one, click.Argument):
            yield code(one.make_metavar(context)), "argument"
        elif isinstance(one, click.Option) and not one.hidden:
            kind = "" if one.is_flag else f" {one.make_metavar(context)}"
            words = [one.help or "", "Needed." if one.required else "", "May be repeated." if one.multiple else ""]
            yield code(", ".join(one.opts) + kind), " ".join(word for word in words if word)
