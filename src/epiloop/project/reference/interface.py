"""The page of the interface for programs: every address with what it takes, read from its own description."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from epiloop.project.reference.tables import code, page, table

PREFIX = "/api/v1"
Described = Mapping[str, Any]


def interface_page() -> str:
    """The text of docs/reference/api.md."""
    described = _description()
    from epiloop.api.problems import TITLES

    codes = table(("`code` of a problem", "means"), ((code(name), title) for name, title in TITLES.items()))
    whole = f"The full description (OpenAPI 3.1) is at `{PREFIX}/openapi.json` of every installation."
    return page("The interface for programs", described["info"]["description"].strip(), whole, codes, *_tags(described))


def _description() -> Described:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "epiloop.project.settings")
    import django

    django.setup()
    from epiloop.api.door import api

    found: Described = api.get_openapi_schema(path_prefix=f"{PREFIX}/")
    return found


def _tags(described: Described) -> Iterator[str]:
    operations = [(verb, path, one) for path, verbs in described["paths"].items() for verb, one in verbs.items()]
    schemas = described["components"]["schemas"]
    for tag in sorted({one["tags"][0] for _, _, one in operations}):
        yield f"## {tag.capitalize()}"
        for verb, path, one in operations:
            if one["tags"][0] == tag:
                yield f"### {verb.upper()} {path.removeprefix(PREFIX)}\n\n{' '.join(one['description'].split())}"
                yield from _fields(one, schemas)


def _fields(one: Described, schemas: Described) -> Iterator[str]:
    rows = [(code(each["name"]), each["in"], _type(each["schema"])) for each in one.get("parameters", ())]
    for content in one.get("requestBody", {}).get("content", {}).values():
        body = schemas.get(content["schema"].get("$ref", "").rsplit("/", 1)[-1], content["schema"])
        needed = set(body.get("required", ()))
        for name, schema in body.get("properties", {}).items():
            rows.append((code(name), "body, needed" if name in needed else "body", _type(schema)))
    if rows:
        yield table(("field", "in", "type"), rows)


def _type(schema: Described) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items') or {})}"
    return str(schema.get("format") or schema.get("type") or "value")
