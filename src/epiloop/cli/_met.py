"""What people read of a contact search: how it stands, what comes next, and who was met."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from epiloop.cli._tracing import clock, said_gaps
from epiloop.cli._verbs import say, table
from epiloop.core.errors import N_

STEPS = {"asked": N_("waits for approval"), "done": N_("searched"), "counted": N_("searched")}
HEADINGS = (
    N_("Rank"),
    N_("Ring"),
    N_("Person"),
    N_("Minutes together"),
    N_("Minutes after"),
    N_("First day"),
    N_("Last day"),
    N_("Kinds of places"),
    "",
)
WAITS = N_(
    "Somebody of another unit approves it by %(due)s with `epiloop traces approve %(trace)s`. Then run this again."
)
NOBODY = N_("Nobody who checked in shared enough time with the case. Who did not check in is not found: ask the case.")
COUNTED = N_("A first positive is signed: people are counted, not named, until it is confirmed.")


def said(value: Mapping[str, Any], due: datetime) -> str:
    """The answer of `epiloop trace`; `due`: by when a request that waits is to be approved."""
    return "\n".join(_lines(value, due))


def _lines(value: Mapping[str, Any], due: datetime) -> Iterator[str]:
    state, counts = value["state"], value["counts"]
    head = f"{value['trace']}  {say(STEPS[state])}"
    if state == "asked":
        yield head
        yield say(WAITS) % {"due": clock(due), "trace": value["trace"]}
        return
    yield f"{head}  {counts['ring_1']} + {counts['ring_2']}{said_gaps(dict(value))}"
    if value["people"]:
        yield _people(value["people"])
    else:
        yield say(COUNTED if state == "counted" else NOBODY)


def _people(people: list[dict[str, Any]]) -> str:
    reached = any("contact" in one for one in people)
    headings = [say(word) if word else "" for word in (*HEADINGS, *((N_("How to reach them"),) if reached else ()))]
    return table(headings, [[*_row(one), *([_contact(one["contact"])] if reached else [])] for one in people])


def _row(one: Mapping[str, Any]) -> list[Any]:
    kinds = ", ".join(one["kinds"])
    doubt = say(N_("doubtful")) if one["doubtful"] else ""
    who = one["subject"] or "-"
    minutes = one["together_minutes"], one["after_minutes"]
    return [one["rank"], one["ring"], who, *minutes, one["first_day"], one["last_day"], kinds, doubt]


def _contact(contact: Mapping[str, Any] | None) -> str:
    """The name and telephones of somebody registered, else the number that was left at a door."""
    if contact is None:
        return "-"
    parts = (contact.get("name"), *contact.get("phones", ()), contact.get("number"))
    return ", ".join(str(part) for part in parts if part)
