"""A mapping as people write it: YAML in, frozen mapping out, complaints with the place in the file.

system: county-list            # whose ids these are; the same system and id is the same person for ever
missing: ["", NA]              # cells that say nothing
constants: {disease: mers, classification: confirmed}
cases:
  id: {column: No}
  sex: {column: Sex, values: {M: male, F: female}}
  onset: {column: Onset, formats: ["%d/%m/%Y"]}
  diagnosed: {first_of: [{column: Confirmed}, {column: Reported}]}
contacts:
  from: {column: case}
  to: {column: contact}
  last_exposure:
    first_of: [{column: last}, {case: exposure_last}, {source: onset}]
    otherwise: unknown         # or reject: a link without the day is a row error
keep: [Ward]                   # other columns kept, sealed, with the case
complete: true                 # the contact list is whole: links it named before and does not now are withdrawn
"""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import yaml

from epiloop.core.errors import N_, InvalidInput
from epiloop.operations.investigation.mapping.values import Reading

CASE_FIELDS: Map[str, str] = {
    "id": "text",
    "name": "text",
    "phone": "text",
    "document": "text",
    "address": "text",
    "sex": "sex",
    "age": "age",
    "birth_date": "date",
    "birth_year": "whole",
    "occupation": "text",
    "residence": "jurisdiction",
    "stay": "jurisdiction",
    "disease": "word",
    "classification": "classification",
    "severity": "severity",
    "onset": "date",
    "infected": "date",
    "diagnosed": "date",
    "reported": "date",
    "exposure_first": "date",
    "exposure_last": "date",
    "exposure_setting": "setting",
    "detected": "detection",
    "imported": "flag",
    "hospital": "text",
    "place": "text",
    "longitude": "number",
    "latitude": "number",
    "outcome": "outcome",
    "outcome_on": "date",
    "note": "text",
}
"""Fields of the case list and how their text is read (values.PARSERS)."""

CONTACT_FIELDS: Map[str, str] = {
    "from": "text",
    "to": "text",
    "link": "text",
    "disease": "word",
    "ring": "whole",
    "first_exposure": "date",
    "last_exposure": "date",
    "determined": "date",
    "setting": "setting",
    "relation": "relation",
    "high_risk": "flag",
    "place": "text",
    "note": "text",
    "name": "text",
    "phone": "text",
    "stay": "jurisdiction",
}
"""Fields of the contact list."""

SOURCES = ("column", "constant", "case", "source")
"""Where a value may come from: a cell, the mapping itself, the contact's or the source's own row of the case list."""

