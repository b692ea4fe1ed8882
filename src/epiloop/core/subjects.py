"""What a rule can apply to (管控对象)."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class SubjectKind(StrEnum):
    """The kinds of subject; also the kinds of stream in the ledger that rules look at."""

    PERSON = "person"
    VEHICLE = "vehicle"
    VESSEL = "vessel"
    CONSIGNMENT = "consignment"
    PLACE = "place"
    UNIT = "unit"
    INSTRUCTION = "instruction"


class EventRef(NamedTuple):
    """Which event: its stream and its version there."""

    stream: UUID
    version: int
