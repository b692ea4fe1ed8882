"""The interface as a whole: every address, how callers are known, and its description."""

from typing import Any

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

from epiloop.api import (
    assistance,
    attestations,
    audit,
    cases,
    factor,
    files,
    openings,
    people,
    places,
    registers,
    rules,
    telling,
    traces,
    work,
)
from epiloop.api.callers import ANYBODY
from epiloop.api.edge import PlainParser
from epiloop.api.problems import as_problem, handle_problems
from epiloop.api.shapes import Problem

VERSION = "1.0.0"
DESCRIPTION = """\
Everything Epiloop does, for programs.

Sign in with `Authorization: Bearer <token>`; tokens are issued for an account with some of its rights as scopes, and
see what the account sees, no more. What opens visits or puts rules in force takes the second factor besides, given with
the token to `/second-factor`. Every request that changes something needs an `Idempotency-Key`: sent again with the
same key it is done once. Lists come in pages; pass `after` of a page to get the next. Errors are problem+json with a
stable `code`, in the language of `Accept-Language`. Who somebody is goes in and out by body only, never by address.
A status cannot be written: it is computed from what happened and the rules in force.
"""


class Door(NinjaAPI):
    """The interface, whose description also says how errors look."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses, each of which answers everything as JSON."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = as_problem(pattern.callback)
        return patterns, app, namespace

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description, with the problem that any address may answer with."""
        described = super().get_openapi_schema(**options)
        problem = Problem.model_json_schema()
        described["components"].setdefault("schemas", {})["Problem"] = problem
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["responses"]["4XX"] = {"description": "The request is refused", "content": content}
                operation["responses"]["503"] = {"description": "Not available now", "content": content}
        return described


def door() -> Door:
    """The interface with all its addresses."""
    api = Door(
        title="Epiloop",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        urls_namespace="api",
        auth=ANYBODY,
        parser=PlainParser(),
    )
    # Fixed addresses first, so that none is taken for an id.
    for router in (
        people.router,
        work.router,
        cases.router,
        registers.router,
        places.router,
        rules.router,
        files.router,
        audit.router,
        assistance.router,
        traces.router,
        openings.router,
        attestations.router,
        factor.router,
    ):
        api.add_router("", router)
    api.add_router("", telling.router)
    handle_problems(api)
    return api


api = door()
