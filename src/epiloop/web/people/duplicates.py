"""Which registrations are one person: the same, not the same, or two after all."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, InvalidInput
from epiloop.runtime import present
from epiloop.runtime.acts import Done
from epiloop.runtime.requests.registering import declare_different, declare_same, split
from epiloop.web.acting import acting, right_required
from epiloop.web.people.records import by, digest_of

DECISIONS: Mapping[str, tuple[Callable[..., Done], str]] = {
    "same": (declare_same, N_("Declared one person. This registration goes on.")),
    "different": (declare_different, N_("Declared two people. The pair is not proposed again.")),
    "split": (split, N_("Split again: two people after all.")),
}


@require_POST
@right_required("person.write")
def decide(request: HttpRequest, person: UUID, decision: str) -> HttpResponse:
    """Carry out a decision about this person's registration and another one."""
    if decision not in DECISIONS:
        raise Http404
    who = acting(request)
    act, done = DECISIONS[decision]
    key = request.POST.get("key", "")
    asked = by(who, "register-keeping", f"{decision}:{key}", digest_of(request))
    act(present.parts(), asked, person, _other(request))
    messages.success(request, gettext(done))
    return redirect("person", person=person)


def _other(request: HttpRequest) -> UUID:
    given = request.POST.get("other", "").strip()
    try:
        return UUID(given)
    except ValueError as wrong:
        raise InvalidInput(
            N_("%(text)s is not the id of a person."),
            remedy=N_("Copy it from the address of their page."),
            text=repr(given),
        ) from wrong
