"""Pages on the real installation: a cast of accounts, a server, and a browser where there is one."""

import threading
from collections.abc import Iterator

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from tests.web.outbreak import Outbreak, playing
from tests.web.staff import Cast, account

from epiloop.core.rights import EVERYWHERE
from epiloop.project.home import Installation


@pytest.fixture(scope="session", autouse=True)
def quick(quick_django: None) -> None:
    """Every test of pages runs in Django's test environment."""


@pytest.fixture
def database(clean: Installation) -> Installation:
    """The application's database, empty, as the role the pages use."""
    return clean


@pytest.fixture
def cast(database: Installation) -> Cast:
    return Cast(
        admin=account("admin-1", "administrator", EVERYWHERE),
        officer=account("duty-3", "duty-officer"),
        worker=account("village-12", "community-worker"),
        outsider=account("nobody-1"),
    )


@pytest.fixture
def outbreak(database: Installation) -> Iterator[Outbreak]:
    """A small outbreak that pages show."""
    with playing(database) as story:
        yield story


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def site(database: Installation) -> Iterator[str]:
    """The address of a running server. "localhost": passkeys work there without a certificate."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=60)
