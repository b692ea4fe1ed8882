"""Whose request it is that came over the network, also behind a server of this machine that hands requests on; and whom
it counts for.
"""

from functools import lru_cache
from ipaddress import IPv6Network, ip_address


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


def network(address: str) -> str:
    """Whom an address counts for: itself, or with IPv6 its first 64 bits, of which one subscriber has all the rest."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(known.ipv4_mapped or IPv6Network((int(known) >> 64 << 64, 64)))
