"""The audit list, and whether the installation answers."""

from typing import Annotated, Any

from django.db import DatabaseError, connection
from django.http import HttpRequest
from ninja import Query, Router, Schema

from epiloop.api.callers import caller
from epiloop.api.edge import DEFAULT_LIMIT, After, Instant, Limit, Place, asked_area
from epiloop.api.shapes import page_of, shape
from epiloop.core.errors import N_, Unavailable
from epiloop.store.reading import audit as lists
from epiloop.store.reading.lists import EVER, NEVER

router = Router(tags=["audit"])
AuditOut = page_of("Audit", shape("AuditLine", lists.AuditLine))


class HealthOut(Schema):
    """`ok`: the database answers."""

    status: str


@router.get("/audit", response=AuditOut, operation_id="audit")
def audit(
    request: HttpRequest,
    jurisdiction: Place = None,
    actor: Annotated[str | None, Query(max_length=100)] = None,
    purpose: Annotated[str | None, Query(max_length=64)] = None,
    since: Instant | None = None,
    until: Instant | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Acts, the latest first: who, for what, how much of it where; never their content."""
    chosen = lists.AuditFilter(actor, purpose, since or EVER, until or NEVER)
    with caller(request).reading("audit.read") as found:
        return lists.audit(found, asked_area(jurisdiction), chosen, limit=limit, after_page=after)


@router.get("/healthz", response=HealthOut, auth=None, operation_id="health")
def health(request: HttpRequest) -> Any:  # noqa: ARG001 - ninja hands it over by name
    """Whether the installation answers; for watchdogs, so without any detail."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError as away:
        raise Unavailable(N_("The database does not answer."), remedy=N_("Try again in a moment.")) from away
    return {"status": "ok"}
