"""Reading a rulebook from a folder. The only room of `rules` that opens files."""

from pathlib import Path

from epiloop.core.errors import N_, NotFound
from epiloop.rules.loader import load
from epiloop.rules.model import Rulebook


def read_files(folder: Path) -> dict[str, str]:
    """All YAML files of a rulebook, by their path within it. Raises NotFound."""
    if not (folder / "rulebook.yaml").is_file():
        raise NotFound(N_("There is no rulebook in %(folder)s."), folder=str(folder))
    paths = [path for path in sorted(folder.rglob("*.yaml")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def load_folder(folder: Path, *, parent: Rulebook | None = None) -> Rulebook:
    """The rulebook in a folder. Raises NotFound, RulebookInvalid."""
    return load(read_files(folder), root=f"{folder.as_posix()}/", parent=parent)


def load_named(root: Path, name: str) -> tuple[Rulebook, ...]:
    """A rulebook by name below `root`, preceded by those it overlays (highest ceiling first)."""
    book = load_folder(root / name) if "overlays:" not in read_files(root / name)["rulebook.yaml"] else None
    if book is not None:
        return (book,)
    above = load_named(root, _overlaid(root / name))
    return (*above, load_folder(root / name, parent=above[-1]))


def _overlaid(folder: Path) -> str:
    lines = (folder / "rulebook.yaml").read_text("utf-8").splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("overlays:"))
