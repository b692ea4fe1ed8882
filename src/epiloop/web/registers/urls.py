"""Addresses of places and units."""

from django.urls import path

from epiloop.web.registers import duty, jurisdictions, place_files, places, units

urlpatterns = [
    path("registers/", jurisdictions.start, name="registers"),
    path("registers/units/", units.units, name="registers-units"),
    path("registers/units/new/", units.new, name="registers-unit-new"),
    path("registers/units/<uuid:unit>/", units.one, name="registers-unit"),
    path("registers/units/<uuid:unit>/<slug:action>/", units.act, name="registers-unit-act"),
    path("registers/duty/", duty.on_duty, name="registers-duty"),
    path("registers/gaps/", duty.gaps, name="registers-gaps"),
    path("registers/places/", places.places, name="registers-places"),
    path("registers/places/new/", places.new, name="registers-place-new"),
    path("registers/places/import/", place_files.take_in, name="registers-places-in"),
    path("registers/places/export/", place_files.give_out, name="registers-places-out"),
    path("registers/places/posters/", place_files.posters, name="registers-posters"),
    path("registers/places/<uuid:place>/", places.one, name="registers-place"),
    path("registers/places/<uuid:place>/<slug:action>/", places.act, name="registers-place-act"),
    path("registers/<int:text>/", jurisdictions.one, name="registers-one"),
]
