"""The page of personal data: what each database holds of people and staff, from the inventories beside its SQL."""

from collections.abc import Iterator, Mapping

from epiloop.core.inventory import Held, Inventory
from epiloop.core.purposes import PURPOSES
from epiloop.project.reference.tables import code, page, table
from epiloop.store import personal
from keyservice import schema

LEAD = (
    "What is held of people, for which purpose, on which basis and for how long: the inventories of both databases"
    " (`src/epiloop/store/sql/personal.toml`, `src/keyservice/sql/personal.toml`). An id of a person counts as personal"
    " data, because it leads to them. A migration that makes a column of which they say nothing is refused and rolled"
    " back, so what is not here is not there. The fields of each event are in the [reference of events](events.md), and"
    " marked if they are sealed. Whether a basis holds where you are is for your own lawyers to say."
)
DATABASES = {
    "The application's database": personal.declared,
    "The key service's database": schema.declared,
}
FILES = (
    "Besides, the key service has files: sealed check-ins (14 days by default, 28 at most, for contact searches), the"
    " secrets of days that they are read with (destroyed with the day), and the record of which days were destroyed"
    " when. See [sealed check-ins](../explanation/sealed-check-ins.md)."
)


def personal_data_page() -> str:
    """The text of docs/reference/personal-data.md."""
    parts = (part for title, declared in DATABASES.items() for part in _database(title, declared()))
    return page("Personal data", LEAD, *parts, "## Files of the key service", FILES)


def _database(title: str, declared: Inventory) -> Iterator[str]:
    yield f"## {title}"
    yield _named("Basis", declared.bases)
    yield _named("How long", declared.retentions)
    for one in declared.held:
        yield f"### {one.table}"
        yield table(("", ""), _rows(one))
    yield "### Tables of nobody"
    names = ", ".join(map(code, sorted(declared.nobody)))
    yield f"No column of these is about a person: {names}."


def _named(title: str, words: Mapping[str, str]) -> str:
    return table((title.lower(), ""), [(code(word), said) for word, said in words.items()])


def _rows(one: Held) -> Iterator[tuple[str, str]]:
    yield "holds", one.what
    yield "of", one.whose
    yield "for", "; ".join(f"{code(purpose)} ({PURPOSES[purpose].lower()})" for purpose in one.purposes)
    yield "basis", code(one.basis)
    yield "how long", code(one.retention)
    yield "personal", ", ".join(map(code, one.personal))
    if one.other:
        yield "besides", ", ".join(map(code, one.other))
