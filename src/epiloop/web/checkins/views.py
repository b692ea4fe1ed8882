"""What the check-in page asks: what a code says, and to take what was said. JSON in, JSON out, nothing kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from epiloop.core.errors import EpiloopError
from epiloop.operations.checkins.cose import LONGEST
from epiloop.operations.checkins.fresh import COLOURS, Sign
from epiloop.runtime import present
from epiloop.runtime.requests import checkins
from epiloop.web.errors import words

View = Callable[[HttpRequest], HttpResponse]


def _door(view: View) -> View:
    """By POST, without cookies (so there is nothing to forge a request with), never kept, errors as JSON."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except EpiloopError as wrong:
            told = {"code": wrong.code, "detail": words(wrong)}
            return JsonResponse(told, status=wrong.http_status, json_dumps_params={"ensure_ascii": False})

    return never_cache(csrf_exempt(require_POST(answered)))


@_door
def place(request: HttpRequest) -> HttpResponse:
    """What a scanned code says: the names to compare with the door, before anything is confirmed."""
    said = checkins.shown(present.running(), request.body[: 4 * LONGEST].decode("ascii", "replace"))
    names = {name: getattr(said, name) for name in ("name_zh", "name_en", "zone_zh", "zone_en")}
    return JsonResponse({**names, "kind": said.place_kind}, json_dumps_params={"ensure_ascii": False})


@_door
def said(request: HttpRequest) -> HttpResponse:
    """Take a batch. The same batch again is taken once and answered alike."""
    came = checkins.receive(present.running(), request.body)
    shown = {str(visit): [_sign(sign) for sign in signs] for visit, signs in came.signs.items()}
    return JsonResponse(
        {"batch": str(came.batch), "taken": came.taken, "signs": shown}, json_dumps_params={"ensure_ascii": False}
    )


def _sign(sign: Sign) -> dict[str, Any]:
    """A sign in the reader's language; its colour also as a word for the style sheet."""
    return {
        "colour": sign.colour,
        "colour_name": gettext(COLOURS[sign.colour]),
        "word": gettext(sign.word),
        "digits": sign.digits,
        "since": sign.since.isoformat(),
        "until": sign.until.isoformat(),
    }
