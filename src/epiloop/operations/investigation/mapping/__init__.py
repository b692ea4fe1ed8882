"""Line lists of any shape: a mapping says which column is which field, and every row becomes drafts or a row error.

A mapping is a YAML file (`declared`): nothing about any particular list stands in code. `values` turns text into typed
values, `cases` and `contacts` turn rows into drafts, `guess` proposes a mapping from headings, so that a person only
corrects.

Ids are derived from (source system, outside id), and source keys from the content of what a row says: the same row
twice is nothing new, a changed row is a new saying, a good row never waits for a bad one.
"""

from epiloop.operations.investigation.mapping.declared import Mapping, parse_mapping, to_yaml
from epiloop.operations.investigation.mapping.guess import guess, signature
from epiloop.operations.investigation.mapping.importing import fresh_key, import_lists
from epiloop.operations.investigation.mapping.run import Imported, Row, Setting
from epiloop.operations.investigation.mapping.sheets import RowError, Sheet, read_csv, sheet_of

__all__ = [
    "Imported",
    "Mapping",
    "Row",
    "RowError",
    "Setting",
    "Sheet",
    "fresh_key",
    "guess",
    "import_lists",
    "parse_mapping",
    "read_csv",
    "sheet_of",
    "signature",
    "to_yaml",
]
