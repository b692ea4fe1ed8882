"""YAML text -> plain values, with the line of every part, so that a mistake is reported as file:line.

Only what the rule language needs: no anchors to Python objects, no dates or base-60 numbers guessed (both stay
text), no key twice in one mapping.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from epiloop.core.errors import N_, InvalidInput

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a rulebook: where it stands and what is wrong (a message id with its values)."""

    path: str
    line: int
    what: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what % dict(self.values)}"


class RulebookInvalid(InvalidInput):
    """A rulebook has mistakes; `problems` names each with its file and line."""

    code = "rulebook-invalid"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(
            N_("The rulebook has mistakes: %(problems)s"),
            remedy=N_("Correct the lines named and check again."),
            problems="; ".join(map(str, self.problems)),
        )


@dataclass(slots=True)
class Document:
    """One parsed file: its value, the line of each part, and what is wrong with it."""

    path: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line on which a part stands, or the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def report(self, path: Path, what: str, **values: object) -> None:
        """Note a mistake at a part."""
        self.problems.append(Problem(self.path, self.line(path), what, tuple(sorted(values.items()))))


_FASTEST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it; it reads and marks lines alike, ten times as fast."""


class _PlainLoader(_FASTEST):  # type: ignore[valid-type,misc]
    """The safe loader, guessing only true/false, numbers and null."""


_PlainLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:int", r"^-?[0-9]+$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    _PlainLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def parse(text: str, path: str) -> Document:
    """Read one YAML file. Mistakes are in `problems`, not raised, so that all files are reported at once."""
    document = Document(path)
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            document.report((), N_("The file is empty."))
        else:
            document.value = _value(loader, node, (), document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        values = (("problem", error.problem or error.context),)
        document.problems.append(Problem(path, line, N_("This is not YAML: %(problem)s."), values))
    except yaml.YAMLError as error:  # signs that no text has
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        values = (("problem", getattr(error, "reason", "")),)
        document.problems.append(Problem(path, line, N_("This is not YAML: %(problem)s."), values))
    finally:
        loader.dispose()
    return document


def _value(loader: _PlainLoader, node: Node, path: Path, document: Document) -> Any:
    document.lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return dict(_pairs(loader, node, path, document))
    if isinstance(node, SequenceNode):
        return [_value(loader, item, (*path, index), document) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return loader.construct_object(node)


def _pairs(loader: _PlainLoader, node: MappingNode, path: Path, document: Document) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = str(key_node.value)
        value = _value(loader, value_node, (*path, key), document)
        document.lines[*path, key] = key_node.start_mark.line + 1
        if key in seen:
            document.report((*path, key), N_("%(key)s stands here twice."), key=key)
        seen.add(key)
        yield key, value
