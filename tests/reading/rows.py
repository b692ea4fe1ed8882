"""Rows with plain values, so that a test names only what it is about."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from epiloop.core.jurisdictions import Code, Scope, code, scope
from epiloop.project.home import Installation
from epiloop.store import scoped, writing
from epiloop.store.tables import (
    TABLES,
    CaseRow,
    ContactRow,
    DutyRow,
    EscalationRow,
    LoopRow,
    PersonRow,
    PostRow,
    ShiftRow,
    StatusRow,
)

ZONE = ZoneInfo("Asia/Shanghai")
CITY, COUNTY, OTHER_COUNTY = code("4502"), code("450226"), code("450225")
TOWN, VILLAGE, GRID = code("450226100"), code("450226100201"), code("45022610020101")
NEXT_VILLAGE, OTHER_TOWN = code("450226100202"), code("450226101")
ELSEWHERE = code("320412")
NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZONE)
EVER = datetime(1, 1, 2, tzinfo=UTC)


def n_id(n: int) -> UUID:
    return UUID(int=n)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def duty(subject: int, key: str = "visit@1", **values: Any) -> DutyRow:
    plain = {
        "subject": n_id(subject), "loop": "contact#1", "key": key, "subject_kind": "person", "jurisdiction": GRID,
        "line": "people", "measure": "close-contact", "rulebook": "cn", "version": "2021-05-14",
        "clause": "duties.visit", "kind": "visit", "stage": "home", "day": 1, "starts": NOON - hours(12), "due": NOON,
        "owner_party": "territory", "owner_post": "grid-worker", "owner_code": VILLAGE, "owner_unit": None,
        "evidence": "visited", "consequence": 50, "state": "open", "done_at": None, "valid_from": EVER,
        "valid_until": None,
    }  # fmt: skip
    return DutyRow(**plain | values)


def loop(subject: int, key: str = "contact#1", **values: Any) -> LoopRow:
    plain = {
        "subject": n_id(subject), "key": key, "subject_kind": "person", "jurisdiction": GRID, "line": "people",
        "measure": "close-contact", "rulebook": "cn", "version": "2021-05-14", "day_zero": None,
        "opened_at": NOON - hours(24), "closes_at": None, "outcome": "",
    }  # fmt: skip
    return LoopRow(**plain | values)


def person(n: int, **values: Any) -> PersonRow:
    plain = {
        "id": n_id(n), "jurisdiction": GRID, "residence": GRID, "sex": "female", "birth_year": 1980, "occupation": "",
        "household": None, "employer": None, "identified": True, "merged_into": None, "died_on": None,
        "controlled_from": None, "controlled_until": None,
    }  # fmt: skip
    held = {"controlled_from": values["controlled_until"] - hours(48)} if values.get("controlled_until") else {}
    return PersonRow(**plain | held | values)


def post(n: int, kind: str, at: Code, *, unit: int = 900, phone: str = "") -> PostRow:
    return PostRow(n_id(n), kind, "", at, n_id(unit), phone)


def shift(n: int, account: str, **values: Any) -> ShiftRow:
    plain = {
        "post": n_id(n), "starts": NOON - hours(4), "ends": NOON + hours(4), "account": account, "phone": "10900000001",
        "substitute_for": "", "jurisdiction": GRID, "unit": n_id(900),
    }  # fmt: skip
    return ShiftRow(**plain | values)


def status(subject: int, **values: Any) -> StatusRow:
    plain = {
        "subject": n_id(subject), "loop": "contact#1", "status": "home-monitoring", "strictness": 30,
        "jurisdiction": GRID,
        "starts": NOON - hours(24), "ends": NOON + hours(24), "rulebook": "cn", "measure": "close-contact",
        "version": "2021-05-14", "clause": "stages.home", "reason": "as planned",
    }  # fmt: skip
    return StatusRow(**plain | values)


def case(n: int, **values: Any) -> CaseRow:
    plain = {
        "person": n_id(n), "disease": "covid-19", "number": 1, "classification": "confirmed", "jurisdiction": GRID,
        "onset": None, "determined_at": NOON - hours(24), "detected_how": "", "outcome": "", "outcome_on": None,
        "discarded_at": None, "outside": "", "details": {}, "sealed": None,
    }  # fmt: skip
    return CaseRow(**plain | values)


def link(contact: int, source: int | None, name: str = "", **values: Any) -> ContactRow:
    plain = {
        "contact": n_id(contact), "source": None if source is None else n_id(source),
        "link": name or f"{source}-{contact}", "disease": "covid-19", "ring": 1, "jurisdiction": GRID,
        "last_exposure": None, "determined_at": NOON - hours(24), "withdrawn_at": None, "relation": "", "setting": "",
        "sealed": None,
    }  # fmt: skip
    return ContactRow(**plain | values)


def rung(subject: int, level: int, at: datetime, key: str = "visit@1", account: str = "") -> EscalationRow:
    return EscalationRow(
        n_id(subject), "contact#1", key, level, at, "territory", "township-duty-officer", TOWN, account, GRID
    )


def write(installation: Installation, *rows: Iterable[tuple[Any, ...]] | tuple[Any, ...], fold: bool = True) -> None:
    """Write rows as the engine does: replacing those of their subjects, the tally with them."""
    owners = {getattr(row, TABLES[type(row)].owner) for row in rows}  # type: ignore[index]
    subjects = [owner for owner in owners if owner is not None]
    with psycopg.connect(installation.dsn("engine")) as engine:
        writing.replace(engine, list(rows), known=subjects)  # type: ignore[arg-type]
        if fold:
            writing.fold_tally(engine)


@contextmanager
def seen(installation: Installation, *codes: Code | Scope) -> Iterator[psycopg.Connection[Any]]:
    """A reading transaction of the app role whose scope is these jurisdictions."""
    allowed = codes[0] if codes and isinstance(codes[0], Scope) else scope(*codes)  # type: ignore[arg-type]
    with psycopg.connect(installation.dsn("app")) as app:
        scoped.narrow(app, allowed)
        yield app
