"""The addresses of the interface for programs, below /api/."""

from django.urls import path, re_path

from epiloop.api.door import api
from epiloop.api.problems import not_found

urlpatterns = [path("v1/", api.urls), re_path(r"^(.*)$", not_found)]
