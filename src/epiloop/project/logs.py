"""Log lines without personal data: messages of our own, and of an exception only its kind and place."""

import logging
import traceback
from typing import Any


class PlainLine(logging.Formatter):
    """`time level logger message`, then for an exception its type and the code lines, never its text or values.

    The text of an exception (a database's above all) can quote what somebody typed.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name logging calls
        """The places an exception went through, and its type."""
        places = (f"  {part.filename}:{part.lineno} in {part.name}" for part in traceback.extract_tb(ei[2]))
        return "\n".join([*places, ei[0].__name__])
