"""Cases: the list, how many, the epidemic curve, the transmission tree."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from epiloop.api.callers import Caller, caller
from epiloop.api.edge import DEFAULT_LIMIT, After, Limit, Place, asked_area
from epiloop.api.people import CaseOut
from epiloop.api.shapes import page_of, shape
from epiloop.core.errors import N_, InvalidInput
from epiloop.operations.investigation import queries
from epiloop.runtime import present
from epiloop.runtime.requests.asking import laws_of
from epiloop.store.reading import cases as lists

router = Router(tags=["cases"])
Word = Annotated[str | None, Query(max_length=64)]

CurveOut = shape("Curve", queries.Curve, days=list[shape("CurveDay", queries.CurveDay)])  # type: ignore[misc]
TotalOut = shape("CaseTotal", lists.CaseTotal)
NodeOut = shape("TreeNode", queries.Node)
EdgeOut = shape("TreeEdge", queries.Edge)


class TreeOut(Schema):
    """Who may have infected whom. `cut`: there are more cases than one tree can show."""

    nodes: list[NodeOut]  # type: ignore[valid-type]
    edges: list[EdgeOut]  # type: ignore[valid-type]
    roots: list[UUID]
    cut: bool


@router.get("/cases", response=page_of("Cases", CaseOut), operation_id="cases")
def cases(
    request: HttpRequest,
    jurisdiction: Place = None,
    disease: Word = None,
    classification: Word = None,
    outcome: Word = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Any:
    """Cases as known now, the latest determined first."""
    who = caller(request)
    chosen = lists.CaseFilter(disease, classification, outcome)
    with who.reading("case.read") as connection:
        return lists.cases(connection, asked_area(jurisdiction), who.at, chosen, limit=limit, after_page=after)


@router.get("/cases/totals", response=list[TotalOut], operation_id="case-totals")  # type: ignore[valid-type]
def totals(request: HttpRequest, jurisdiction: Place = None, disease: Word = None) -> Any:
    """Cases by disease, classification and outcome."""
    who = caller(request)
    with who.reading("case.read") as connection:
        return lists.totals(connection, asked_area(jurisdiction), who.at, lists.CaseFilter(disease))


@router.get("/cases/curve", response=CurveOut, operation_id="epidemic-curve")
def curve(request: HttpRequest, disease: Annotated[str, Query(max_length=64)], jurisdiction: Place = None) -> Any:
    """Cases per day of onset; where that is unknown per day of report, counted apart."""
    who = caller(request)
    with who.reading("case.read") as connection:
        zone = _zone(who, jurisdiction)
        return lists.curve(connection, asked_area(jurisdiction), who.at, zone, lists.CaseFilter(disease))


@router.get("/cases/tree", response=TreeOut, operation_id="transmission-tree")
def tree(request: HttpRequest, disease: Annotated[str, Query(max_length=64)], jurisdiction: Place = None) -> Any:
    """The cases of a disease and the exposures between them."""
    who = caller(request)
    with who.reading("case.read") as connection:
        zone = _zone(who, jurisdiction)
        found = lists.transmission(connection, asked_area(jurisdiction), who.at, zone, disease)
    made = queries.transmission_tree(found.cases, found.links)
    return {"nodes": made.nodes, "edges": made.edges, "roots": made.roots, "cut": found.cut}


def _zone(_who: Caller, jurisdiction: int | None) -> Any:
    zone = laws_of(present.parts()).zone(jurisdiction or 0)
    if not hasattr(zone, "key"):
        raise InvalidInput(N_("This jurisdiction has no named time zone."))
    return zone
