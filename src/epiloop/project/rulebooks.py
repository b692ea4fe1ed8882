"""The rulebooks that come with Epiloop, beside the code: `rulebooks/<name>/`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from epiloop.rules.model import Rulebook

FOLDER = "EPILOOP_RULEBOOKS"


def rulebooks_folder() -> Path:
    """Where rulebooks are read from: EPILOOP_RULEBOOKS, else the folder beside the code."""
    return Path(os.environ.get(FOLDER) or Path(__file__).parents[3] / "rulebooks")


def read_rulebook(name: str) -> "Rulebook":
    """One of them by name. Raises NotFound, RulebookInvalid."""
    from epiloop.rules.source import load_named  # settings and every verb ask where they lie, few what they say

    return load_named(rulebooks_folder(), name)[-1]
