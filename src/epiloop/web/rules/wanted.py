"""What a rule wants of a fact's values, in words: which disease, which ring, which level of risk."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext

from epiloop.core.errors import N_
from epiloop.rules.vocabulary import KEY_POSTS
from epiloop.web import titles
from epiloop.web import vocabulary as v

LEVELS: Mapping[str, str] = {
    "high": N_("high risk"),
    "medium": N_("medium risk"),
    "low": N_("low risk"),
    "none": N_("no level"),
    "lockdown": N_("lockdown area"),
    "control": N_("control area"),
    "precaution": N_("precaution area"),
}
RISKS: Mapping[str, str] = {
    "high": N_("from a high-risk area"),
    "medium": N_("from a medium-risk area"),
    "low": N_("from a low-risk area"),
    "none": N_("from no risk area"),
}
STAGES: Mapping[str, str] = {"shelter": N_("shelter hospital"), "hospital": N_("designated hospital")}
PLACES: Mapping[str, str] = {"home": N_("at home"), "centralised": N_("centralised")}
VALUES: Mapping[str, Mapping[str, str]] = {
    "disease": v.DISEASES,
    "ring": {str(ring): name for ring, name in v.RINGS.items()},
    "classification": v.CLASSIFICATIONS,
    "severity": v.SEVERITIES,
    "outcome": {**v.RESULTS, **v.OUTCOMES},
    "kind": v.SAMPLES,
    "level": LEVELS,
    "origin_risk": RISKS,
    "stage": STAGES,
    "place": PLACES,
}
FLAGS: Mapping[str, str] = {
    "all_negative": N_("all negative"),
    "inter_province": N_("from another province"),
    "from_abroad": N_("from abroad"),
    "high_risk": N_("high risk of infection"),
    "symptoms": N_("with symptoms"),
    "confirmed": N_("confirmed by the laboratory"),
    "reached": N_("person reached"),
    "ok": N_("in order"),
    "cold_chain": N_("cold chain"),
    "imported": N_("imported"),
}
NUMBERS: Mapping[str, str] = {
    "nth": N_("result number"),
    "ct": N_("Ct value"),
    "doses": N_("dose"),
    "sample_age_hours": N_("hours since the last sample"),
}


def wanted(name: str, value: Any) -> str:
    """What one value must be; "" if anything will do."""
    if value.any_of is not None:
        return gettext(", ").join(_one(name, each) for each in value.any_of)
    if value.none_of:
        return gettext("not %(what)s") % {"what": gettext(", ").join(_one(name, each) for each in value.none_of)}
    return _range(name, value.low, value.high)


def together(parts: list[str]) -> str:
    """Several conditions that must all be met."""
    return pgettext("between conditions", ", ").join(parts)


def _one(name: str, value: object) -> str:
    if isinstance(value, bool) and name in FLAGS:
        said = gettext(FLAGS[name])
        return said if value else gettext("not %(what)s") % {"what": said}
    if name == "post" and str(value) in KEY_POSTS:
        return KEY_POSTS[str(value)][1 if titles.chinese() else 0]
    return v.said(VALUES.get(name, {}), str(value))


def _range(name: str, low: float | None, high: float | None) -> str:
    values = {"name": gettext(NUMBERS.get(name, name)), "low": low, "high": high}
    if low is not None and high is not None:
        return gettext("%(name)s %(low)g to %(high)g") % values
    if high is not None:
        return gettext("%(name)s at most %(high)g") % values
    return gettext("%(name)s at least %(low)g") % values if low is not None else ""
