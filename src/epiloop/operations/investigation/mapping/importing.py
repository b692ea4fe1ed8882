"""A case list and a contact list in, drafts out; bad rows are reported and hold up no good one."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from epiloop.core.errors import N_, InvalidInput
from epiloop.operations.investigation.mapping.cases import case_row
from epiloop.operations.investigation.mapping.contacts import contact_row
from epiloop.operations.investigation.mapping.declared import Field
from epiloop.operations.investigation.mapping.declared import Mapping as Declared
from epiloop.operations.investigation.mapping.run import Imported, RejectedError, Row, Run, Setting
from epiloop.operations.investigation.mapping.sheets import RowError, Sheet

TakeRow = Callable[[Run, int, Mapping[str, str]], Row]


def import_lists(mapping: Declared, cases: Sheet | None, contacts: Sheet | None, setting: Setting) -> Imported:
    """What both lists say. Raises InvalidInput if a mapped column is not in its file; bad rows are only reported."""
    run = Run(mapping, setting)
    for name, sheet, fields, take in (
        ("cases", cases, mapping.cases, case_row),
        ("contacts", contacts, mapping.contacts, contact_row),
    ):
        if sheet is not None and fields:
            _check_columns(name, sheet, fields, mapping.keep if name == "cases" else ())
            run.errors += sheet.errors
            for line, cells in sheet.rows:
                _take(run, name, line, cells, take)
    return Imported(tuple(run.rows), tuple(run.errors), tuple(run.warnings))


def _take(run: Run, sheet: str, line: int, cells: Mapping[str, str], take: TakeRow) -> None:
    try:
        run.rows.append(take(run, line, cells))
    except RejectedError as rejected:
        reason = rejected.reason
        run.errors.append(RowError(sheet, line, rejected.column, reason.what, reason.remedy, reason.values))


def _check_columns(name: str, sheet: Sheet, fields: Mapping[str, Field], keep: tuple[str, ...]) -> None:
    wanted = {source.name for each in fields.values() for source in each.sources if source.kind == "column"} | {*keep}
    for column in sorted(wanted - {*sheet.headings}):
        near = get_close_matches(column, sheet.headings, 1)
        raise InvalidInput(
            N_("The file has no column %(column)s."),
            where=name,
            remedy=N_("Change the mapping. The columns are: %(choices)s"),
            column=column,
            choices=", ".join(near or sheet.headings),
        )


def fresh_key(key: str, told: Sequence[str]) -> str | None:
    """The source key under which a row's saying is new in its stream; None if it is what the source said last.

    `told` are the stream's source keys in recorded order. A row that returns to what it said before its last change
    says something new: it gets the key of old with a count.
    """
    base = key.rpartition(":")[0]
    same = [each for each in told if each.rpartition(":")[0] == base]
    if not same or key not in same:
        return key
    if same[-1].partition("~")[0] == key:
        return None
    return f"{key}~{sum(each.partition('~')[0] == key for each in same) + 1}"
