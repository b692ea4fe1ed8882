"""All that can be said of a person, a unit or a place: one table, each line an address that takes an event body."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from epiloop.api.callers import Caller, caller
from epiloop.api.edge import Key
from epiloop.api.shapes import Receipt, Shape, body_of, request_of
from epiloop.ledger.events import Body
from epiloop.operations.arrivals import events as a
from epiloop.operations.investigation import events as e
from epiloop.operations.screening import events as s
from epiloop.registers.people import events as p
from epiloop.registers.places import events as pl
from epiloop.registers.units import events as u
from epiloop.runtime import present
from epiloop.runtime.acts import Done
from epiloop.runtime.requests import By, people, registering
from epiloop.runtime.requests.asking import REQUEST

Fill = Callable[[By], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One address: the last part of its path, the event body it takes, for what purpose; fields the server fills."""

    path: str
    body: type[Body]
    purpose: str
    filled: Mapping[str, Callable[[By], object]] = field(default_factory=dict)


CASES, DUTIES, TESTS, REGISTER = "case-investigation", "duty-control", "testing", "register-keeping"
ROSTER, TRANSFER = "roster-keeping", "transfer"

OF_PEOPLE = (
    Line("cases", e.CaseDetermined, CASES, {"case": lambda by: by.new_id("case")}),
    Line("case-classifications", e.CaseReclassified, CASES),
    Line("case-discards", e.CaseDiscarded, CASES),
    Line("case-outcomes", e.OutcomeRecorded, CASES),
    Line("exposures", e.ExposureRecorded, CASES),
    Line("extensions", e.NamedDecision, CASES, {"by": lambda by: by.actor}),
    Line("hand-overs", e.HandedOver, CASES),
    Line("contact-links", e.ContactDetermined, CASES, {"link": lambda by: str(by.new_id("link"))}),
    Line("contact-withdrawals", e.ContactWithdrawn, CASES),
    Line("follow-ups", e.FollowedUp, DUTIES),
    Line("symptoms", e.SymptomsReported, DUTIES),
    Line("vaccinations", e.Vaccinated, DUTIES),
    Line("admissions", e.Admitted, TRANSFER),
    Line("releases", e.Released, TRANSFER),
    Line("transfers", e.Transferred, TRANSFER),
    Line("visits", e.Visited, DUTIES),
    Line("home-unsuitable", e.HomeUnsuitable, DUTIES),
    Line("place-choices", e.PlaceChosen, DUTIES),
    Line("samples", s.SampleTaken, TESTS),
    Line("results", s.ResultReceived, TESTS),
    Line("result-corrections", s.ResultCorrected, TESTS),
    Line("arrivals", a.Arrived, DUTIES),
    Line("arrival-confirmations", a.ArrivalConfirmed, DUTIES),
    Line("departures", a.Departed, DUTIES),
    Line("stay", p.StayChanged, REGISTER),
    Line("residence", p.ResidenceChanged, REGISTER),
    Line("occupation", p.OccupationChanged, REGISTER),
    Line("employments", p.Employed, REGISTER),
    Line("employment-ends", p.EmploymentEnded, REGISTER),
    Line("households", p.HouseholdJoined, REGISTER),
    Line("household-ends", p.HouseholdLeft, REGISTER),
    Line("posts", p.PostHeld, REGISTER),
    Line("post-ends", p.PostLeft, REGISTER),
    Line("shift-block-ends", p.ShiftBlockEnded, REGISTER),
    Line("death", p.Died, REGISTER),
)
"""POST /people/{person}/... The right each takes stands in `runtime.requests.people.TELLING`."""

