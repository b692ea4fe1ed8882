"""Addresses of what is public."""

from django.urls import path

from epiloop.web.public import views

urlpatterns = [
    path("transparency/", views.transparency, name="transparency"),
    path("transparency/log.jsonl", views.log, name="transparency-log"),
]
