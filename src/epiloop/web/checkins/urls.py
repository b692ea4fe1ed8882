"""Addresses of checking in. Capitals in the path, since the pictures hold capitals only."""

from django.urls import path

from epiloop.web.checkins import views

urlpatterns = [
    path("C/place", views.place, name="checkin-place"),
    path("C/said", views.said, name="checkin-said"),
]
