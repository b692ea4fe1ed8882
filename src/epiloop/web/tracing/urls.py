"""Addresses of contact searches. They hold ids of requests and of people, never who was met."""

from django.urls import path
from django.views.generic import RedirectView

from epiloop.web.tracing import (
    asking,
    deciding,
    emergencies,
    histories,
    lists,
    notices,
    orders,
    results,
    signing,
    told,
    visited,
)

urlpatterns = [
    path("traces/", lists.traces, name="traces"),
    path("traces/key/", signing.key, name="signing-key"),
    path("traces/new/<uuid:person>/", asking.ask, name="trace-ask"),
    path("traces/<uuid:request_id>/", lists.trace, name="trace"),
    path("traces/<uuid:request_id>/approve/", deciding.approve, name="trace-approve"),
    path("traces/<uuid:request_id>/refuse/", deciding.refuse, name="trace-refuse"),
    path("traces/<uuid:request_id>/withdraw/", deciding.withdraw, name="trace-withdraw"),
    path("traces/<uuid:request_id>/told/", told.said, name="trace-told"),
    path("traces/<uuid:request_id>/people/", results.people, name="trace-people"),
    path("traces/<uuid:request_id>/confirm/", results.confirm, name="trace-confirm"),
    path("traces/<uuid:request_id>/notices/", notices.notices, name="trace-notices"),
    path("traces/places/<uuid:person>/", histories.ask, name="visits-ask"),
    path("traces/<uuid:request_id>/visits/", visited.visits, name="visits"),
    path("traces/orders/new/", orders.ask, name="order-ask"),
    path("emergencies/", RedirectView.as_view(url="/traces/?kind=glass"), name="emergencies"),
    path("emergencies/new/<uuid:person>/", emergencies.open_, name="glass-open"),
    path("emergencies/<uuid:request_id>/review/", emergencies.review, name="glass-review"),
]
