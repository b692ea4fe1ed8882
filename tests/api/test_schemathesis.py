"""Every address against generated requests: no error that nobody foresaw, and answers as described."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.api.conftest import BASE, Asker

from epiloop.project.wsgi import application

EXAMPLES = int(os.environ.get("EPILOOP_API_EXAMPLES", "4"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
)


@pytest.fixture
def whole(everything: Asker) -> tuple[Any, Asker]:
    """The description, read over HTTP, and somebody with every right everywhere, over one person and one unit."""
    described = schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", application, headers=everything.headers())
    return described, everything


def test_no_request_finds_an_error_nobody_foresaw_and_answers_are_as_described(whole: tuple[Any, Asker]) -> None:
    described, who = whole
    person = who.post("/people", {"stay": "450226001001", "identity": {"name": "林晓梅"}})["person"]
    unit = who.post("/units", {"unit_kind": "office", "jurisdiction": "450226", "name_zh": "指挥部"})["unit"]
    known = {"person": person, "thing": unit}
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) > 80
    for operation in operations:
        _try(operation, who, known)


def _try(operation: Any, who: Asker, known: dict[str, str]) -> None:
    from hypothesis import given

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: Any) -> None:
        for name in known.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = known[name]
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = f"generated-{next(who.keys)}"
        case.call_and_validate(headers=who.headers(), checks=CHECKS)

    tried()
