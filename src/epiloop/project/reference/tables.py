"""Markdown as the generated pages use it."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `epiloop reference`; change the code, not this page. -->"


def page(title: str, lead: str, *parts: str) -> str:
    """A whole page: title, one paragraph, parts; with one line break at its end."""
    return "\n\n".join((f"# {title}", MADE, lead, *parts)) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar in a cell is escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in lines)


def sentence(docstring: str | None) -> str:
    """A docstring as one paragraph."""
    return " ".join((docstring or "").split())


def code(text: object) -> str:
    """A word of the code."""
    return f"`{text}`"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
