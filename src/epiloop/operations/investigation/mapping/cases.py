"""A row of a case list: a person registered, perhaps an exposure, a case, perhaps its outcome."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.ids import derived
from epiloop.ledger.events import Body, Draft
from epiloop.operations.investigation import events as e
from epiloop.operations.investigation.mapping import run as r
from epiloop.registers.people.events import PersonRegistered


def case_row(run: r.Run, line: int, cells: Mapping[str, str]) -> r.Row:
    """The row's drafts, and the values that contact rows look up later. Raises RejectedError."""
    fields = run.mapping.cases
    values = r.values_of(run, fields, cells, {})
    outside = r.outside_of(fields, values, "id")
    if outside in run.cases:
        reason = InvalidInput(
            N_("This id stands in line %(first)s already."), remedy=N_("Keep one."), first=run.cases[outside]["line"]
        )
        raise r.RejectedError(r.column_of(fields, "id"), reason)
    for name in ("disease", "classification"):
        if name not in values:
            raise r.RejectedError(r.column_of(fields, name), InvalidInput(N_("This cell must not be empty.")))
    values |= {"line": line, "day": _day(run, values)}
    r.warn_about_days(run, "cases", line, fields, values)
    run.cases[outside] = values
    kept = {column: cells[column] for column in run.mapping.keep if cells[column]}
    drafts = _case_drafts(run, outside, values, kept)
    return r.Row("cases", line, run.person(outside), outside, drafts, r.identity_of(values))


def _day(run: r.Run, values: r.Values) -> date:
    """The day from which the person counts as a case: diagnosis, else report, else onset."""
    day = values.get("diagnosed") or values.get("reported") or values.get("onset")
    if day is None:
        reason = N_("The row has no day: neither diagnosis, report nor onset.")
        raise r.RejectedError("diagnosed", InvalidInput(reason, remedy=N_("Fill in one of them.")))
    if day > run.setting.today:
        column = r.column_of(run.mapping.cases, "diagnosed")
        raise r.RejectedError(column, InvalidInput(N_("This day lies ahead."), remedy=N_("Check the year.")))
    return date(day.year, day.month, day.day)


def _case_drafts(run: r.Run, outside: str, values: r.Values, kept: Mapping[str, str]) -> tuple[Draft, ...]:
    bodies = [("person", _person(run, outside, values)), *_course(run, outside, values, kept)]
    jurisdiction = values.get("stay") or values.get("residence") or run.setting.jurisdiction
    return tuple(r.draft(run, outside, name, said, _happened(said, values), jurisdiction) for name, said in bodies)


def _person(run: r.Run, outside: str, values: r.Values) -> PersonRegistered:
    return PersonRegistered(
        sex=values.get("sex"),
        birth_date=values.get("birth_date"),
        birth_year=values.get("birth_year"),
        age=values.get("age"),
        age_on=values["day"] if "age" in values else None,
        occupation=values.get("occupation"),
        residence=values.get("residence"),
        stay=values.get("stay") or run.setting.jurisdiction,
        outside=((run.mapping.system, outside),),
    )


def _course(run: r.Run, outside: str, values: r.Values, kept: Mapping[str, str]) -> Iterator[tuple[str, Body]]:
    disease = values["disease"]
    case = derived("case", run.mapping.system, outside, disease)
    if values.keys() & {"exposure_first", "exposure_last", "exposure_setting", "place"}:
        yield (
            "exposure",
            e.ExposureRecorded(
                disease=disease,
                exposure=f"{run.mapping.system}:{outside}",
                first=values.get("exposure_first"),
                last=values.get("exposure_last"),
                setting=values.get("exposure_setting"),
                place=values.get("place"),
            ),
        )
    yield "case", _case(run, case, outside, values, kept)
    if "outcome" in values:
        yield "outcome", e.OutcomeRecorded(case, disease, values["outcome"], values.get("outcome_on"))


def _case(run: r.Run, case: UUID, outside: str, values: r.Values, kept: Mapping[str, str]) -> e.CaseDetermined:
    position = (values["longitude"], values["latitude"]) if {"longitude", "latitude"} <= values.keys() else ()
    plain = ("disease", "classification", "onset", "severity", "detected", "infected", "reported", "imported")
    sealed = ("hospital", "note")
    return e.CaseDetermined(
        case=case,
        outside=((run.mapping.system, outside),),
        position=position,
        kept=kept or None,
        **{name: values[name] for name in (*plain, *sealed) if name in values},
    )


def _happened(said: Body, values: r.Values) -> date:
    if isinstance(said, e.OutcomeRecorded):
        return said.on or values["day"]
    if isinstance(said, e.ExposureRecorded):
        return said.last or said.first or values["day"]
    day: date = values["day"]
    return day
