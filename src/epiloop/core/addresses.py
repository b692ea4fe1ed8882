"""Whose request it is that came over the network, also behind a server of this machine that hands requests on."""

from functools import lru_cache
from ipaddress import ip_address


def whose(host: str, passed_on: str) -> str:
    """The address that a request came from: `host`, as the connection says; if that is this machine, the last one that
    `passed_on` (the header X-Forwarded-For) names, since the server that hands requests on wrote it there.

    What any other sender says of itself in that header is not believed.
    """
    return passed_on.rpartition(",")[2].strip() if passed_on and _is_here(host) else host


@lru_cache(10)
def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
