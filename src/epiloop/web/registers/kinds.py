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
    "mall": N_("Shopping mall"),
    "canteen": N_("Canteen"),
    "karaoke": N_("Karaoke"),
    "internet-cafe": N_("Internet café"),
    "gym": N_("Gym"),
    "stadium": N_("Stadium"),
    "library": N_("Library"),
    "museum": N_("Museum"),
    "scenic-area": N_("Scenic area"),
    "university": N_("University"),
    "training-centre": N_("Training centre"),
    "bus-station": N_("Bus station"),
    "airport": N_("Airport"),
    "dock": N_("Dock"),
    "bank": N_("Bank"),
    "residential-compound": N_("Residential compound"),
    "clinic": N_("Clinic"),
    "shelter": N_("Shelter"),
    "worship": N_("Place of worship"),
    "rehabilitation": N_("Rehabilitation centre"),
    "mental-health": N_("Mental health centre"),
    "public": N_("Public place"),
}
ZONE_KINDS: Mapping[str, str] = {
    "hall": N_("Hall"),
    "room": N_("Room"),
    "dining": N_("Dining area"),
    "kitchen": N_("Kitchen"),
    "classroom": N_("Classroom"),
    "dormitory": N_("Dormitory"),
    "ward": N_("Ward"),
    "outpatient": N_("Outpatient hall"),
    "waiting": N_("Waiting area"),
    "counter": N_("Counter"),
    "workshop": N_("Workshop"),
    "warehouse": N_("Warehouse"),
    "cold-room": N_("Cold room"),
    "seating": N_("Seats"),
    "changing-room": N_("Changing room"),
    "outdoors": N_("Outdoors"),
}
ENDINGS: Mapping[str, str] = {
    "rotated": N_("replaced by a new one"),
    "copied": N_("a picture of it went around"),
    "altered": N_("the poster was altered"),
    "gone": N_("the zone is no more"),
    "closed": N_("the place is closed"),
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


def zone_name(kind: str) -> str:
    """A kind of zone."""
    return gettext(ZONE_KINDS.get(kind, kind)) if kind else ""


def zone_choices() -> list[tuple[str, str]]:
    """All kinds of zone, by name."""
    return sorted(((key, gettext(name)) for key, name in ZONE_KINDS.items()), key=lambda pair: pair[1])


def ending_name(reason: str) -> str:
    """Why a code ends."""
    return gettext(ENDINGS.get(reason, reason)) if reason else ""


def level_name(level: str) -> str:
    """A level of jurisdictions."""
    return gettext(LEVELS.get(level, level))


def kind_choices() -> list[tuple[str, str]]:
    """All kinds, by name."""
    return sorted(((key, gettext(name)) for key, name in KINDS.items()), key=lambda pair: pair[1])
