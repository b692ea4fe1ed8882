"""Addresses of imports and exports."""

from django.urls import path

from epiloop.web.imports import divisions, export, files, results, start

urlpatterns = [
    path("imports/", start.start, name="imports"),
    path("imports/divisions/", divisions.divisions, name="import-divisions"),
    path("imports/export/", export.export, name="export"),
    path("imports/files/<uuid:upload>/", files.files, name="import-files"),
    path("imports/files/<uuid:upload>/import/", files.carry_out, name="import-carry-out"),
    path("imports/files/<uuid:upload>/forget/", files.forget, name="import-forget"),
    path("imports/<uuid:run>/", results.run, name="import-run"),
    path("imports/<uuid:run>/<slug:sheet>.csv", results.rejects, name="import-rejects"),
]
