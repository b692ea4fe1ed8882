"""Sending a sealed message to a peer over the network. Who reads along sees who talks to whom, and nothing else."""

import urllib.error
import urllib.request

from epiloop.core.errors import N_, Refused, Unavailable

PATH = "/api/v1/assistance"
MEDIA = "application/cbor"
TIMEOUT = 15.0
"""Seconds."""


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the address is the one of the card."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        """None: what answers with another place has not taken the message."""
        return


def post(address: str, raw: bytes) -> None:
    """Hand a message in at a peer's address. Raises Unavailable if nobody answers, Refused if it was not taken."""
    request = urllib.request.Request(  # noqa: S310 - https, or this very machine: peers.check_address
        address + PATH, data=raw, headers={"Content-Type": MEDIA, "Accept": "application/json"}, method="POST"
    )
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=TIMEOUT) as answer:
            answer.read(10_000)
    except urllib.error.HTTPError as wrong:
        wrong.close()
        if wrong.code >= 500 or wrong.code == 429:
            raise Unavailable(N_("The other installation is not available now.")) from wrong
        raise Refused(N_("The other installation did not take the message (%(code)s)."), code=wrong.code) from wrong
    except (OSError, ValueError) as away:
        raise Unavailable(N_("The other installation does not answer.")) from away
