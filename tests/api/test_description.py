"""The description of the interface: complete, current, and without any way to write a status (PRIVACY R1)."""

import json
from typing import Any

import pytest
from tests.api.conftest import BASE, Asker

from epiloop.core.rights import RIGHTS, ROLES
from epiloop.ledger.events import body_class
from epiloop.runtime.requests.people import TELLING

COMPUTED = {"status", "strictness", "spans", "loops", "stages", "state", "escalations"} | {
    "controlled_from",
    "controlled_until",
}
"""What the rules compute; nothing that comes in may name it."""
HARMLESS = {"DutyQuery"}


@pytest.fixture
def described(everything: Asker) -> dict[str, Any]:
    found: dict[str, Any] = everything.get("/openapi.json")
    return found


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, verb, one) for path, verbs in described["paths"].items() for verb, one in verbs.items()]


def names_in(schema: Any, described: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """All field names that a schema takes, through its references."""
    if isinstance(schema, list):
        return set().union(*(names_in(each, described, seen) for each in schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema.get("properties", {}))
    for name, value in schema.items():
        if name == "$ref" and value not in seen:
            target = described["components"]["schemas"][value.rsplit("/", 1)[-1]]
            found |= names_in(target, described, seen | {value})
        else:
            found |= names_in(value, described, seen)
    return found


def test_no_address_takes_what_the_rules_compute(described: dict[str, Any]) -> None:
    writes = [(path, one) for path, verb, one in operations(described) if verb != "get"]
    assert len(writes) > 50
    for path, one in writes:
        taken = names_in(one.get("requestBody", {}), described)
        assert not taken & COMPUTED, path
        assert "status" not in path


def test_no_right_role_or_event_that_can_be_told_is_about_a_status() -> None:
    assert not [right for right in RIGHTS if "status" in right]
    assert not [right for role in ROLES.values() for right in role if "status" in right]
    for body in TELLING:
        assert body_class(body.kind, body.kind_version) is body
        assert not {"status", "strictness"} & set(body.__dataclass_fields__), body


_ASKED = ("/search", "/identities", "/plan", "/explanation", "/mapping", "/text")
"""Ends of addresses that only ask, though by POST: what is asked is personal, or long."""


def test_the_description_is_openapi_3_1_and_says_what_each_address_is_for(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    for path, verb, one in operations(described):
        assert one.get("summary"), path
        assert one.get("description"), path
        assert "4XX" in one["responses"]
        if path not in (f"{BASE}/healthz", f"{BASE}/assistance"):  # the latter is known by the message's signature
            assert one["security"], path
        if path == f"{BASE}/assistance":  # a message has an id of its own inside
            continue
        changes = verb != "get" and not path.endswith(_ASKED)
        changes |= path == f"{BASE}/traces/{{trace}}/search"  # it is an act: the search is carried out
        headers = {each["name"] for each in one.get("parameters", ()) if each["in"] == "header"}
        assert ("Idempotency-Key" in headers) == changes, path


def test_addresses_hold_ids_and_codes_never_who_somebody_is(described: dict[str, Any]) -> None:
    personal = {"name", "phone", "document", "address", "birth_date", "identity"}
    for path, _, one in operations(described):
        for each in one.get("parameters", ()):
            assert each["name"] not in personal, path


def test_everything_told_of_a_person_has_an_address() -> None:
    from epiloop.api.telling import OF_PEOPLE

    assert {line.body for line in OF_PEOPLE} == set(TELLING)


def test_the_description_is_json_that_names_each_operation_once(described: dict[str, Any]) -> None:
    ids = [one["operationId"] for _, _, one in operations(described)]
    assert len(ids) == len(set(ids))
    assert json.loads(json.dumps(described)) == described
