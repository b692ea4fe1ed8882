"""Having everything an installation needs below its pages: its PostgreSQL and its key service, started side by side.

with hold(installation):
    running(installation)
"""

import contextlib
from collections.abc import Iterator

from epiloop.project import postgres
from epiloop.project.home import Installation
from epiloop.project.keyservice import holding as keyservice


@contextlib.contextmanager
def hold(installation: Installation) -> Iterator[None]:
    """Have database and key service answering inside the block; any number of processes may hold them at once.

    Raises Unavailable if one of this machine does not start. A key service on another machine is not waited for:
    without it the pages answer, and nothing personal is shown.
    """
    with contextlib.ExitStack() as databases, keyservice.held(installation) as starting:
        databases.enter_context(postgres.hold(installation))
        if starting is not None:
            starting.wait()
        yield
