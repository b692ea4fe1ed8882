"""The adoption of a rulebook."""

from dataclasses import dataclass

from epiloop.ledger.events import Body, body


@body("rulebook-adopted")
@dataclass(frozen=True)
class RulebookAdopted(Body):
    """From `occurred_at` this text of the rulebook is the law here; `digest` (hex SHA-256) names the stored text.

    `reason`: why, for those who read it later; a notice and its number, never a person.
    """

    name: str
    digest: str
    title_en: str = ""
    title_zh: str = ""
    reason: str = ""
