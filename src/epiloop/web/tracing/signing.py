"""Keys that browsers sign with: made there, never given away; the key service keeps whose they are."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from epiloop.core.errors import N_, EpiloopError, InvalidInput, Refused, Unavailable
from epiloop.runtime import present
from epiloop.runtime.requests.tracing.desk import desk_of
from epiloop.store.reading import tracing as stored
from epiloop.vault.answers import Signer
from epiloop.vault.signatures import KeyKind, PublicKey, Signature
from epiloop.web.accounts.ceremony import safe_path, step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.errors import words

RIGHT = "case.read"
LONGEST_UNIT = 80


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(RIGHT)
@step_up_required()
def key(request: HttpRequest) -> HttpResponseBase:
    """Whether this browser signs for the account, and letting it; a key is enrolled at the key service."""
    who = acting(request)
    following = safe_path(request, request.GET.get("next") or "/traces/")
    context: dict[str, Any] = {"next": following, "signers": (), "problem": "", "unit": unit_of(who)}
    if request.method == "POST":
        try:
            at_once = _enrol(who, request)
        except EpiloopError as wrong:
            context["problem"] = words(wrong)
        else:
            if at_once:
                messages.success(request, gettext("This browser signs for you from now on."))
                return redirect(following)
            messages.warning(request, gettext("An administrator of the key service has to enrol this key now."))
    context |= _keys(who)
    return render(request, "tracing/key.html", context, status=422 if context["problem"] else 200)


def signers_of(who: Acting) -> Sequence[Signer]:
    """The keys that count for the account now, the one that counts longest first. Raises Unavailable."""
    return sorted((one for one in _all_signers(who) if not one.waiting), key=lambda one: one.until, reverse=True)


def _all_signers(who: Acting) -> Sequence[Signer]:
    return desk_of(present.parts()).signers(who.actor)


def names_of(signers: Sequence[Signer]) -> str:
    """The names of keys, for the browser to find its own among them: of the unit that signs, which is the first's."""
    return " ".join(one.key.name.hex() for one in signers if one.unit == signers[0].unit)


def _keys(who: Acting) -> dict[str, Any]:
    """All keys of the account, as its page shows them; where the key service is away, why not."""
    try:
        signers = _all_signers(who)
    except Unavailable as away:
        return {"away": words(away)}
    return {"signers": signers, "known": " ".join(one.key.name.hex() for one in signers if not one.waiting)}


def unit_of(who: Acting) -> str:
    """The unit in whose roster the account stands; "" if in none."""
    with who.reading(who.scope("register.read")) as connection:
        return stored.unit_of(connection, who.login, who.at)


def no_signer() -> Refused:
    """What is raised where nobody's key could sign what is asked."""
    return Refused(
        N_("No browser signs for you yet."), remedy=N_("Let this browser sign for you, then press the button again.")
    )


def sent_signature(request: HttpRequest) -> Signature:
    """The signature that a form carries. Raises InvalidInput."""
    try:
        name, value = (bytes.fromhex(request.POST.get(field, "")) for field in ("signing_key", "signature"))
    except ValueError:
        name = value = b""
    if not value:
        raise InvalidInput(
            N_("Nothing was signed."), remedy=N_("Let this browser sign for you, then press the button again.")
        )
    return Signature(name, value)


def sent_text(request: HttpRequest) -> bytes:
    """The text that was signed. Raises InvalidInput."""
    try:
        return bytes.fromhex(request.POST.get("text", ""))
    except ValueError:
        raise InvalidInput(N_("Nothing was signed."), remedy=N_("Load the page again and sign.")) from None


def _enrol(who: Acting, request: HttpRequest) -> bool:
    try:
        content = bytes.fromhex(request.POST.get("public", ""))
    except ValueError:
        content = b""
    unit = request.POST.get("unit", "").strip()[:LONGEST_UNIT]
    if not unit:
        raise InvalidInput(N_("A key signs for a unit."), remedy=N_("Say which unit you belong to."))
    return desk_of(present.parts()).enrol(PublicKey(KeyKind.P256, content), who.actor, unit)
