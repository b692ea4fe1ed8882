"""The keys of venue codes as files of the installation: one that signs, and a list of those that are trusted besides.

    keys/venue-signing    32 secret bytes as base64, made with the installation
    keys/venue-trusted    one key a line: algorithm, public key, since, until, dropped, and the codes of its area

The key that signs now is always trusted, for every place of this installation's register.
"""

import base64
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import Scope, code, scope
from epiloop.core.rights import EVERYWHERE, inside
from epiloop.operations.checkins.keys import SEED_BYTES, Algorithm, LocalSigner, PublicKey, Trusted, VenueKeys
from epiloop.project.home import Installation

SIGNING, TRUSTED = "venue-signing", "venue-trusted"
EVER = datetime(1970, 1, 1, tzinfo=UTC)
ALL = Scope((inside(EVERYWHERE),))


def venue_keys(installation: Installation) -> VenueKeys:
    """The keys as the files say now; the one that signs is made when it is missing. Raises InvalidInput."""
    text = installation.secret(SIGNING)
    signer = LocalSigner(_bytes(text)) if text else None
    if signer is None:
        raise InvalidInput(N_("This installation has no keys."), remedy=N_("Make it with `epiloop init`."))
    return VenueKeys(signer, Trusted((signer.public_key(ALL, EVER), *_listed(installation))))


def replace_signing(installation: Installation, at: datetime, *, dropped: bool) -> bytes:
    """Another key signs from now on; its id. What the old one signed until now is trusted on, unless it is dropped
    because it got into other hands: then every poster has to be printed anew.
    """
    old = venue_keys(installation).trusted.keys[0]
    line: dict[str, object] = {
        "algorithm": old.algorithm.name,
        "public": base64.urlsafe_b64encode(old.public).decode(),
        "since": EVER.isoformat(),
        "until": at.isoformat(),
        "dropped": at.isoformat() if dropped else None,
        "area": [],
    }
    before = _text(installation)
    installation.write_key(TRUSTED, (before + json.dumps(line) + "\n").encode())
    seed = base64.urlsafe_b64encode(secrets.token_bytes(SEED_BYTES)).rstrip(b"=")
    installation.write_key(SIGNING, seed)
    return venue_keys(installation).signer.key_id


def _listed(installation: Installation) -> Iterator[PublicKey]:
    for number, line in enumerate(_text(installation).splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _key(json.loads(line))
        except (ValueError, KeyError, TypeError) as wrong:
            raise InvalidInput(
                N_("This line of the trusted keys cannot be read."), where=f"keys/{TRUSTED}:{number}"
            ) from wrong


def _key(said: dict[str, Any]) -> PublicKey:
    return PublicKey(
        Algorithm[said["algorithm"]],
        base64.urlsafe_b64decode(said["public"]),
        scope(*map(code, said["area"])) if said["area"] else ALL,
        datetime.fromisoformat(said["since"]),
        _maybe(said["until"]),
        _maybe(said.get("dropped")),
    )


def _maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(installation: Installation) -> str:
    path = installation.key_file(TRUSTED)
    return path.read_text("utf-8") if path.exists() else ""


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
