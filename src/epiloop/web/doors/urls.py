"""Addresses of what staff do at doors."""

from django.urls import path

from epiloop.web.doors import coverage, entering, guard

urlpatterns = [
    path("checkins/enter/", entering.choose, name="doors-choose"),
    path("checkins/enter/<uuid:place>/", entering.enter, name="doors-enter"),
    path("checkins/guard/<uuid:place>/", guard.screen, name="doors-guard"),
    path("checkins/guard/<uuid:place>/sign/", guard.sign, name="doors-sign"),
    path("checkins/coverage/", coverage.thin, name="doors-thin"),
    path("checkins/coverage/<uuid:place>/", coverage.one, name="doors-coverage"),
    path("checkins/coverage/<uuid:place>/count/", coverage.count, name="doors-count"),
]
