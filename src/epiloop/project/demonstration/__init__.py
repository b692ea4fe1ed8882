"""A synthetic county with a running outbreak: for the demonstration and for every benchmark.

The tree of divisions is real, down to the village; everybody and everything in it is invented. The same seed, number
of people and day give the same county, to the byte. Nobody can be meant: document numbers carry an area prefix that
no place has (999xxx), phone numbers a beginning that no mobile phone has (109).
"""

from epiloop.project.demonstration.county import County, county
from epiloop.project.demonstration.history import history
from epiloop.project.demonstration.itineraries import Visit, visits
from epiloop.project.demonstration.loading import load
from epiloop.project.demonstration.outbreak import Outbreak, outbreak
from epiloop.project.demonstration.population import Chunk, generate
from epiloop.project.demonstration.roster import Roster, roster
from epiloop.project.demonstration.tree import DemoTree, tree

__all__ = [
    "Chunk",
    "County",
    "DemoTree",
    "Outbreak",
    "Roster",
    "Visit",
    "county",
    "generate",
    "history",
    "load",
    "outbreak",
    "roster",
    "tree",
    "visits",
]
