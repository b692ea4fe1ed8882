"""What capabilities tell the rules is in the rules' own words; what pairs a person with a place is sealed."""

import dataclasses
import typing
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

import pytest

from epiloop.core.ids import derived
from epiloop.ledger.events import Body, body_class, decode
from epiloop.operations.arrivals import events as arrivals
from epiloop.operations.investigation import events as investigation
from epiloop.operations.screening import events as screening
from epiloop.registers.people import events as people
from epiloop.registers.places import events as places
from epiloop.registers.units import events as units
from epiloop.rules.vocabulary import FACTS

AT = datetime(2022, 7, 1, 4, tzinfo=UTC)
MODULES = (people, units, places, investigation, screening, arrivals)
BODIES = [
    each
    for module in MODULES
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Body) and each is not Body
]
TYPES = {"str": str, "int": int, "float": float, "bool": bool, "date": date, "instant": datetime, "uuid": UUID}


def filled(cls: type[Body]) -> Body:
    """A body in which every field says something."""
    hints = typing.get_type_hints(cls)
    said = {spec.name: sample(hints[spec.name]) for spec in dataclasses.fields(cls)}
    if cls is investigation.LinkedContactResult:
        said["outcome"] = "negative"
    return cls(**said)


def sample(hint: typing.Any) -> typing.Any:
    parts = [part for part in typing.get_args(hint) if part not in (type(None), Ellipsis)]
    if typing.get_origin(hint) is tuple:
        many = len(parts) > 1  # a tuple of fixed length inside another one
        return tuple(sample(part) for part in parts) if many else (sample(parts[0]),)
    if typing.get_origin(hint) is not None and "Mapping" in str(typing.get_origin(hint)):
        return {"column": "text"}
    if parts:
        return sample(parts[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    values = {
        UUID: derived("any"),
        datetime: AT,
        date: date(2022, 6, 28),
        bool: True,
        int: 3204120010010000,
        float: 36.5,
        str: "text",
    }
    return values[hint]


@pytest.mark.parametrize("cls", BODIES, ids=lambda cls: cls.kind)
def test_every_body_reads_back_from_its_stored_form(cls: type[Body]) -> None:
    told = filled(cls)
    open_part, secret_part = told.parts()
    assert decode(cls.kind, cls.kind_version, open_part | secret_part) == told
    assert body_class(cls.kind, cls.kind_version) is cls


@pytest.mark.parametrize("cls", BODIES, ids=lambda cls: cls.kind)
def test_every_body_reads_without_its_sealed_part_and_tells_the_rules_the_same(cls: type[Body]) -> None:
    told = filled(cls)
    open_part, _ = told.parts()
    without = decode(cls.kind, cls.kind_version, open_part)
    for module in MODULES:
        if hasattr(module, "facts"):
            say = {"occurred_at": AT, "recorded_at": AT, "ref": None}
            assert module.facts(told, **say) == module.facts(without, **say)


@pytest.mark.parametrize("cls", BODIES, ids=lambda cls: cls.kind)
def test_facts_use_only_kinds_and_values_of_the_vocabulary(cls: type[Body]) -> None:
    for fact in _all_facts(filled(cls)):
        known = FACTS[fact.kind]
        for name, value in fact.values.items():
            assert name in known, f"{fact.kind} has no value {name}"
            if value is None:
                continue
            wanted = known[name]
            if isinstance(wanted, tuple):
                assert value in wanted
            else:
                assert type(value) is TYPES[wanted]


def _all_facts(told: Body) -> list[typing.Any]:
    return [
        fact
        for module in MODULES
        if hasattr(module, "facts")
        for fact in module.facts(told, occurred_at=AT, recorded_at=AT, ref=None)
    ]


@pytest.mark.parametrize("outcome", list(investigation.Outcome))
def test_every_outcome_has_words_of_the_vocabulary(outcome: investigation.Outcome) -> None:
    (fact,) = _all_facts(investigation.OutcomeRecorded(derived("any"), "covid-19", outcome))
    assert all(
        not isinstance(FACTS[fact.kind][name], tuple) or value in FACTS[fact.kind][name]
        for name, value in fact.values.items()
    )


def test_a_second_tell_of_each_needed_kind() -> None:
    """Kinds that the rulebooks rely on and that these capabilities must supply."""
    told = {fact.kind for cls in BODIES for fact in _all_facts(filled(cls))} | {
        fact.kind for fact in _all_facts(investigation.OutcomeRecorded(derived("any"), "x", investigation.Outcome.DIED))
    }
    needed = (
        "contact-determined contact-withdrawn case-determined case-discarded outcome follow-up symptoms rash-onset"
        " vaccinated admitted transferred released handed-over visited named-decision linked-contact-result"
        " linked-contact-positive home-unsuitable place-chosen sample-taken result arrived departed post-held post-left"
        " shift-block-ended"
    )
    assert set(needed.split()) <= told


SEALED = "site place note reason hospital position kept birth_date transport lodging origin destination temperature"


@pytest.mark.parametrize("cls", BODIES, ids=lambda cls: cls.kind)
def test_places_of_people_and_free_text_are_sealed(cls: type[Body]) -> None:
    if cls.__module__ in (units.__name__, places.__name__) or cls is arrivals.Arrived:
        return  # public bodies; where somebody comes from is a jurisdiction, which rules need
    for spec in dataclasses.fields(cls):
        if spec.name in SEALED.split() and cls is not investigation.PlaceChosen:
            assert spec.metadata.get("secret"), f"{cls.kind}.{spec.name}"


@pytest.mark.parametrize("cls", BODIES, ids=lambda cls: cls.kind)
def test_sealed_fields_have_a_default(cls: type[Body]) -> None:
    for spec in dataclasses.fields(cls):
        if spec.metadata.get("secret"):
            assert spec.default is not dataclasses.MISSING
