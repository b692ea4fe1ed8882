"""What the numbers were measured on."""

import os
import platform


def machine() -> str:
    """The machine in one line, with the load from others before a measurement."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load before {load:.1f}"
