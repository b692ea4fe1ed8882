"""The keys with which this installation signs and opens messages of other installations, and its own card, as files.

keys/peer-signing   32 secret bytes as base64 (Ed25519), made when first needed
keys/peer-opening   32 secret bytes as base64 (X25519)
keys/peer-card      name, jurisdictions and address that this installation tells others
"""

import base64
import json

from epiloop.core.jurisdictions import Code, code, short
from epiloop.operations.assistance.peers import Card, OwnKeys, check_address
from epiloop.operations.assistance.sealing import card_of
from epiloop.project.home import Installation

SIGNING, OPENING, CARD = "peer-signing", "peer-opening", "peer-card"


class PeerFiles:
    """Implements `epiloop.operations.assistance.peers.OwnLetters` over the files of an installation."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def keys(self) -> OwnKeys:
        """The two keys; made when they are missing."""
        return OwnKeys(*(_bytes(self._installation.secret(name)) for name in (SIGNING, OPENING)))

    def card(self) -> tuple[Card, bytes] | None:
        """The card with its signature; None as long as the installation has not introduced itself."""
        file = self._installation.key_file(CARD)
        if not file.exists():
            return None
        said = json.loads(file.read_text("utf-8"))
        codes = tuple(int(code(one)) for one in said["jurisdictions"])
        return card_of(self.keys(), said["name"], codes, said["address"])

    def introduce(self, name: str, jurisdictions: tuple[int, ...], address: str) -> None:
        """What the card says from now on. Raises InvalidInput for an address that is none."""
        codes = [short(Code(one)) for one in jurisdictions]
        said = {"name": name.strip()[:100], "jurisdictions": codes, "address": check_address(address.strip())}
        self._installation.write_key(CARD, json.dumps(said, ensure_ascii=False).encode())


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
