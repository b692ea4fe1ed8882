"""Pages only for tests: the drawings with data of their own, in the product's layout."""

import random

from django.http import JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path

from epiloop.project.urls import urlpatterns as product

PAGE = """{% extends "base.html" %}{% load epiloop %}{% block title %}Drawings{% endblock %}
{% block islands %}{% island "curve" %}{% island "tree" %}{% endblock %}
{% block main %}<h1>Drawings</h1>
<section class="panel"><h2>Cases by day</h2>
<div class="chart" data-curve data-block="curve" role="img" aria-label="Cases by day; the table follows"></div>
{{ curve|json_script:"curve" }}</section>
<section class="panel"><h2>Transmission tree</h2>
<div class="tree" data-tree data-url="/drawn/tree/" role="img" aria-label="Who infected whom; the list follows"></div>
</section>{% endblock %}"""


def drawn(request):
    random.seed(5)
    labels = [f"{day} June" for day in range(1, 31)]
    series = [
        {"name": "confirmed 确诊", "kind": "late", "counts": [random.randint(0, 3 + day // 2) for day in range(30)]},
        {"name": "asymptomatic 无症状", "kind": "due", "counts": [random.randint(0, 4) for day in range(30)]},
    ]
    page = engines["django"].from_string(PAGE)
    return render_page(request, page, {"curve": {"labels": labels, "series": series}})


def render_page(request, page, context):
    response = render(request, "404.html")
    response.content = page.render(context, request)
    return response


def tree(request):
    if request.GET.get("from"):
        new = [{"id": f"new-{n}", "label": f"C-new-{n}", "day": 12, "kind": "soft"} for n in range(4)]
        edges = [{"source": request.GET["from"], "target": node["id"], "sure": False} for node in new]
        return JsonResponse({"nodes": new, "edges": edges, "words": {"open": "Open", "more": "more"}})
    random.seed(7)
    nodes, edges = [node(0, 0)], []
    for number in range(1, 3000):
        source = random.choice(nodes[max(0, number - 400) :])
        nodes.append(node(number, source["day"] + random.randint(1, 6)))
        if random.random() < 0.97:
            edges.append({"source": source["id"], "target": str(number), "sure": random.random() < 0.8})
    return JsonResponse({"nodes": nodes, "edges": edges, "words": {"open": "Open", "more": "more"}})


def node(number, day):
    kind = ("late", "due", "done", "soft")[number % 4]
    return {
        "id": str(number),
        "label": f"C-{number}",
        "day": day,
        "kind": kind,
        "url": "/account/",
        "more": number == 0,
    }


urlpatterns = [path("drawn/", drawn), path("drawn/tree/", tree), *product]
