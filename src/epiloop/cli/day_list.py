"""`epiloop day-list`: who is to be followed up on a day, one line a person, with every source, owner and reason."""

from datetime import date, datetime, time
from typing import Any

import click

from epiloop.cli._verbs import Installation, answer, as_json, jurisdiction, place, plain, say, table, with_database
from epiloop.core.errors import N_
from epiloop.core.jurisdictions import Code

MORNING = time(9)
"""The hour for which owners are shown on a day that is not today."""


@click.command()
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@jurisdiction
@click.option("--kind", default="follow-up", help="Kind of duty; `any` for all kinds.")
@as_json
@with_database
def command(_installation: Installation, *, day: Any, jurisdiction: Code | None, kind: str, as_json: bool) -> None:
    """The list of a calendar day: follow-up lines, and those who had become cases."""
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import laws_of
    from epiloop.store.reading.asking import EVERYWHERE, area
    from epiloop.store.reading.board import day_around
    from epiloop.store.reading.day_list import day_list
    from epiloop.store.scoped import reading

    parts = present.parts()
    zone = laws_of(parts).zone(jurisdiction or 0)
    today = parts.now().astimezone(zone)
    wanted: date = day.date() if day else today.date()
    at = today if wanted == today.date() else datetime.combine(wanted, MORNING, zone)
    asked = area(jurisdiction) if jurisdiction else EVERYWHERE
    with reading(present.readers(), EVERYWHERE) as connection:
        found = day_list(connection, asked, day_around(at, zone), kind=None if kind == "any" else kind)
    value = {
        "date": wanted.isoformat(),
        "timezone": str(zone),
        "jurisdiction": place(jurisdiction) or None,
        "lines": [_line(one) for one in found.lines],
        "cases": [_line(one) for one in found.cases],
    }
    answer(value, lambda: _said(value), as_json=as_json)


def _line(one: Any) -> dict[str, Any]:
    duties = [_duty(line) for line in one.duties]
    return {
        "person": str(one.person),
        "outside": [{"system": system, "id": outside} for system, outside in one.outside],
        "jurisdiction": place(one.jurisdiction),
        "case_since": plain(one.case_since),
        "owner": duties[0]["owner"] if duties else None,
        "reason": duties[0]["reason"] if duties else None,
        "sources": [_source(exposure) for exposure in one.exposures],
        "duties": duties,
    }


def _duty(line: Any) -> dict[str, Any]:
    duty, owner = line.duty, line.owner
    return {
        "kind": duty.kind,
        "day": duty.day,
        "due": plain(duty.due),
        "state": duty.state,
        "loop": duty.loop,
        "key": duty.key,
        "owner": {
            "party": duty.owner_party,
            "post": duty.owner_post,
            "jurisdiction": place(duty.owner_code),
            "on_duty": owner.account,
            "phone": owner.phone or None,
            "nobody_on_duty": owner.nobody_on_duty,
        },
        "reason": {
            "rulebook": duty.rulebook,
            "measure": duty.measure,
            "version": duty.version,
            "clause": duty.clause,
        },
    }


def _source(exposure: Any) -> dict[str, Any]:
    link = exposure.link
    return {
        "person": plain(link.source),
        "outside": [{"system": system, "id": outside} for system, outside in exposure.outside],
        "link": link.link,
        "ring": link.ring,
        "disease": link.disease,
        "setting": link.setting or None,
        "relation": link.relation or None,
        "last_exposure": plain(link.last_exposure),
    }


def _said(value: dict[str, Any]) -> str:
    headings = ("person", "jurisdiction", "sources", "due", "owner", "why")
    rows = [_row(line) for line in value["lines"]]
    counts = {"lines": len(rows), "cases": len(value["cases"]), "date": value["date"]}
    head = say(N_("%(date)s: %(lines)d people, %(cases)d of the others are cases by now")) % counts
    return "\n".join([head, table(headings, rows)]) if rows else head


def _row(line: dict[str, Any]) -> list[object]:
    ids = [each["id"] for each in line["outside"]]
    sources = [(source["outside"] or [{"id": source["person"] or "?"}])[0]["id"] for source in line["sources"]]
    owner, reason = line["owner"], line["reason"]
    return [
        ids[0] if ids else line["person"],
        line["jurisdiction"],
        ", ".join(dict.fromkeys(sources)),
        line["duties"][0]["due"],
        f"{owner['post']} {owner['on_duty'] or '-'}",
        f"{reason['measure']} {reason['version']} {reason['clause']}",
    ]
