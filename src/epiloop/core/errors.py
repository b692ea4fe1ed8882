"""The tree of exceptions. An error is interface: what was wrong, where, and what to do.

`what` and `remedy` are message ids with `%(name)s` places, written in English and marked for
translation with `N_`; the edge that shows them (`web`, `api`, `cli`) passes its own `gettext`.
"""

from collections.abc import Callable


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for "mark, do not translate yet"
    """Mark a message for translation and give it back unchanged."""
    return message


class EpiloopError(Exception):
    """What was wrong (`what`), where (`where`, free of personal data) and what to do (`remedy`).

    `exit_code` is what the command line ends with; `code` is the stable name the API shows.
    """

    exit_code = 1
    code = "error"
    http_status = 400

    def __init__(self, what: str, *, where: str = "", remedy: str = "", **values: object) -> None:
        super().__init__(what)
        self.what, self.where, self.remedy, self.values = what, where, remedy, values

    def render(self, translate: Callable[[str], str] = str) -> str:
        """One line for a person: `where: what remedy`, in the language of `translate`."""
        place = f"{self.where}: " if self.where else ""
        values = {name: _said(value, translate) for name, value in self.values.items()}
        parts = [translate(part) % values for part in (self.what, self.remedy) if part]
        # A Chinese full stop brings its own space.
        return place + " ".join(parts).replace("。 ", "。")

    def __str__(self) -> str:
        return self.render()


def _said(value: object, translate: Callable[[str], str]) -> object:
    """A value that is itself a word of ours ("township", "discarded") is said in the reader's language."""
    return translate(value) if isinstance(value, str) and value else value


class InvalidInput(EpiloopError):
    """Something given from outside cannot be read as what it should be."""

    exit_code, code, http_status = 2, "invalid-input", 422


class NotAllowed(EpiloopError):
    """The person asking has no right to this, here."""

    exit_code, code, http_status = 3, "not-allowed", 403


class NotFound(EpiloopError):
    """No such thing within the scope of the person asking."""

    exit_code, code, http_status = 4, "not-found", 404


class Refused(EpiloopError):
    """A rule of the domain forbids it in this state; the reason is the message."""

    exit_code, code, http_status = 5, "refused", 409


class Conflict(EpiloopError):
    """Somebody else changed the same stream first; load again and retry."""

    exit_code, code, http_status = 6, "conflict", 409


class Broken(EpiloopError):
    """The ledger, a chain or a projection is not what it must be."""

    exit_code, code, http_status = 7, "broken", 500


class Unavailable(EpiloopError):
    """A part this needs (database, vault) does not answer; nothing was changed."""

    exit_code, code, http_status = 8, "unavailable", 503
