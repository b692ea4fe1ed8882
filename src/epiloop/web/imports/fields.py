"""What the columns of a line list can mean, in words, and the closed lists their cells are read as."""

from collections.abc import Mapping

from epiloop.core.errors import N_
from epiloop.web import vocabulary as v

IDENTIFYING = frozenset({"name", "phone", "document", "address", "note"})
"""Fields whose cells are covered in the sample."""

CASES: Mapping[str, str] = {
    "id": N_("Number in this list"),
    "disease": N_("Disease"),
    "classification": N_("Classification"),
    "onset": N_("Day of onset"),
    "diagnosed": N_("Day of diagnosis"),
    "reported": N_("Day of report"),
    "infected": N_("Day of infection"),
    "exposure_first": N_("First exposure"),
    "exposure_last": N_("Last exposure"),
    "exposure_setting": N_("Setting of exposure"),
    "place": N_("Place of exposure"),
    "outcome": N_("Outcome"),
    "outcome_on": N_("Day of outcome"),
    "severity": N_("Severity"),
    "detected": N_("How it was found"),
    "imported": N_("Infected elsewhere"),
    "hospital": N_("Hospital"),
    "sex": N_("Sex"),
    "age": N_("Age"),
    "birth_date": N_("Date of birth"),
    "birth_year": N_("Year of birth"),
    "occupation": N_("Occupation"),
    "stay": N_("Code of the place of stay"),
    "residence": N_("Code of the place of residence"),
    "longitude": N_("Longitude"),
    "latitude": N_("Latitude"),
    "name": N_("Name"),
    "phone": N_("Telephone"),
    "document": N_("Document number"),
    "address": N_("Address"),
    "note": N_("Note"),
}
CONTACTS: Mapping[str, str] = {
    "from": N_("Source: number of the case"),
    "to": N_("Contact: number of the person"),
    "link": N_("Number of the link"),
    "disease": N_("Disease"),
    "ring": N_("Ring (1 or 2)"),
    "first_exposure": N_("First exposure"),
    "last_exposure": N_("Last exposure"),
    "determined": N_("Day of determination"),
    "setting": N_("Setting of exposure"),
    "relation": N_("Relation"),
    "high_risk": N_("High risk"),
    "place": N_("Place of exposure"),
    "stay": N_("Code of the place of stay"),
    "name": N_("Name"),
    "phone": N_("Telephone"),
    "note": N_("Note"),
}
SHEETS: Mapping[str, str] = {"cases": N_("Case list"), "contacts": N_("Contact list"), "divisions": N_("Code table")}
NAMES: Mapping[str, Mapping[str, str]] = {"cases": CASES, "contacts": CONTACTS}

WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": v.SEXES,
    "classification": {key: name for key, name in v.CLASSIFICATIONS.items() if key != "discarded"},
    "outcome": {key: name for key, name in v.OUTCOMES.items() if key not in ("", "open")},
    "severity": v.SEVERITIES,
    "detection": v.DETECTIONS,
    "setting": v.SETTINGS,
    "relation": v.RELATIONS,
    "flag": {"yes": N_("Yes"), "no": N_("No")},
}
"""Kind of field -> the words its cells are read as, with their names."""

OWN = frozenset({"setting", "relation"})
"""Kinds that take a list's own words, too: kept sealed as they are."""

ORDERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": (N_("year first: 2015-06-05"), ()),
    "day": (N_("day first: 5/6/2015"), ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y")),
    "month": (N_("month first: 6/5/2015"), ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")),
}
"""How dates are written: key -> name and the formats beside the usual one."""
