"""The application that granian's workers of the key service load: a vault on the home named in the environment."""

import logging
import os
from pathlib import Path

from epiloop.project import leash
from epiloop.project.home import key_home_at
from epiloop.project.keyservice.process import HOME_VARIABLE, MASTER, THREADS
from epiloop.project.logs import PlainLine
from keyservice import serving
from keyservice.identity import LocalVault

leash.fasten_to_parent()
_handler = logging.StreamHandler()
_handler.setFormatter(PlainLine())
logging.basicConfig(handlers=[_handler], level=logging.WARNING)

_home = key_home_at(Path(os.environ[HOME_VARIABLE]))
application = serving.application(LocalVault.open(_home.dsn("vault"), _home.key_file(MASTER), connections=THREADS))
