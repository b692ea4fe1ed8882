"""The kinds of record a person's page offers: name, form, right and purpose, and in which group each stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from epiloop.core.errors import N_
from epiloop.web.people import forms as f
from epiloop.web.people import investigating as i
from epiloop.web.people import isolating as s
from epiloop.web.people import registering as r
from epiloop.web.people.results import ResultForm

CASE, DUTY, MOVE, TEST, KEEP = "case-investigation", "duty-control", "transfer", "testing", "register-keeping"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its name, what is said when it is done, its form, the right and the purpose."""

    name: str
    done: str
    form: type[f.RecordForm]
    right: str = "duty.write"
    purpose: str = DUTY
    grave: bool = False
    """Whether it is asked in red: what cannot be taken back by another record."""


KINDS: Mapping[str, Kind] = {
    "follow-up": Kind(N_("Follow-up"), N_("Follow-up recorded."), f.FollowUpForm),
    "sample": Kind(N_("Sample taken"), N_("Sample recorded."), f.SampleForm, purpose=TEST),
    "result": Kind(N_("Result"), N_("Result recorded."), ResultForm, purpose=TEST),
    "visit": Kind(N_("Visit"), N_("Visit recorded."), f.VisitForm),
    "symptoms": Kind(N_("Symptoms"), N_("Symptoms recorded."), f.SymptomsForm),
    "vaccination": Kind(N_("Vaccination"), N_("Vaccination recorded."), f.VaccinationForm),
    "admission": Kind(N_("Arrival at the place of isolation"), N_("Arrival recorded."), s.AdmissionForm, purpose=MOVE),
    "transfer": Kind(N_("Move to another site"), N_("Move recorded."), s.TransferForm, purpose=MOVE),
    "release": Kind(N_("Release from a stage"), N_("Release recorded."), s.ReleaseForm),
    "home-unsuitable": Kind(N_("Home unsuitable"), N_("Recorded: the home is unsuitable."), s.HomeUnsuitableForm),
    "place-choice": Kind(N_("The person's choice of place"), N_("Choice recorded."), s.PlaceChoiceForm),
    "hand-over": Kind(N_("Hand over to another jurisdiction"), N_("Handed over."), s.HandOverForm, "case.write", CASE),
    "contact": Kind(N_("Determine as contact"), N_("Contact determined."), i.ContactForm, "contact.write", CASE),
    "withdraw": Kind(
        N_("Withdraw the contact link"), N_("Contact link withdrawn."), i.WithdrawForm, "contact.write", CASE
    ),
    "case": Kind(N_("Determine as case"), N_("Case determined."), i.CaseForm, "case.write", CASE),
    "reclassify": Kind(N_("Classify anew"), N_("Case classified anew."), i.ReclassifyForm, "case.write", CASE),
    "discard": Kind(N_("Discard the case"), N_("Case discarded."), i.DiscardForm, "case.write", CASE),
    "outcome": Kind(N_("Outcome"), N_("Outcome recorded."), i.OutcomeForm, "case.write", CASE),
    "decision": Kind(N_("Decide that a stage goes on"), N_("Decision recorded."), s.DecisionForm, "case.write", CASE),
    "arrival": Kind(N_("Arrival in the jurisdiction"), N_("Arrival recorded."), r.ArrivalForm),
    "arrival-seen": Kind(N_("Arrival confirmed"), N_("Confirmation recorded."), r.ArrivalSeenForm),
    "departure": Kind(N_("Departure"), N_("Departure recorded."), r.DepartureForm),
    "stay": Kind(N_("Place of stay"), N_("Place of stay changed."), r.StayForm, "person.write", KEEP),
    "residence": Kind(N_("Residence"), N_("Residence changed."), r.ResidenceForm, "person.write", KEEP),
    "occupation": Kind(N_("Occupation"), N_("Occupation changed."), r.OccupationForm, "person.write", KEEP),
    "employer": Kind(N_("Employer"), N_("Employer recorded."), r.EmployerForm, "person.write", KEEP),
    "employer-left": Kind(N_("End of employment"), N_("End recorded."), r.EmployerLeftForm, "person.write", KEEP),
    "key-post": Kind(N_("Key post held"), N_("Key post recorded."), r.KeyPostForm, "person.write", KEEP),
    "key-post-left": Kind(N_("Key post left"), N_("Leaving recorded."), r.KeyPostLeftForm, "person.write", KEEP),
    "death": Kind(N_("Death"), N_("Death recorded."), r.DeathForm, "person.write", KEEP, grave=True),
}

AT_HAND = ("follow-up", "sample", "result")
"""Records one tap away beside the main one; the others stand in the menu."""

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Daily work"), ("follow-up", "sample", "result", "visit", "symptoms", "vaccination")),
    (
        N_("Isolation and transfer"),
        ("admission", "transfer", "release", "home-unsuitable", "place-choice", "hand-over"),
    ),
    (N_("Investigation and decisions"), ("contact", "case", "decision")),
    (N_("Arrival and departure"), ("arrival", "arrival-seen", "departure")),
    (
        N_("Registration"),
        ("stay", "residence", "occupation", "employer", "employer-left", "key-post", "key-post-left", "death"),
    ),
)
"""What the menu of a person's page offers. Others need a case or a link to start from."""

BY_EVIDENCE = {
    "follow-up": "follow-up",
    "sample-taken": "sample",
    "result": "result",
    "admitted": "admission",
    "visited": "visit",
    "released": "release",
    "vaccinated": "vaccination",
    "handed-over": "hand-over",
}
"""The fact that fulfils a duty -> the kind of record that tells it."""


def kind_for(evidence: str) -> str:
    """The kind of record that fulfils a duty; "" where pages have none."""
    return BY_EVIDENCE.get(evidence, "")
