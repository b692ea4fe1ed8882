"""Hold the database of an installation until standard input closes, so that a row of commands starts it only once."""

import sys

from epiloop.project.holding import hold
from epiloop.project.home import current_installation

if __name__ == "__main__":
    installation = current_installation()
    with hold(installation):
        (installation.run_dir / "held").touch()
        sys.stdin.read()
