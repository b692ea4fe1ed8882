"""The part of an itinerary that may be published, in both languages: no person, no minutes, ticked public names."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, InvalidInput
from epiloop.runtime import present
from epiloop.runtime.requests import itineraries
from epiloop.runtime.requests.itineraries import EXPORT, Published
from epiloop.web.acting import right_required
from epiloop.web.itineraries.words import KINDS, PARTS
from epiloop.web.keyed import by
from epiloop.web.said import said_calendar_day

LANGUAGES = ("zh-hans", "en")


@require_POST
@right_required(EXPORT)
def publication(request: HttpRequest, person: UUID) -> HttpResponse:
    """The text for publication, to copy or print. The page names neither person nor case."""
    try:
        ticked = frozenset(UUID(one) for one in request.POST.getlist("stop"))
    except ValueError:
        raise InvalidInput(N_("This person has no such stop."), remedy=N_("Load the page again.")) from None
    lines = itineraries.publish(present.running(), by(request, "data-export"), person, ticked)
    texts = [(language, list(_text(lines, language))) for language in LANGUAGES]
    return render(request, "itineraries/publication.html", {"texts": texts, "lines": len(lines), "person": person})


def _text(lines: Sequence[Published], language: str) -> Iterator[tuple[str, list[str]]]:
    """Days with their lines in a language."""
    with translation.override(language):
        for day, some in groupby(lines, key=lambda line: line.day):
            yield said_calendar_day(day), [_said(line, language) for line in some]


def _said(line: Published, language: str) -> str:
    name = line.name_zh if language.startswith("zh") else line.name_en
    kind = gettext(KINDS[line.vehicle]) if line.vehicle else ""
    part = gettext(PARTS[line.part_of_day][0])
    return gettext("%(part)s: %(place)s") % {"part": part, "place": f"{kind} {name}".strip()}
