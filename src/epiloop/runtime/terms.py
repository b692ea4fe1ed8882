"""The terms of exposure in force: what a trace is asked with, and what an authorisation names as its law."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from epiloop.exposure.terms import Terms, load_terms
from epiloop.rules.model import ExposureVersion, Source
from epiloop.rules.regimes import exposure_terms
from epiloop.rules.stream import LAST_INSTANT
from epiloop.runtime.laws import Laws


@dataclass(frozen=True, slots=True)
class InForce:
    """Terms with what they stand in: the rulebook by name and digest (SHA-256, hex), the version, its source.

    `own`: parts of the terms that are Epiloop's defaults and not the source's, such as `ring_1` or `kinds.train.rows`.
    """

    terms: Terms
    disease: str
    rulebook: str
    digest: str
    version: str
    source: Source
    own: tuple[str, ...]
    note: str
    plain: Mapping[str, Any]
    """The terms as a rulebook writes them, with the clause: what `exposure.load_terms` takes."""


def written_clause(version: ExposureVersion) -> str:
    """How a signed text names the clause of a version: the source's words with the version."""
    return f"{version.source.clause or version.source.title['en']} ({version.id})"


def terms_in_force(
    laws: Laws, disease: str, jurisdiction: int, at: datetime, *, known_at: datetime = LAST_INSTANT
) -> InForce | None:
    """Which shared time makes a contact of a disease at an instant, in a jurisdiction, as far as known then.

    None: no adopted rulebook has terms of this disease in force there, so nobody can be traced by it.
    """
    found = exposure_terms(disease, at, laws.adoptions, laws.context(jurisdiction), known_at)
    if found is None:
        return None
    book, version = found
    plain = {"clause": written_clause(version), **version.terms}
    terms = load_terms(plain)
    return InForce(terms, disease, book.name, book.digest, version.id, version.source, version.own, version.note, plain)
