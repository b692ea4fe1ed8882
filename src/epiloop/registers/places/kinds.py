"""Words of kinds of place and zone; which kinds of place are sensitive whatever anybody says, and which until then.

A register may hold kinds of its own. Their names for people stand beside the pages.
"""

import re

WORD = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

SENSITIVE_KINDS = frozenset({"shelter", "clinic", "worship", "rehabilitation", "mental-health"})
"""PRIVACY R13: that somebody goes to one of these says something about them, so they are never listed."""
USUALLY_SENSITIVE = frozenset({"hospital", "health-centre", "isolation-site", "prison", "care-home"})
"""It does here too, but some of these everybody knows and has to find: sensitive until a register says otherwise."""


def is_usually_sensitive(kind: str) -> bool:
    """Whether a place of a kind is sensitive where nobody says whether it is."""
    return kind in SENSITIVE_KINDS or kind in USUALLY_SENSITIVE


def is_kind(word: str) -> bool:
    """Whether a word may name a kind, or a zone."""
    return bool(WORD.fullmatch(word))
