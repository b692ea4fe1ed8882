"""Addresses of cases; a case is found by the id of its person."""

from django.urls import path

from epiloop.web.cases import lists, page, tree

urlpatterns = [
    path("cases/", lists.cases, name="cases"),
    path("cases/tree/", tree.page, name="cases-tree"),
    path("cases/tree/data/", tree.data, name="cases-tree-data"),
    path("cases/<uuid:person>/", page.case, name="case"),
]
