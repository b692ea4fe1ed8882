"""Words of kinds of place and zone, and which kinds of place are sensitive whatever anybody says.

A register may hold kinds of its own. Their names for people stand beside the pages.
"""

import re

WORD = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

SENSITIVE_KINDS = frozenset({"shelter", "clinic", "worship", "rehabilitation", "mental-health"})
"""PRIVACY R13: that somebody goes to one of these says something about them, so they are never listed."""


def is_kind(word: str) -> bool:
    """Whether a word may name a kind, or a zone."""
    return bool(WORD.fullmatch(word))
