"""Addresses of one's own page. Nothing in them says whose."""

from django.urls import path

from epiloop.web.own import letters, views

urlpatterns = [
    path("own/", views.enter, name="own-enter"),
    path("own/page/", views.own, name="own"),
    path("own/leave/", views.leave, name="own-leave"),
    path("people/<uuid:person>/letter/", letters.letter, name="person-letter"),
]
