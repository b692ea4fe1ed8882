"""Addresses of all pages: the frame, accounts, and what each page module adds."""

from django.urls import include, path

from epiloop.web import frame

urlpatterns = [
    path("", frame.start, name="start"),
    path("language/", frame.language, name="language"),
    path("jurisdiction/", frame.jurisdiction, name="jurisdiction"),
    path("", include("epiloop.web.accounts.urls")),
    path("", include("epiloop.web.board.urls")),
    path("", include("epiloop.web.people.urls")),
    path("", include("epiloop.web.itineraries.urls")),
    path("", include("epiloop.web.today.urls")),
    path("", include("epiloop.web.cases.urls")),
    path("", include("epiloop.web.tracing.urls")),
    path("", include("epiloop.web.imports.urls")),
    path("", include("epiloop.web.rules.urls")),
    path("", include("epiloop.web.assistance.urls")),
    path("", include("epiloop.web.registers.urls")),
    path("", include("epiloop.web.doors.urls")),
    path("", include("epiloop.web.clears.urls")),
    path("", include("epiloop.web.audit.urls")),
    path("", include("epiloop.web.own.urls")),
    path("", include("epiloop.web.public.urls")),
]
