"""Messages as files that people carry: sealed, so that a lost one tells nobody anything."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from epiloop.core.errors import EpiloopError
from epiloop.operations.assistance.sealing import LONGEST
from epiloop.runtime import present
from epiloop.runtime.requests.assistance import posting
from epiloop.runtime.requests.assistance.asking import ANSWER
from epiloop.web import titles
from epiloop.web.acting import right_required
from epiloop.web.errors import words
from epiloop.web.keyed import by

PURPOSE = "case-investigation"


@require_POST
@right_required(ANSWER)
def give_out(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """All messages about a request that the other side should have."""
    try:
        raw = posting.export(present.running(), by(request, PURPOSE), request_id)
    except EpiloopError as wrong:
        messages.error(request, words(wrong))
        return redirect("assistance-one", request_id=request_id)
    name = f"assistance-{titles.short_code(request_id)}.epl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(raw, content_type="application/octet-stream", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(ANSWER)
def take_in(request: HttpRequest) -> HttpResponse:
    """A file that somebody carried here."""
    wrong = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            raw = file.read(50 * LONGEST) if file else b""
            found = posting.import_file(present.running(), by(request, PURPOSE), raw)
        except EpiloopError as refused:
            wrong = words(refused)
        else:
            fresh = sum(not one.repeated for one in found)
            said = ngettext("%(n)s new message taken in.", "%(n)s new messages taken in.", fresh) % {"n": fresh}
            messages.success(request, said if fresh else gettext("Nothing new: all of it had come before."))
            return redirect("assistance-one", request_id=found[-1].request)
    return render(request, "assistance/take_in.html", {"wrong": wrong}, status=422 if wrong else 200)
