"""A row of a contact list. A link A -> B says that B was exposed to A.

B's last exposure is looked for where the mapping says: in the contact list, in B's own row of the case list, or in A's
row. Without any, the link is imported all the same (or rejected, if the mapping says so), but no days can be counted.
"""

from collections.abc import Mapping
from datetime import date

from epiloop.core.errors import N_, InvalidInput
from epiloop.ledger.events import Draft
from epiloop.operations.investigation.events import ContactDetermined
from epiloop.operations.investigation.mapping import run as r
from epiloop.operations.investigation.mapping.sheets import RowError
from epiloop.registers.people.events import PersonRegistered


def contact_row(run: r.Run, line: int, cells: Mapping[str, str]) -> r.Row:
    """The row's drafts: the link in the contact's stream, and whoever of the two is not known yet, registered."""
    fields = run.mapping.contacts
    source, contact = (r.plain_outside(run, fields, cells, name) for name in ("from", "to"))
    if source == contact:
        reason = InvalidInput(N_("Nobody can be their own contact."), remedy=N_("Correct one of the two ids."))
        raise r.RejectedError(r.column_of(fields, "to"), reason)
    rows = {"case": run.cases.get(contact, {}), "source": run.cases.get(source, {})}
    values = r.values_of(run, fields, cells, rows)
    _check_exposure(run, line, values)
    _warn_unknown_source(run, line, source)
    told = _determined(run, source, contact, values)
    day = _day(run, values, rows)
    jurisdiction = values.get("stay") or rows["case"].get("stay") or run.setting.jurisdiction
    drafts = [*_strangers(run, (source, contact), values, day)]
    drafts.append(r.draft(run, contact, f"contact:{told.link}", told, day, jurisdiction))
    person = run.person(contact)
    return r.Row("contacts", line, person, contact, tuple(drafts), r.identity_of(values))


def _check_exposure(run: r.Run, line: int, values: r.Values) -> None:
    fields = run.mapping.contacts
    if "last_exposure" not in values and "last_exposure" in fields and fields["last_exposure"].otherwise == "reject":
        reason = N_("The day of the last exposure is in neither list.")
        column = r.column_of(fields, "last_exposure")
        raise r.RejectedError(
            column, InvalidInput(reason, remedy=N_("Fill it in, or let the mapping say: otherwise: unknown."))
        )
    if values.get("ring", 1) not in (1, 2):
        raise r.RejectedError(r.column_of(fields, "ring"), InvalidInput(N_("A ring is 1 or 2.")))
    r.warn_about_days(run, "contacts", line, fields, values)


def _warn_unknown_source(run: r.Run, line: int, source: str) -> None:
    if run.is_stranger(source):
        problem = N_("The source of this link is in no case list; registered by id alone.")
        run.warnings.append(RowError("contacts", line, r.column_of(run.mapping.contacts, "from"), problem))


def _determined(run: r.Run, source: str, contact: str, values: r.Values) -> ContactDetermined:
    ring = values.get("ring", 1)
    plain = ("last_exposure", "first_exposure", "setting", "relation", "high_risk", "place", "note")
    return ContactDetermined(
        link=values.get("link") or _link(run, source, contact, ring),
        disease=values["disease"],
        ring=ring,
        sources=(run.person(source),),
        **{name: values[name] for name in plain if name in values},
    )


def _link(run: r.Run, source: str, contact: str, ring: int) -> str:
    """A name for the link that the next import of the same list gives it again; the second of a pair is #2."""
    name = f"{run.mapping.system}:{source}>{contact}:{ring}"
    run.seen[name] += 1
    return name if run.seen[name] == 1 else f"{name}#{run.seen[name]}"


def _day(run: r.Run, values: r.Values, rows: Mapping[str, r.Values]) -> date:
    """When the contact was determined: as stated, else on the last exposure, else when one of the two became a case."""
    stated = values.get("determined") or values.get("last_exposure")
    day: date = stated or rows["source"].get("day") or rows["case"].get("day") or run.setting.today
    if day > run.setting.today:
        column = r.column_of(run.mapping.contacts, "determined" if "determined" in values else "last_exposure")
        raise r.RejectedError(column, InvalidInput(N_("This day lies ahead."), remedy=N_("Check the year.")))
    return day


def _strangers(run: r.Run, pair: tuple[str, str], values: r.Values, day: date) -> list[Draft]:
    """Registrations, by id alone and once each, of those of the pair whom nobody knows."""
    drafts = []
    for each in pair:
        if run.is_stranger(each) and each not in run.introduced:
            run.introduced.add(each)
            stay = (each == pair[1] and values.get("stay")) or run.setting.jurisdiction
            told = PersonRegistered(stay=stay, outside=((run.mapping.system, each),))
            drafts.append(r.draft(run, each, "person", told, day, stay))
    return drafts