OF_UNITS = (
    Line("changes", u.UnitChanged, REGISTER),
    Line("closing", u.UnitClosed, REGISTER),
    Line("posts", u.PostCreated, ROSTER, {"post": lambda by: by.new_id("post")}),
    Line("post-closings", u.PostClosed, ROSTER),
    Line("holders", u.PostHolderAssigned, ROSTER),
    Line("holder-removals", u.PostHolderRemoved, ROSTER),
    Line("shifts", u.ShiftRostered, ROSTER),
    Line("shift-cancellations", u.ShiftCancelled, ROSTER),
    Line("substitutes", u.SubstituteNamed, ROSTER),
)
OF_PLACES = (
    Line("changes", pl.PlaceChanged, REGISTER),
    Line("closing", pl.PlaceClosed, REGISTER),
    Line("zones", pl.ZoneSet, REGISTER),
    Line("zone-closings", pl.ZoneClosed, REGISTER),
    Line("hours", pl.HoursSet, REGISTER),
)
NEW_UNIT = Line("", u.UnitRegistered, REGISTER)
NEW_PLACE = Line("", pl.PlaceRegistered, REGISTER)

router = Router()


def receipt(done: Done) -> Receipt:
    """What came of an act, for the client."""
    known = {name: value for name, value in done.result.items() if name != REQUEST and name in Receipt.model_fields}
    return Receipt(repeated=done.repeated, **known)  # type: ignore[arg-type]


def told(line: Line, sent: Schema, who: Caller, key: str) -> tuple[By, Body]:
    """Who tells, and the event body out of what was sent."""
    by = who.by(line.purpose, key)
    return by, body_of(line.body, sent, **{name: make(by) for name, make in line.filled.items()})


def _of_person(line: Line, shape: Shape) -> Callable[..., Receipt]:
    def view(request: HttpRequest, person: UUID, sent: shape, key: Key) -> Receipt:  # type: ignore[valid-type]
        by, body = told(line, sent, caller(request), key)
        at = getattr(sent, "at", None)
        if isinstance(body, p.StayChanged):
            return receipt(registering.change_stay(present.parts(), by, person, body.stay, at=at))
        return receipt(people.tell(present.parts(), by, person, body, at=at))

    return view


def _of_thing(line: Line, shape: Shape, tell: Callable[..., Done]) -> Callable[..., Receipt]:
    def view(request: HttpRequest, thing: UUID, sent: shape, key: Key) -> Receipt:  # type: ignore[valid-type]
        by, body = told(line, sent, caller(request), key)
        return receipt(tell(present.parts(), by, thing, body, at=getattr(sent, "at", None)))

    return view


def _new_thing(line: Line, shape: Shape, tell: Callable[..., Done]) -> Callable[..., Receipt]:
    def view(request: HttpRequest, sent: shape, key: Key) -> Receipt:  # type: ignore[valid-type]
        by, body = told(line, sent, caller(request), key)
        return receipt(tell(present.parts(), by, None, body, at=getattr(sent, "at", None)))

    return view


def _addresses() -> Iterator[tuple[str, Line, Callable[..., Receipt], str]]:
    for line in OF_PEOPLE:
        yield f"/people/{{person}}/{line.path}", line, _of_person(line, _shape(line)), "people"
    for line in OF_UNITS:
        yield f"/units/{{thing}}/{line.path}", line, _of_thing(line, _shape(line), registering.tell_unit), "units"
    for line in OF_PLACES:
        yield f"/places/{{thing}}/{line.path}", line, _of_thing(line, _shape(line), registering.tell_place), "places"


def _shape(line: Line) -> Shape:
    return request_of(line.body, without=tuple(line.filled))


def add(to: Router, path: str, line: Line, view: Callable[..., Receipt], tag: str) -> None:
    """Give a line its address."""
    doc = " ".join((line.body.__doc__ or "").split("\n\n")[0].split())
    to.post(
        path,
        response=Receipt,
        tags=[tag],
        summary=doc.split(". ")[0].rstrip("."),
        description=doc,
        operation_id=f"tell-{tag}-{line.path or 'new'}",
    )(view)


def add_new_things(to: Router) -> None:
    """The addresses for a new unit and a new place, beside those that list them."""
    add(to, "/units", NEW_UNIT, _new_thing(NEW_UNIT, _shape(NEW_UNIT), registering.tell_unit), "units")
    add(to, "/places", NEW_PLACE, _new_thing(NEW_PLACE, _shape(NEW_PLACE), registering.tell_place), "places")


for _address in _addresses():
    add(router, *_address)
