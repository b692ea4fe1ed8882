"""The addresses of the interface for programs, below /api/."""

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from epiloop.api.door import api
from epiloop.api.problems import not_found

urlpatterns = [path("v1/", api.urls), re_path(r"^(.*)$", csrf_exempt(not_found))]
