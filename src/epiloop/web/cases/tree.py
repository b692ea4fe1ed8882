"""Who may have infected whom: the drawing's data, and the same as a table with the groups there are."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from epiloop.operations.investigation.queries import CaseRecord, Node, Tree, transmission_tree
from epiloop.store.reading import cases as stored
from epiloop.store.reading.cases import Transmission
from epiloop.store.reading.people import outside_ids
from epiloop.web import titles
from epiloop.web import vocabulary as v
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import asked
from epiloop.web.cases.lists import RIGHT, offered, zone_of
from epiloop.web.placing import placing

SENT = 1500
"""Nodes sent at once; the rest follows when a case is opened."""
SHOWN = 300
"""Rows of the table behind the drawing."""
BEFORE = timedelta(days=3)
"""How far before its first follower a source without a day of its own is drawn."""
GROUPS = 40
"""Groups whose members are named; smaller ones stand in the table."""
KINDS = {"suspected": "due", "probable": "due", "asymptomatic": "soft", "confirmed": "accent"}


@dataclass(frozen=True, slots=True)
class Found:
    """A disease's tree with what other systems call its people."""

    disease: str
    given: Transmission
    tree: Tree
    labels: dict[UUID, str]


@right_required(RIGHT)
def page(request: HttpRequest) -> HttpResponse:
    """The tree of one disease, its groups, and the table of the same cases."""
    who = acting(request)
    seen = asked(request, who, RIGHT)
    found = _found(request, who)
    records = {one.person: one for one in found.given.cases}
    groups = stored.clusters(found.given)
    context = {
        **offered(seen),
        "disease": found.disease,
        "disease_name": v.said(v.DISEASES, found.disease),
        "count": len(found.given.cases),
        "cut": found.given.cut,
        "sizes": stored.cluster_sizes(groups),
        "groups": [[(one, found.labels[one]) for one in group] for group in groups[:GROUPS] if len(group) > 1],
        "linked": sum(len(group) for group in groups if len(group) > 1),
        "rows": _rows(found, records)[:SHOWN],
        "intervals": _middle(found.tree.serial_intervals),
        "place": placing(who, [seen.number]).of(seen.number),
        "url": f"/cases/tree/data/?{request.GET.urlencode()}",
    }
    return render(request, "cases/tree.html", context)


@right_required(RIGHT)
def data(request: HttpRequest) -> HttpResponse:
    """The drawing's nodes and edges; `from` asks for those that follow one case."""
    found = _found(request, acting(request))
    start = request.GET.get("from")
    chosen = _following(found.tree, start) if start else _first(found.tree)
    records = {one.person: one for one in found.given.cases}
    days = _days(found.tree, records)
    first = min(days.values(), default=date.min)
    shown = {node.person for node in chosen}
    hidden = {edge.source for edge in found.tree.edges if edge.person not in shown}
    return JsonResponse(
        {
            "nodes": [
                _node(node, found, records.get(node.person), days[node.person] - first, hidden) for node in chosen
            ],
            "edges": _edges(found.tree, shown),
            "words": {"open": gettext("Open the case"), "more": gettext("more follow")},
        }
    )


def _found(request: HttpRequest, who: Acting) -> Found:
    seen = asked(request, who, RIGHT)
    with who.reading(who.scope(RIGHT)) as connection:
        disease = request.GET.get("disease", "").strip()[:60]
        if not disease:
            totals = stored.totals(connection, seen.area, who.at)
            disease = totals[0].disease if totals else ""
        given = stored.transmission(connection, seen.area, who.at, zone_of(who), disease)
        tree = transmission_tree(given.cases, given.links)
        names = outside_ids(connection, [node.person for node in tree.nodes])
    labels = {node.person: titles.short_code(node.person) for node in tree.nodes}
    labels |= {one.subject: one.outside for one in reversed(names)}
    return Found(disease, given, tree, labels)


def _first(tree: Tree) -> list[Node]:
    """As many generations, from the roots on, as can be sent at once."""
    if len(tree.nodes) <= SENT:
        return list(tree.nodes)
    ordered = sorted(tree.nodes, key=lambda node: node.generation)
    last = ordered[SENT].generation
    return [node for node in ordered if node.generation < max(last, 1)][: 4 * SENT]


def _following(tree: Tree, start: str) -> list[Node]:
    """A case and those who follow it, two steps far. Raises Http404 for an id that is none."""
    try:
        reached = {UUID(start)}
    except ValueError as wrong:
        raise Http404 from wrong
    for _ in range(2):
        reached |= {edge.person for edge in tree.edges if edge.source in reached}
    return [node for node in tree.nodes if node.person in reached]


def _node(node: Node, found: Found, record: CaseRecord | None, after: timedelta, hidden: set[UUID]) -> dict[str, Any]:
    return {
        "id": str(node.person),
        "label": found.labels[node.person],
        "day": after.days,
        "kind": KINDS.get(record.classification, "soft") if record else "soft",
        "url": f"/cases/{node.person}/" if record else f"/people/{node.person}/",
        "more": node.person in hidden,
    }


def _edges(tree: Tree, shown: set[UUID]) -> list[dict[str, Any]]:
    """Each pair once; one of several possible sources is not sure."""
    pairs = sorted({(edge.source, edge.person) for edge in tree.edges})
    sources = Counter(person for _, person in pairs)
    return [
        {"source": str(source), "target": str(person), "sure": sources[person] == 1}
        for source, person in pairs
        if source in shown and person in shown
    ]


def _days(tree: Tree, records: dict[UUID, CaseRecord]) -> dict[UUID, date]:
    """Where each stands: onset, else report, else diagnosis; a source that is no case some days before its first."""
    days = {one.person: one.onset or one.reported or one.diagnosed for one in records.values()}
    after: defaultdict[UUID, list[date]] = defaultdict(list)
    for edge in tree.edges:
        if edge.source not in records:
            after[edge.source].append(days[edge.person])
    return days | {source: min(found) - BEFORE for source, found in after.items()}


def _rows(found: Found, records: dict[UUID, CaseRecord]) -> list[dict[str, Any]]:
    sources: dict[UUID, list[UUID]] = {}
    for edge in found.tree.edges:
        if edge.source not in sources.setdefault(edge.person, []):
            sources[edge.person].append(edge.source)
    ordered = sorted(found.tree.nodes, key=lambda node: (node.generation, node.onset or date.max, node.person))
    return [
        {
            "node": node,
            "label": found.labels[node.person],
            "classification": v.said(v.CLASSIFICATIONS, records[node.person].classification)
            if node.person in records
            else gettext("no known case"),
            "sources": [(each, found.labels[each]) for each in sources.get(node.person, [])],
        }
        for node in ordered
    ]


def _middle(values: Iterable[int]) -> int | None:
    """The median of serial intervals in days; None if none is known."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else None
