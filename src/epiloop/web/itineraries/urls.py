"""Addresses of itineraries. They hold ids only (R28); a place is searched by POST."""

from django.urls import path

from epiloop.web.itineraries import editing, files, page, publication

ONE = "people/<uuid:person>/itinerary/"

urlpatterns = [
    path(ONE, page.itinerary, name="itinerary"),
    path(f"{ONE}day/", editing.day, name="itinerary-day"),
    path(f"{ONE}stops/<uuid:stop>/", editing.correct, name="itinerary-stop"),
    path(f"{ONE}stops/<uuid:stop>/withdraw/", editing.withdraw, name="itinerary-withdraw"),
    path(f"{ONE}file/", files.give_out, name="itinerary-file"),
    path(f"{ONE}publication/", publication.publication, name="itinerary-publication"),
    path("itineraries/import/", files.take_in, name="itineraries-in"),
    path("itineraries/places/", editing.places, name="itinerary-places"),
]
