"""Kinds of unit and place as people say them. A register may hold kinds of its own; they are shown as they are."""

from collections.abc import Mapping

from django.utils.translation import gettext

from epiloop.core.errors import N_

KINDS: Mapping[str, str] = {
    "office": N_("Government office"),
    "hospital": N_("Hospital"),
    "health-centre": N_("Health centre"),
    "laboratory": N_("Laboratory"),
    "isolation-site": N_("Isolation site"),
    "kindergarten": N_("Kindergarten"),
    "primary-school": N_("Primary school"),
    "middle-school": N_("Middle school"),
    "high-school": N_("High school"),
    "care-home": N_("Care home"),
    "prison": N_("Prison"),
    "market": N_("Market"),
    "supermarket": N_("Supermarket"),
    "restaurant": N_("Restaurant"),
    "hotel": N_("Hotel"),
    "pharmacy": N_("Pharmacy"),
    "hairdresser": N_("Hairdresser"),
    "bath-house": N_("Bath house"),
    "leisure-venue": N_("Leisure venue"),
    "cinema": N_("Cinema"),
    "factory": N_("Factory"),
    "imported-goods-works": N_("Works with imported goods"),
    "building-site": N_("Building site"),
    "cold-store": N_("Cold store"),
    "central-warehouse": N_("Central warehouse"),
    "parcel-depot": N_("Parcel depot"),
    "trading-firm": N_("Trading firm"),
    "haulier": N_("Haulier"),
    "bus-company": N_("Bus company"),
    "railway-station": N_("Railway station"),
    "motorway-services": N_("Motorway services"),
    "filling-station": N_("Filling station"),
    "street-cleaning": N_("Street cleaning"),
    "public": N_("Public place"),
}
LEVELS: Mapping[str, str] = {
    "province": N_("province"),
    "city": N_("city"),
    "county": N_("county"),
    "township": N_("township"),
    "community": N_("community (village)"),
    "grid": N_("grid"),
    "micro-grid": N_("micro-grid"),
}


def kind_name(kind: str) -> str:
    """A kind of unit or place."""
    return gettext(KINDS.get(kind, kind))


def level_name(level: str) -> str:
    """A level of jurisdictions."""
    return gettext(LEVELS.get(level, level))


def kind_choices() -> list[tuple[str, str]]:
    """All kinds, by name."""
    return sorted(((key, gettext(name)) for key, name in KINDS.items()), key=lambda pair: pair[1])
