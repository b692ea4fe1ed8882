"""What the key service does about searches: it has the calls under the names of `gateways.cases.CaseCalls`.

It checks everything by itself - signatures, people, units, positives, times - and writes its log before it answers.
"""

from typing import cast

from epiloop.gateways.cases import CaseCalls
from epiloop.runtime.parts import Parts


def desk_of(parts: Parts) -> CaseCalls:
    """The key service, as a search needs it."""
    return cast("CaseCalls", parts.vault)
