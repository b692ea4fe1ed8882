"""What a map of an itinerary shows besides the stops: registered places around them and the names of townships.

The base of the map is made of what the register has; there are no tiles and no outlines.
"""

from collections.abc import Sequence
from typing import Any

from epiloop.store.reading import registers
from epiloop.store.reading.registers import Box
from epiloop.web import titles
from epiloop.web.acting import Acting
from epiloop.web.header import named

RIGHT, KEEP = "register.read", "register.write"
MOST_PLACES, MOST_TOWNSHIPS = 60, 8
MARGIN = 0.6
"""How far beyond the stops is looked, in parts of their extent; and at least `LEAST` degrees, a kilometre or two."""
LEAST = 0.02


def base(who: Acting, positions: Sequence[tuple[float, ...]]) -> dict[str, Any]:
    """Places and townships around some positions, each with its name in the reader's language; none without the right
    to read registers.
    """
    if not positions or not who.scope(RIGHT).ranges:
        return {"around": [], "areas": []}
    box = around(positions)
    with who.reading(who.scope(RIGHT)) as connection:
        places = registers.places_around(connection, box, who.scope(KEEP), limit=MOST_PLACES)
        towns = registers.townships_around(connection, box, limit=MOST_TOWNSHIPS)
    names = named([code for code, _x, _y in towns], who)
    known = set(positions)
    shown = [one for one in places if (one.longitude, one.latitude) not in known]
    return {
        "around": [{"at": [one.longitude, one.latitude], "name": _name(one)} for one in shown],
        "areas": [{"at": [round(x, 5), round(y, 5)], "name": names[code]} for code, x, y in towns],
    }


def around(positions: Sequence[tuple[float, ...]]) -> Box:
    """The box of some positions with a margin."""
    west, east = min(p[0] for p in positions), max(p[0] for p in positions)
    south, north = min(p[1] for p in positions), max(p[1] for p in positions)
    wide, high = max(LEAST, MARGIN * (east - west)), max(LEAST, MARGIN * (north - south))
    return west - wide, south - high, east + wide, north + high


def _name(one: registers.Named) -> str:
    return (one.name_zh if titles.chinese() else one.name_en) or one.name_zh or one.name_en
