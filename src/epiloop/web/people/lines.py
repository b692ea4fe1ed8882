"""People, cases and contact links as lines of lists: short codes and words, never who somebody is."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from epiloop.store.reading.people import PersonLine
from epiloop.store.tables import ContactRow
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.placing import Placing


def case_words(row: Any) -> dict[str, Any]:
    """A case row in words."""
    return {
        "row": row,
        "disease": v.said(v.DISEASES, row.disease),
        "classification": v.said(v.CLASSIFICATIONS, "discarded" if row.discarded_at else row.classification),
        "outcome": v.said(v.OUTCOMES, row.outcome),
        "detected": v.said(v.DETECTIONS, row.detected_how),
        "severity": v.said(v.SEVERITIES, row.details.get("severity")),
        "case": row.details.get("case"),
    }


def member(row: PersonLine, names: Placing) -> dict[str, Any]:
    """Another person in a list: short code, place, status."""
    return {
        "row": row,
        "code": titles.short_code(row.id),
        "sex": v.said(v.SEXES, row.sex),
        "occupation": v.said(v.OCCUPATIONS, row.occupation) if row.occupation else "",
        "place": names.of(row.jurisdiction),
        "status": titles.status(row.status),
        "restricted": bool(row.strictness),
    }


def contact_words(row: ContactRow, other: UUID | None) -> dict[str, Any]:
    """A contact link in words, from the side that is not the other person."""
    return {
        "row": row,
        "other": other,
        "code": titles.short_code(other) if other else "",
        "ring": gettext(v.RINGS.get(row.ring, str(row.ring))),
        "disease": v.said(v.DISEASES, row.disease),
        "setting": v.said(v.SETTINGS, row.setting),
        "relation": v.said(v.RELATIONS, row.relation),
        "link": row.link.partition("#")[0],
    }
