"""The page of rights and roles, and of the purposes that people act for."""

from epiloop.core.purposes import PURPOSES
from epiloop.core.rights import RIGHTS, ROLE_NAMES, ROLES
from epiloop.project.languages import LOCALE
from epiloop.project.reference.tables import code, page, table

LEAD = (
    "A grant gives an account a role in one jurisdiction, and in everything inside it, for a stretch of time. Rights"
    " are read anew with every request, so a withdrawn one works at once. There is no right to write a status: a status"
    " is computed."
)


def rights_page() -> str:
    """The text of docs/reference/rights.md."""
    chinese = _chinese()
    rows = ((code(right), what, chinese.get(what, "")) for right, what in RIGHTS.items())
    roles = (
        (code(role), name, chinese.get(name, ""), ", ".join(code(right) for right in RIGHTS if right in ROLES[role]))
        for role, name in ROLE_NAMES.items()
    )
    purposes = ((code(purpose), what, chinese.get(what, "")) for purpose, what in PURPOSES.items())
    return page(
        "Rights, roles and purposes",
        LEAD,
        "## Rights",
        table(("right", "English", "中文"), rows),
        "## Roles",
        table(("role", "English", "中文", "rights"), roles),
        "## Purposes\n\nEvery act and every look at an identity has one. The list is closed, without a police purpose.",
        table(("purpose", "English", "中文"), purposes),
    )


def _chinese() -> dict[str, str]:
    import polib

    catalogue = polib.pofile(str(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    return {entry.msgid: entry.msgstr for entry in catalogue if not entry.obsolete and entry.msgctxt is None}
