"""The mapping as a form: every column gets a meaning, every unread word too; out comes the mapping of the next trial.

What a form of columns cannot say (values taken from the other list, several columns of which the first counts) stays
as the mapping has it, unless the columns of that field were changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext, pgettext

from epiloop.operations.investigation.mapping import Mapping as Declared
from epiloop.operations.investigation.mapping import Sheet
from epiloop.operations.investigation.mapping.declared import CASE_FIELDS, CONTACT_FIELDS, Field, Source
from epiloop.operations.investigation.mapping.values import Reading
from epiloop.runtime.intake import Files
from epiloop.web.imports.fields import NAMES, ORDERS, OWN, SHEETS, WORDS
from epiloop.web.imports.sample import first_cells, identifying, words_of

UNSAID = "?"
"""What stands in a guessed mapping for what only a person can say: the system, the disease."""
KEEP = "keep"
NOTHING = "nothing"
KINDS = {"cases": CASE_FIELDS, "contacts": CONTACT_FIELDS}
CONSTANTS = ("disease", "classification")

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a column, and what it means: a word of the closed list, "nothing", or "" for not stated."""

    name: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: heading, first cells, what it means, and its words that need a meaning."""

    name: str
    heading: str
    cells: list[str]
    meaning: str
    choices: list[tuple[str, str]] = field(repr=False)
    words: list[Word]
    word_choices: list[tuple[str, str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the form. `rest` are fields that take no column: whence they come, in words."""

    name: str
    title: str
    rows: int
    columns: list[Column]
    rest: list[tuple[str, str]]


def tables(files: Files, mapping: Declared) -> list[Table]:
    """The form for these files, filled with a mapping."""
    found = (("cases", files.cases, mapping.cases), ("contacts", files.contacts, mapping.contacts))
    return [_table(name, sheet, fields, mapping) for name, sheet, fields in found if sheet]


def constant(mapping: Declared, name: str) -> str:
    """What the mapping states for all rows; "" where a column says it or nobody said it yet."""
    for fields in (mapping.cases, mapping.contacts):
        for source in fields[name].sources if name in fields else ():
            if source.kind == "constant":
                return "" if source.name == UNSAID else source.name
    return ""


def date_order(mapping: Declared) -> str:
    """How dates are written."""
    formats = {each.reading.formats for fields in (mapping.cases, mapping.contacts) for each in fields.values()}
    return next((key for key, (_, given) in ORDERS.items() if given and given in formats), "")


def remapped(mapping: Declared, files: Files, given: Given) -> Declared:
    """The mapping that the form states, built on the one it was filled with."""
    parts = {
        "cases": _fields(mapping.cases, files.cases, "cases", given) if files.cases else {},
        "contacts": _fields(mapping.contacts, files.contacts, "contacts", given) if files.contacts else {},
    }
    keep = [*_chosen(files.cases, "cases", given, KEEP)] if files.cases else []
    return replace(
        mapping,
        system=str(given.get("system", "")).strip(),
        cases=MappingProxyType(parts["cases"]),
        contacts=MappingProxyType(parts["contacts"]),
        keep=tuple(keep),
    )


def _table(name: str, sheet: Sheet, fields: Mapping[str, Field], mapping: Declared) -> Table:
    cells = first_cells(sheet, identifying(sheet, fields, contacts=name == "contacts"))
    meanings = _meanings(fields, mapping if name == "cases" else None)
    words = {each: words_of(sheet, each_field, mapping) for each, each_field in fields.items()}
    columns = [
        _column(f"{name}-{number}", heading, cells[heading], meanings.get(heading, ""), name, words)
        for number, heading in enumerate(sheet.headings)
        if heading
    ]
    rest = [(gettext(NAMES[name][key]), _whence(each)) for key, each in fields.items() if _takes_no_column(each)]
    return Table(name, gettext(SHEETS[name]), len(sheet.rows) + len(sheet.errors), columns, rest)


def _column(
    name: str, heading: str, cells: list[str], meaning: str, sheet: str, words: Mapping[str, Mapping[str, str | None]]
) -> Column:
    kind = KINDS[sheet].get(meaning, "")
    said = [
        Word(f"{name}-word-{number}", text, NOTHING if given is None else given)
        for number, (text, given) in enumerate(words.get(meaning, {}).items())
    ]
    return Column(name, heading, cells, meaning, _choices(sheet), said, _word_choices(kind))


