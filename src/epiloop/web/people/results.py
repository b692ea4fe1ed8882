"""A result and its correction, as a form: who is released by a correction is looked at before it is recorded."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from epiloop.core.errors import EpiloopError
from epiloop.ledger.events import Body
from epiloop.operations.screening import events as s
from epiloop.runtime import present
from epiloop.runtime.requests import By
from epiloop.runtime.requests.discarding import resting_on_result
from epiloop.web import vocabulary as v
from epiloop.web.people.around import Around
from epiloop.web.people.forms import RecordForm, tap


class ResultForm(RecordForm):
    """A result; said again with another outcome it corrects the one before."""

    sample = forms.CharField(
        label=_("Number on the tube"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )
    outcome = tap(_("Result"), lambda: v.choices(v.RESULTS, without=["pending"]))
    ct = forms.FloatField(label=_("Ct, cycles"), required=False, min_value=0, max_value=60)
    correction = forms.BooleanField(label=_("This corrects the result recorded before"), required=False)
    released = forms.BooleanField(label=_("I have looked at who is released"), required=False)

    around: Around

    def offer(self, around: Around) -> None:
        """Whose result it is; who looks at those released is asked only where there are any."""
        self.around = around
        if not self.releases:
            del self.fields["released"]

    @cached_property
    def releases(self) -> int:
        """How many contacts rest on the result that is corrected alone; before an outcome is chosen: if it was no
        positive."""
        told = self.data if self.is_bound else {"outcome": s.ResultOutcome.NEGATIVE.value, **self.initial}
        if not told.get("correction"):
            return 0
        asked = By(self.around.who.actor, self.around.purpose, "", self.around.who.account)
        try:
            outcome = s.ResultOutcome(str(told.get("outcome")))
            corrected = s.ResultCorrected(str(told.get("sample", "")).strip(), outcome)
            return resting_on_result(present.parts(), asked, self.around.id, corrected)
        except (ValueError, EpiloopError):  # no such outcome or sample: said when the form is sent
            return 0

    def clean(self) -> dict[str, Any]:
        """Nobody is released unseen."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.releases and not given.get("released"):
            self.add_error("released", gettext("Look at who is released, then record again."))
        return given

    def told(self) -> Body:
        """A result, or its correction."""
        given = self.cleaned_data
        kind = s.ResultCorrected if given["correction"] else s.ResultReceived
        return kind(given["sample"].strip(), s.ResultOutcome(given["outcome"]), given["ct"])