ROOMS = frozenset({"name", "system", "missing", "constants", "cases", "contacts", "keep", "complete"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value may come from: ("column", "Sex"), ("constant", "mers"), ("case", "onset"), ("source", "onset")."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """How one field gets its value: the first source that says something, read as `kind`; else `otherwise`."""

    name: str
    kind: str
    sources: tuple[Source, ...]
    reading: Reading = field(default_factory=Reading)
    otherwise: str = "unknown"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping. `missing` are the case-folded cells that say nothing."""

    system: str
    cases: Map[str, Field]
    contacts: Map[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    missing: frozenset[str] = frozenset({""})
    keep: tuple[str, ...] = ()
    name: str = ""
    complete: bool = False
    """Whether the contact list names all links there are: what it named before and does not now is withdrawn."""


def parse_mapping(text: str) -> Mapping:
    """The mapping that a YAML text declares. Raises InvalidInput with the place and what would be right."""
    said = _room(_load(text), "mapping")
    _only(said, ROOMS, "mapping")
    constants = _room(said.get("constants") or {}, "constants")
    cases = _fields(_room(said.get("cases") or {}, "cases"), CASE_FIELDS, "cases", constants)
    contacts = _fields(_room(said.get("contacts") or {}, "contacts"), CONTACT_FIELDS, "contacts", constants)
    _complete(said, cases, contacts)
    return Mapping(
        system=str(said["system"]),
        cases=MappingProxyType(cases),
        contacts=MappingProxyType(contacts),
        missing=frozenset({""} | {str(each).casefold() for each in said.get("missing") or ()}),
        keep=tuple(str(each) for each in said.get("keep") or ()),
        name=str(said.get("name") or ""),
        complete=_flag(said.get("complete", "false")),
    )


def _flag(given: Any) -> bool:
    if given not in ("true", "false"):
        raise InvalidInput(N_("This is true or false."), where="complete", remedy=N_("Write complete: true"))
    return bool(given == "true")


class _Words(yaml.BaseLoader):
    """Every scalar is its text: a column named No stays No. A name given twice is a mistake, not a replacement."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        names = [key.value for key, _ in node.value]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise yaml.MarkedYAMLError(problem=twice, problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _load(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Words)  # noqa: S506 - a BaseLoader builds nothing but texts
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidInput(
            N_("This is no YAML, or a name stands in it twice."),
            where=f"line {mark.line + 1}" if mark else "",
            remedy=N_("Check indentation, quotes and names."),
        ) from None


def _complete(said: Map[str, Any], cases: Map[str, Field], contacts: Map[str, Field]) -> None:
    if not said.get("system"):
        raise InvalidInput(
            N_("A mapping names the system whose ids it reads."), where="system", remedy=N_("Add a line: system: NAME")
        )
    needed = [("cases", name, cases) for name in ("id", "disease", "classification") if cases]
    needed += [("contacts", name, contacts) for name in ("from", "to", "disease") if contacts]
    for part, name, fields in needed:
        if name not in fields:
            raise InvalidInput(N_("This field is needed."), where=f"{part}.{name}", remedy=N_("Map a column to it."))
    if not needed:
        raise InvalidInput(N_("A mapping needs cases or contacts."), where="cases", remedy=N_("Map some columns."))


def _fields(said: Map[str, Any], known: Map[str, str], part: str, constants: Map[str, Any]) -> dict[str, Field]:
    _only(said, known.keys(), part)
    fields = {name: _field(name, known[name], given, f"{part}.{name}") for name, given in said.items()}
    if fields:
        for name, value in constants.items():
            if name in known and name not in fields:
                fields[name] = Field(name, known[name], (Source("constant", str(value)),))
    return fields


def _field(name: str, kind: str, given: Any, where: str) -> Field:
    if isinstance(given, str):
        given = {"column": given}
    said = _room(given, where)
    _only(said, {*SOURCES, "first_of", "values", "formats", "otherwise"}, where)
    sources = tuple(_source(each, where) for each in said.get("first_of") or [said])
    otherwise = str(said.get("otherwise", "unknown"))
    if otherwise not in ("unknown", "reject"):
        raise InvalidInput(N_("Otherwise is unknown or reject."), where=where)
    values = {str(word).casefold(): _word(value) for word, value in (said.get("values") or {}).items()}
    formats = tuple(str(form) for form in said.get("formats") or ())
    return Field(name, kind, sources, Reading(MappingProxyType(values), formats), otherwise)


def _word(value: str) -> str | None:
    return None if value in ("", "null", "~") else value


def _source(given: Any, where: str) -> Source:
    said = _room(given, where)
    named = [(kind, said[kind]) for kind in SOURCES if kind in said]
    if len(named) != 1:
        raise InvalidInput(
            N_("A field has exactly one source."), where=where, remedy=N_("Give column, constant, case or source.")
        )
    kind, name = named[0]
    if kind in ("case", "source") and name not in CASE_FIELDS:
        raise InvalidInput(
            N_("The case list has no field %(name)s."),
            where=where,
            remedy=N_("Use one of: %(choices)s"),
            name=name,
            choices=", ".join(CASE_FIELDS),
        )
    return Source(kind, str(name))


def _room(given: Any, where: str) -> Map[str, Any]:
    if not isinstance(given, dict):
        raise InvalidInput(N_("Here names with values are needed."), where=where, remedy=N_("Write NAME: VALUE"))
    return {str(key): value for key, value in given.items()}


def _only(said: Map[str, Any], known: Any, where: str) -> None:
    unknown = [name for name in said if name not in known]
    if unknown:
        raise InvalidInput(
            N_("Unknown here: %(names)s."),
            where=where,
            remedy=N_("Use one of: %(choices)s"),
            names=", ".join(unknown),
            choices=", ".join(sorted(known)),
        )


def to_yaml(mapping: Mapping) -> str:
    """The YAML of a mapping; `parse_mapping(to_yaml(m)) == m`."""
    said: dict[str, Any] = {"system": mapping.system, "missing": sorted(mapping.missing)}
    if mapping.name:
        said["name"] = mapping.name
    for part, fields in (("cases", mapping.cases), ("contacts", mapping.contacts)):
        if fields:
            said[part] = {name: _said(each) for name, each in fields.items()}
    if mapping.keep:
        said["keep"] = list(mapping.keep)
    text: str = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
    return text


def _said(each: Field) -> dict[str, Any]:
    sources: list[dict[str, Any]] = [{source.kind: source.name} for source in each.sources]
    said: dict[str, Any] = dict(sources[0]) if len(sources) == 1 else {"first_of": sources}
    if each.reading.values:
        said["values"] = dict(each.reading.values)
    if each.reading.formats:
        said["formats"] = list(each.reading.formats)
    if each.otherwise != "unknown":
        said["otherwise"] = each.otherwise
    return said
