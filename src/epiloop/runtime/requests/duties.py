"""Taking a duty (签收)."""

from collections.abc import Sequence
from uuid import UUID

from epiloop.ledger.events import Draft
from epiloop.operations.duties.actions import acknowledge as take
from epiloop.runtime.acts import Done
from epiloop.runtime.capabilities import facts_of
from epiloop.runtime.parts import Parts
from epiloop.runtime.requests.asking import By
from epiloop.runtime.requests.assistance.asking import is_request
from epiloop.runtime.requests.assistance.asking import take as take_of_request
from epiloop.runtime.requests.people import Known, for_person


def acknowledge(parts: Parts, by: By, person: UUID, loop: str, duty: str, *, login: str) -> Done:
    """The account with this login has seen the duty and takes it. Raises NotFound, Refused if it is not open.

    `person` may be a request between jurisdictions as well.
    """
    if is_request(parts, person):
        return take_of_request(parts, by, person, loop, duty, login=login)

    def decide(known: Known) -> Sequence[Draft]:
        plan = known.laws.plan(facts_of(known.entries, person), known.jurisdiction)
        return [take(plan.duties, person, known.jurisdiction, loop, duty, by=login, at=known.now)]

    result = {"person": str(person), "loop": loop, "duty": duty}
    return for_person(parts, by, person, "duty.write", decide, result=dict(result))
