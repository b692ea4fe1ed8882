"""The application that granian serves at the gate."""

import gc

from epiloop.project import leash
from epiloop.project.django_parts import set_up
from epiloop.project.gate import gate
from epiloop.project.home import current_installation

leash.fasten_to_parent()
installation = current_installation()
set_up(installation)
application = gate(installation)

# What is loaded now stays for good: the collector need not look through it while somebody waits at a door.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
