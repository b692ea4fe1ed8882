"""Addresses of people. They hold ids only (R28); a search goes by POST."""

from django.urls import path

from epiloop.web.people import correcting, duplicates, identity, lists, page, records

urlpatterns = [
    path("people/", lists.people, name="people"),
    path("people/search/", lists.search, name="people-search"),
    path("people/<uuid:person>/", page.person, name="person"),
    path("people/<uuid:person>/identity/", identity.identity, name="person-identity"),
    path("people/<uuid:person>/identity/correct/", correcting.correct, name="person-correct"),
    path("people/<uuid:person>/take/", records.take, name="person-take"),
    path("people/<uuid:person>/record/<slug:kind>/", records.record, name="person-record"),
    path("people/<uuid:person>/duplicates/<slug:decision>/", duplicates.decide, name="person-duplicates"),
]
