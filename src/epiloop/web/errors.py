"""Errors of the domain in the reader's language."""

from typing import Any

from django.utils.translation import gettext

from epiloop.core.errors import EpiloopError


def values(error: EpiloopError) -> dict[str, Any]:
    """The values of its messages; a value that is a word of ours is said in the reader's language."""
    return {name: gettext(one) if isinstance(one, str) and one else one for name, one in error.values.items()}


def words(error: EpiloopError) -> str:
    """What was wrong and what to do, as one text for a form or a message."""
    told = values(error)
    parts = [gettext(part) % told for part in (error.what, error.remedy) if part]
    return ("" if parts[0].endswith(("。", "！", "？")) else " ").join(parts)  # Chinese has no blank after a full stop
