"""Which generated pages there are, writing them, and finding those that no longer say what the code says."""

from collections.abc import Callable, Mapping
from pathlib import Path

from epiloop.project.reference.command_line import command_line_page
from epiloop.project.reference.events import events_page
from epiloop.project.reference.interface import interface_page
from epiloop.project.reference.personal_data import personal_data_page
from epiloop.project.reference.projections import projections_page
from epiloop.project.reference.rights import rights_page
from epiloop.project.reference.states import states_page
from epiloop.project.reference.vocabulary import vocabulary_page

FOLDER = Path(__file__).parents[4] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": interface_page,
    "cli.md": command_line_page,
    "events.md": events_page,
    "personal-data.md": personal_data_page,
    "projections.md": projections_page,
    "rights.md": rights_page,
    "states.md": states_page,
    "vocabulary.md": vocabulary_page,
}
"""File name -> what makes its text."""


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every generated page; gives those that changed."""
    changed = [folder / name for name in stale(folder)]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGES[path.name](), "utf-8")
    return changed


def stale(folder: Path = FOLDER) -> list[str]:
    """The generated pages that are missing or not what the code says."""
    return [name for name, make in PAGES.items() if _read(folder / name) != make()]


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None
