"""Errors of the domain in the reader's language."""

from django.utils.translation import gettext

from epiloop.core.errors import EpiloopError


def words(error: EpiloopError) -> str:
    """What was wrong and what to do, as one text for a form or a message."""
    parts = [gettext(part) % error.values for part in (error.what, error.remedy) if part]
    return ("" if parts[0].endswith(("。", "！", "？")) else " ").join(parts)  # Chinese has no blank after a full stop
