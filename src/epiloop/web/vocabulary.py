"""Words of closed lists as people say them: message ids by the word that events and rows carry."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, pgettext

from epiloop.core.errors import N_

SEXES = {"female": N_("woman"), "male": N_("man"), "other": N_("other sex"), "unknown": N_("sex not known")}
RELATIONS = {
    "family": N_("family"),
    "partner": N_("partner"),
    "colleague": N_("colleague"),
    "schoolmate": N_("schoolmate"),
    "friend": N_("friend"),
    "neighbour": N_("neighbour"),
    "patient": N_("patient"),
    "carer": N_("carer"),
    "passenger": N_("passenger"),
    "customer": N_("customer"),
    "other": N_("other relation"),
}
SETTINGS = {
    "household": N_("household"),
    "health-care": N_("health care"),
    "care-home": N_("care home"),
    "workplace": N_("workplace"),
    "school": N_("school"),
    "transport": N_("transport"),
    "meal": N_("meal"),
    "gathering": N_("gathering"),
    "funeral": N_("funeral"),
    "shop": N_("shop"),
    "lodging": N_("lodging"),
    "other": N_("other setting"),
}
CLASSIFICATIONS = {
    "suspected": N_("suspected case"),
    "probable": N_("probable case"),
    "confirmed": N_("confirmed case"),
    "asymptomatic": N_("asymptomatic infection"),
    "discarded": N_("no case after all"),
}
OUTCOMES = {
    "": N_("under way"),
    "open": N_("under way"),
    "recovered": N_("recovered"),
    "discharged": N_("discharged"),
    "died": N_("died"),
}
DETECTIONS = {
    "already-controlled": N_("already under control"),
    "key-group-test": N_("test of key posts"),
    "round": N_("test round"),
    "fever-clinic": N_("fever clinic"),
    "self-report": N_("reported themselves"),
}
SEVERITIES = {
    "mild": N_("mild"),
    "moderate": N_("moderate"),
    "severe": N_("severe"),
    "critical": N_("critical"),
}
SAMPLES = {"single": N_("single swab"), "pool": N_("pooled swab"), "antigen": N_("antigen test")}
RESULTS = {
    "negative": N_("negative"),
    "positive": N_("positive"),
    "invalid": N_("invalid"),
    "pending": N_("no result yet"),
}
DISEASES = {
    "covid-19": N_("COVID-19"),
    "mers": N_("MERS"),
    "ebola": N_("Ebola"),
    "measles": N_("Measles"),
}
RINGS = {1: N_("close contact"), 2: N_("secondary contact")}
RISKS = {"high": N_("high risk"), "medium": N_("medium risk"), "low": N_("low risk"), "none": N_("no risk")}
CHANNELS = {
    "data-push": N_("pushed data"),
    "unit-report": N_("report of a unit"),
    "community-visit": N_("visit of the community"),
    "self-report": N_("reported themselves"),
    "operator-prompt": N_("answer to the telephone operator's prompt"),
}
ARRIVAL_STEPS = {
    "reported": N_("reported, not seen yet"),
    "confirmed": N_("seen here"),
    "absent": N_("not found"),
    "departed": N_("left again"),
}
OCCUPATIONS = {
    "farmer": N_("farmer"),
    "pupil": N_("pupil"),
    "student": N_("student"),
    "infant": N_("infant"),
    "kindergarten-child": N_("child in kindergarten"),
    "worker": N_("worker"),
    "cadre": N_("office worker"),
    "teacher": N_("teacher"),
    "medical": N_("medical staff"),
    "service": N_("works in services"),
    "driver": N_("driver or courier"),
    "migrant": N_("works away from home"),
    "self-employed": N_("self-employed"),
    "home": N_("works at home"),
    "retired": N_("retired"),
}
EVENTS = {
    "person-registered": N_("registered"),
    "identity-recorded": N_("identity recorded"),
    "case-determined": N_("determined a case"),
    "case-reclassified": N_("case classified anew"),
    "case-discarded": N_("case discarded"),
    "outcome-recorded": N_("outcome recorded"),
    "exposure-recorded": N_("exposure recorded"),
    "contact-determined": N_("determined a contact"),
    "contact-withdrawn": N_("contact withdrawn"),
    "contact-became-case": N_("contact became a case"),
    "followed-up": N_("followed up"),
    "symptoms-reported": N_("symptoms reported"),
    "vaccinated": N_("vaccinated"),
    "admitted": N_("admitted"),
    "released": N_("released"),
    "transferred": N_("moved to another site"),
    "visited": N_("visited"),
    "handed-over": N_("handed over"),
    "home-unsuitable": N_("home found unsuitable"),
    "place-chosen": N_("place of isolation chosen"),
    "named-decision": N_("decision of a named person"),
    "linked-contact-result": N_("result of the linked contact"),
    "linked-contact-positive": N_("linked contact tested positive"),
    "linked-contact-cleared": N_("linked person is no case, or no contact, after all"),
    "sample-taken": N_("sample taken"),
    "result-received": N_("result received"),
    "result-corrected": N_("result corrected"),
    "arrived": N_("arrived"),
    "departed": N_("departed"),
    "post-held": N_("holds a key post"),
    "post-left": N_("left the key post"),
    "shift-block-ended": N_("block of shifts ended"),
    "died": N_("died"),
}

CLOCKS = {"exposure": N_("exposure"), "stage": N_("stage")}
"""How a rule counts days, as it comes into explanations."""


def said(words: Mapping[str, str], key: str | None, default: str = "") -> str:
    """A word in the reader's language; the word itself if the list does not have it."""
    if key is None or (not key and "" not in words):
        return default
    return gettext(words[key]) if key in words else key


def choices(words: Mapping[str, str], *, without: Iterable[str] = (), empty: bool = False) -> list[tuple[str, str]]:
    """The list as choices of a form; `empty`: none of them may be chosen, too."""
    found = [(key, gettext(name)) for key, name in words.items() if key and key not in set(without)]
    return [("", pgettext("choice", "not known")), *found] if empty else found
