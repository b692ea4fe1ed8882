"""Exposure: who shared place and time with a case, in two rings, ranked, and why.

`reference` says it plainly and slowly; `tracing` gives the same answer from sorted columns that are mapped from disk
(`segment`). `terms` are the law's: they come from a rulebook. Nothing here reads a file, a key or a clock; persons and
places are opaque numbers.
"""

from epiloop.exposure.contacts import Contact, Reason, Rings, Shared, Stretch, Traced
from epiloop.exposure.segment import Columns, Segment, arranged, columns, decode, encode, merge
from epiloop.exposure.terms import Terms, load_terms
from epiloop.exposure.tracing import Ring, RingTables, explain, trace
from epiloop.exposure.visits import CheckIn, Presumption, Source, Visit, at_home, settle

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
