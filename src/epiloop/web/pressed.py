"""Pages that only a button makes: their address alone, typed, reloaded or led to, opens what the button stands on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect

PROGRAMS = "/api/"


class Pressed:
    """Leads who looks at a button's address back to the page above it, instead of to an empty one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        looks = request.method == "GET" and not request.path.startswith(PROGRAMS)
        return redirect(above(request.path)) if looks and isinstance(response, HttpResponseNotAllowed) else response


def above(path: str) -> str:
    """The address without its last part: above /traces/X/visits/ is /traces/X/."""
    return path.rstrip("/").rpartition("/")[0] + "/"
