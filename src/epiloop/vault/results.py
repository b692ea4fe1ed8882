"""What a laboratory says of a sample: a statement that it signs with its own key, outside of this installation.

The key service compares the number in it with the identity in its vault: so nobody can make a case of somebody whom no
laboratory found positive (PRIVACY R9). A first positive is enough to count, a confirmed one to be told people.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import cbor2

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import instant
from epiloop.vault.reach import Reach, reach_of

FORM = "epiloop laboratory result v1"
MOST_BYTES = 4096


class Found(StrEnum):
    """How sure a positive is; or that the laboratory takes it back, for good. The words are stored and signed."""

    POSITIVE = "positive"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, repr=False)
class LaboratoryResult:
    """`laboratory` (the name it is enrolled under) found sample `sample`, taken at `taken_at` of the person whose
    document or phone has the code `person` (`vault.reach.code_of`). Raises InvalidInput.
    """

    laboratory: str
    sample: str
    taken_at: datetime
    found: Found
    person: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "taken_at", instant(self.taken_at).replace(microsecond=0))
        if not isinstance(reach_of(self.person), Reach):
            raise InvalidInput(N_("A laboratory names a person by a document or a phone."), where="laboratory result")
        if not (self.laboratory.strip() and self.sample.strip()):
            raise InvalidInput(N_("A result names its laboratory and its sample."), where="laboratory result")


def of_one_sample(one: LaboratoryResult, other: LaboratoryResult) -> bool:
    """Whether both are of the same laboratory, sample, time and number of a person, whatever they say of it."""
    return replace(one, found=other.found) == other


def write(result: LaboratoryResult) -> bytes:
    """The text that is signed."""
    plain = {
        "form": FORM,
        "laboratory": result.laboratory,
        "sample": result.sample,
        "taken_at": int(result.taken_at.timestamp()),
        "found": result.found.value,
        "person": result.person,
    }
    return cbor2.dumps(plain, canonical=True)


def read(text: bytes) -> LaboratoryResult:
    """The result in a text. Raises InvalidInput for any but the one text of one."""
    try:
        said = cbor2.loads(text) if len(text) <= MOST_BYTES else {}
        taken_at = datetime.fromtimestamp(said["taken_at"], UTC)
        found = LaboratoryResult(said["laboratory"], said["sample"], taken_at, Found(said["found"]), said["person"])
        same = write(found) == text
    except Exception:
        raise _no_text() from None
    if not same:
        raise _no_text()
    return found


def _no_text() -> InvalidInput:
    return InvalidInput(N_("This is not the result of a laboratory."), where="laboratory result")
