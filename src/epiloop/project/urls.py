"""Which page answers at which address."""

from importlib.util import find_spec

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 "ok" if the database answers, else 503; for watchdogs, so without any detail."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def _parts() -> list[URLPattern | URLResolver]:
    """The parts that are there: the interface for programs below /api/, pages everywhere else."""
    wanted = (("api/", "epiloop.api.urls"), ("", "epiloop.web.urls"))
    return [path(prefix, include(module)) for prefix, module in wanted if _exists(module)]


def _exists(module: str) -> bool:
    return find_spec(module.rpartition(".")[0]) is not None and find_spec(module) is not None


urlpatterns = [path("healthz", healthz, name="healthz"), *_parts()]
