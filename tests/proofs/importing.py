"""A process of its own that imports a line list as the command does, and says on standard output what it was told.

    python -m tests.proofs.importing HOME CASES CONTACTS BATCH

One line for each batch that the import acknowledged, and at the end one with the counts.
"""

import json
import sys
from pathlib import Path

from tests.proofs.line_list import MAPPING
from tests.proofs.people import HERE

from epiloop.project.holding import hold
from epiloop.project.home import installation_at
from epiloop.project.wiring import running
from epiloop.runtime import intake
from epiloop.runtime.requests import By, importing


def main(home: str, cases: str, contacts: str, batch: str) -> None:
    """Import, the key always the same."""
    installation = installation_at(Path(home))
    intake.BATCH = int(batch)  # small, so that there is much between the first and the last
    uploads = [importing.Upload(file, Path(file).read_bytes()) for file in (cases, contacts)]
    wanted = importing.LineList(HERE, MAPPING, *uploads)
    with hold(installation):
        parts = running(installation)
        by = By("operator", "data-import", "the-list")
        report = importing.run(parts, by, wanted, progress=lambda done, _total: say(done=done))
        say(**report.counts)


def say(**words: int) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
