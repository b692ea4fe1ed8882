"""The page of words: what rulebooks may say, in both languages."""

from collections.abc import Iterable

from epiloop.project.reference.tables import code, page, table
from epiloop.rules import vocabulary as words

LEAD = (
    "The closed list of words a rulebook may use. Another word is refused with its file and line. The titles are what"
    " users see. How the words are put together: [the rule language](rule-language.md)."
)


def vocabulary_page() -> str:
    """The text of docs/reference/vocabulary.md."""
    return page(
        "Vocabulary",
        LEAD,
        "## Facts\n\nWhat a subject's events tell the rules. Every value may be absent.",
        table(("fact", "values"), ((code(kind), _values(values.items())) for kind, values in words.FACTS.items())),
        "## Statuses\n\nWhat a subject may do, from free to the strictest. The strictest of all loops holds.",
        table(("status", "strictness", "English", "中文"), _statuses()),
        "## Duties\n\nA duty that *lapses* is not made up for: it ends a day after its due instant.",
        table(("duty", "fulfilled by", "", "English", "中文"), _duties()),
        "## Posts that own duties",
        table(("post", "English", "中文"), ((code(key), *title) for key, title in words.POSTS.items())),
        "## Posts of key populations\n\nHeld by people under control; values of the fact `post-held`.",
        table(("post", "English", "中文"), ((code(key), *title) for key, title in words.KEY_POSTS.items())),
        "## Parties",
        table(("party", "English", "中文"), ((code(key), *title) for key, title in words.PARTIES.items())),
    )


def _values(values: Iterable[tuple[str, words.ValueType]]) -> str:
    return ", ".join(f"{code(name)} {_choices(kind)}" for name, kind in values)


def _choices(kind: words.ValueType) -> str:
    return f"({kind})" if isinstance(kind, str) else f"({' / '.join(kind)})"


def _statuses() -> Iterable[tuple[object, ...]]:
    ordered = sorted(words.STATUSES.items(), key=lambda item: item[1].strictness)
    return ((code(key), status.strictness, status.en, status.zh) for key, status in ordered)


def _duties() -> Iterable[tuple[object, ...]]:
    return (
        (code(key), code(kind.evidence), "lapses" if kind.lapses else "", kind.en, kind.zh)
        for key, kind in words.DUTIES.items()
    )
