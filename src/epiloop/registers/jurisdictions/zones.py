"""Reading the local file of functional zones: which divisions a zone governs, at which rank, from when.

Columns `code`, `name_zh`, `rank`, `parent_code`, `territory` (codes parted by spaces), `since`, `until`, `source`.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.registers.jurisdictions.divisions import Zone
from epiloop.registers.jurisdictions.table import RANK_OF, RowError, number

COLUMNS = ("code", "name_zh", "rank", "parent_code", "territory", "since", "source")


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """The zones of a local file, and the rows refused."""

    zones: tuple[Zone, ...]
    errors: tuple[RowError, ...]


def read_zones(lines: Iterable[str]) -> ZoneFile:
    """Read the local file. Raises InvalidInput if a column is missing; a bad row is a RowError of its line."""
    reader = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidInput(N_("The table has no column %(missing)s."), missing=", ".join(missing), where="1")
    zones, errors = [], []
    for row in reader:
        try:
            zones.append(_zone({name: (value or "").strip() for name, value in row.items() if name}))
        except InvalidInput as error:
            errors.append(RowError(reader.line_num, error.what, error.values))
        except ValueError as error:
            errors.append(RowError(reader.line_num, N_("%(text)s is not a date."), {"text": str(error)}))
    return ZoneFile(tuple(zones), tuple(errors))


def _zone(row: Mapping[str, str]) -> Zone:
    if row["rank"] not in RANK_OF:
        raise InvalidInput(N_("%(level)s is not a level."), level=repr(row["rank"]))
    territory = tuple(sorted({code(text) for text in row["territory"].split()}))
    if not (territory and row["source"] and row["name_zh"]):
        raise InvalidInput(N_("A zone needs a name, a territory and a source."))
    since = date.fromisoformat(row["since"])
    until = date.fromisoformat(row["until"]) if row.get("until") else None
    if until is not None and until <= since:
        raise InvalidInput(N_("A zone cannot end before it begins."))
    own = number(row["code"], row["rank"])
    return Zone(own, row["rank"], code(row["parent_code"]), row["name_zh"], territory, since, until, row["source"])
