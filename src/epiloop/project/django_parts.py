"""Setting Django and the real parts up for one installation."""

import os

from epiloop.project.home import Installation
from epiloop.project.wiring import wire


def set_up(installation: Installation) -> None:
    """Load Django with this installation's settings. A process serves one installation only."""
    os.environ["EPILOOP_HOME"] = str(installation.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "epiloop.project.settings")
    import django

    django.setup()
    wire(installation)
