"""What every template finds: who is acting, the head of the page, the places, the instant and the zone."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from epiloop.runtime import present
from epiloop.web.acting import acting, real_instant
from epiloop.web.header import header
from epiloop.web.navigation import places, thumb
from epiloop.web.tracing.alerts import with_alerts


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context: `at`, `zone`, and for those signed in `who`, `header`, `places`, `thumb`, `alerts`, and
    `keys_away`: the key service did not answer when this process last asked."""
    base: dict[str, Any] = {"zone": timezone.get_default_timezone()}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return base | {"at": real_instant(request)}  # signing in needs no part of the installation but its database
    who = acting(request)
    shown = places(who)
    alerts, head = with_alerts(who, lambda: header(who))
    told = {"at": who.at, "who": who, "header": head, "places": shown, "thumb": thumb(shown), "alerts": alerts}
    return base | told | {"keys_away": present.running().keys_away()}