def _choices(sheet: str) -> list[tuple[str, str]]:
    first = [("", pgettext("column", "– left out –"))]
    kept = [(KEEP, pgettext("column", "kept with the case, sealed"))] if sheet == "cases" else []
    return [*first, *((key, gettext(name)) for key, name in NAMES[sheet].items()), *kept]


def _word_choices(kind: str) -> list[tuple[str, str]]:
    if kind not in WORDS:
        return []
    open_end = gettext("kept as it stands, sealed") if kind in OWN else gettext("– choose –")
    named = [(key, gettext(name)) for key, name in WORDS[kind].items()]
    return [("", open_end), *named, (NOTHING, gettext("says nothing"))]


def _meanings(fields: Mapping[str, Field], mapping: Declared | None) -> dict[str, str]:
    found = {source.name: name for name, each in fields.items() for source in each.sources if source.kind == "column"}
    return found | dict.fromkeys(mapping.keep if mapping else (), KEEP)


def _takes_no_column(each: Field) -> bool:
    return each.name not in CONSTANTS and all(source.kind != "column" for source in each.sources)


def _whence(each: Field) -> str:
    """Where a field without a column comes from."""
    said = []
    for source in each.sources:
        named = gettext(NAMES["cases"].get(source.name, source.name))
        if source.kind == "case":
            said.append(gettext("%(field)s in the contact's own row of the case list") % {"field": named})
        elif source.kind == "source":
            said.append(gettext("%(field)s in the source's row of the case list") % {"field": named})
        else:
            said.append(source.name)
    return gettext("; else ").join(said)


# --- from what was posted


def _chosen(sheet: Sheet | None, part: str, given: Given, meaning: str) -> Iterator[str]:
    for number, heading in enumerate(sheet.headings if sheet else ()):
        if heading and given.get(f"{part}-{number}", "") == meaning:
            yield heading


def _fields(before: Mapping[str, Field], sheet: Sheet | None, part: str, given: Given) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for name, kind in KINDS[part].items():
        columns = [*_chosen(sheet, part, given, name)]
        made = _field(before.get(name), name, kind, columns)
        if made is None and name in CONSTANTS:
            made = _constant(name, kind, given)
        if made is not None:
            fields[name] = replace(made, reading=_reading(made, sheet, part, given))
    return fields


def _field(before: Field | None, name: str, kind: str, columns: list[str]) -> Field | None:
    """As before if the same columns were chosen; else these columns, then whatever was no column before."""
    old = before.sources if before else ()
    if {source.name for source in old if source.kind == "column"} == set(columns):
        said = [source for source in old if source.kind != "constant" or name not in CONSTANTS]
        return before if before and said else None
    rest = tuple(source for source in old if source.kind in ("case", "source"))
    sources = tuple(Source("column", column) for column in columns) + rest
    return Field(name, kind, sources, otherwise=before.otherwise if before else "unknown") if sources else None


def _constant(name: str, kind: str, given: Given) -> Field | None:
    """What is stated for all rows."""
    value = str(given.get(name, "")).strip()
    return Field(name, kind, (Source("constant", value),)) if value else None


def _reading(made: Field, sheet: Sheet | None, part: str, given: Given) -> Reading:
    values = dict(made.reading.values)
    columns = {source.name for source in made.sources if source.kind == "column"}
    for number, heading in enumerate(sheet.headings if sheet else ()):
        if heading in columns:
            for text, meaning in _stated(given, f"{part}-{number}-word-"):
                if meaning:
                    values[text.casefold()] = None if meaning == NOTHING else meaning
                else:
                    values.pop(text.casefold(), None)
    formats = made.reading.formats
    if made.kind == "date" and "date_order" in given:
        formats = ORDERS.get(given["date_order"], ORDERS[""])[1]
    return Reading(MappingProxyType(values), formats)


def _stated(given: Given, prefix: str) -> Iterator[tuple[str, str]]:
    number = 0
    while f"{prefix}{number}" in given:
        yield str(given[f"{prefix}{number}"]), str(given.get(f"{prefix}{number}-is", ""))
        number += 1
