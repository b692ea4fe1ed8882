"""Exposure: who shared place and time with a case, in two rings, ranked, and why.

`reference` says it plainly and slowly; `tracing` gives the same answer from sorted columns that are mapped from disk
(`segment`); these two need numpy and come when somebody asks for them. `terms` are the law's: they come from a
rulebook. Nothing here reads a file, a key or a clock; persons and places are opaque numbers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from epiloop.exposure.contacts import Contact, Reason, Rings, Shared, Stretch, Traced
from epiloop.exposure.terms import Terms, load_terms
from epiloop.exposure.visits import CheckIn, Presumption, Source, Visit, at_home, settle

if TYPE_CHECKING:
    from epiloop.exposure.segment import Columns, Segment, arranged, columns, decode, encode, merge
    from epiloop.exposure.tracing import Ring, RingTables, explain, trace

__all__ = [
    "CheckIn",
    "Columns",
    "Contact",
    "Presumption",
    "Reason",
    "Ring",
    "RingTables",
    "Rings",
    "Segment",
    "Shared",
    "Source",
    "Stretch",
    "Terms",
    "Traced",
    "Visit",
    "arranged",
    "at_home",
    "columns",
    "decode",
    "encode",
    "explain",
    "load_terms",
    "merge",
    "settle",
    "trace",
]

_ROOMS = {
    "segment": ("Columns", "Segment", "arranged", "columns", "decode", "encode", "merge"),
    "tracing": ("Ring", "RingTables", "explain", "trace"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """What needs numpy, from its room: whoever only says when somebody was where does not wait for that."""
        if name not in _ROOM_OF:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
