"""Hold the database of an installation until standard input closes, so that a row of commands starts it only once."""

import sys

from epiloop.project.home import current_installation
from epiloop.project.postgres import hold

if __name__ == "__main__":
    with hold(current_installation()):
        sys.stdin.read()
