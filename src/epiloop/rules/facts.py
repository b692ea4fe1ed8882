"""What a rule is told: facts of one subject, in recorded order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from epiloop.core.subjects import EventRef

Value = str | int | float | bool | date | datetime | UUID | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a subject's event says to the rules.

    `kind` is a name from `rules/vocabulary` ("contact-determined", "sample-taken"); `at` when it happened;
    `recorded_at` when Epiloop learned it; `values` its details, with names fixed per kind; `event` where it stands.
    """

    kind: str
    at: datetime
    recorded_at: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    event: EventRef | None = None
    origin: str = ""
    """Names the registration that a fact was told of before it was merged into this one; "" for the subject's own."""
