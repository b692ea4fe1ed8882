"""Reference pages say what the code says, and the code says what it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.docs.blocks import ROOT, name

from epiloop.project.main import cli
from epiloop.project.reference import PAGES, stale, write
from epiloop.project.reference.events import type_words

SOURCE = ROOT / "src"
PACKAGES = sorted(path for path in SOURCE.rglob("__init__.py") if "migrations" not in path.parts)
SPOKEN_FOR = ("core", "ledger", "rules", "vault")
"""Layers whose public functions everybody above calls."""


def test_no_made_page_is_stale() -> None:
    assert stale() == [], "run ./epiloop reference"


def test_a_stale_page_is_noticed_and_written(tmp_path: Path) -> None:
    assert stale(tmp_path) == list(PAGES)
    assert [path.name for path in write(tmp_path)] == list(PAGES)
    (tmp_path / "rights.md").write_text("old", "utf-8")
    assert stale(tmp_path) == ["rights.md"]


def test_sealed_fields_are_told_from_open_ones() -> None:
    page = PAGES["events.md"]()
    sample = page[page.index("### sample-taken") :].split("###")[1]
    assert "| `site` | id, or nothing | sealed |" in sample
    assert "| `sample` | text | open |" in sample


def test_types_are_said_in_words() -> None:
    assert type_words(tuple[str, ...]) == "list of text"
    assert type_words(int | None) == "whole number, or nothing"
    assert type_words(tuple[tuple[str, str], ...]) == "list of (text, text)"


def test_every_table_of_the_schema_is_on_the_page_with_its_columns() -> None:
    page = PAGES["projections.md"]()
    schema = SOURCE / "epiloop" / "store" / "sql" / "schema"
    text = "".join((schema / file).read_text("utf-8") for file in ("ledger.sql", "heads.sql", "projections.sql"))
    tables = [line.split()[2] for line in text.splitlines() if line.startswith("create table ")]
    assert [table for table in tables if f"### {table}\n" not in page] == []
    assert "| `valid_until` | timestamptz |" in page


def test_every_transition_table_is_drawn() -> None:
    page = PAGES["states.md"]()
    assert "determined --> became_case" in page
    assert page.count("stateDiagram-v2") == page.count("```mermaid") >= 8


def test_every_verb_is_in_the_reference_of_the_command_line() -> None:
    reference = ROOT / "docs" / "reference" / "cli.md"
    if not reference.exists():
        pytest.skip("docs/reference/cli.md is not made yet")
    text = reference.read_text("utf-8")
    assert [verb for verb in _verbs(cli) if verb not in text] == []


@pytest.mark.parametrize("path", PACKAGES, ids=name)
def test_every_package_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("layer", SPOKEN_FOR)
def test_every_public_function_says_what_it_means(layer: str) -> None:
    silent = [
        f"{name(path)}:{found.lineno} {found.name}"
        for path in sorted((SOURCE / "epiloop" / layer).rglob("*.py"))
        for found in _public(ast.parse(path.read_text("utf-8")), methods=path.name == "port.py")
        if not ast.get_docstring(found)
    ]
    assert silent == []


def _public(tree: ast.Module, *, methods: bool) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Public functions and classes of a module; of a port its methods too, which implementations need not repeat."""
    for found in tree.body:
        if isinstance(found, ast.FunctionDef | ast.ClassDef) and not found.name.startswith("_"):
            yield found
            if methods and isinstance(found, ast.ClassDef):
                parts = (part for part in found.body if isinstance(part, ast.FunctionDef))
                yield from (part for part in parts if not part.name.startswith("_"))


def _verbs(group: click.Group, before: str = "epiloop") -> Iterator[str]:
    context = click.Context(group)
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{before} {verb}")
        else:
            yield f"{before} {verb}"
