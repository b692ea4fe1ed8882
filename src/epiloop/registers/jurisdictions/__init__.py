"""The tree of jurisdictions (辖区): divisions from a code table, their dated changes, and functional zones.

A division keeps its number for ever; merges, splits and renames are events with an effective date and change what a
scope contains, never the rows. Placeholders ("市辖区", "虚拟社区") stand in the tree and own nothing.
"""

from epiloop.registers.jurisdictions.divisions import Division, Zone, is_placeholder
from epiloop.registers.jurisdictions.state import Register, register
from epiloop.registers.jurisdictions.table import RowError, Table, read_table
from epiloop.registers.jurisdictions.zones import ZoneFile, read_zones

__all__ = [
    "Division",
    "Register",
    "RowError",
    "Table",
    "Zone",
    "ZoneFile",
    "is_placeholder",
    "read_table",
    "read_zones",
    "register",
]
