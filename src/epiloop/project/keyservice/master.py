"""The master key of a key service's home: which provider the settings name, the envelope in keys/, wrapping it anew.

keys/envelope         the master key, wrapped
keys/master           the wrapping key, if the provider is "file"
keys/transit-token    the token for the transit service
keys/pkcs11-pin       the PIN of the hardware token
"""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from epiloop.core.errors import N_, EpiloopError, InvalidInput, NotFound
from epiloop.project.home import KeyHome
from keyservice import envelope, providers

ENVELOPE, FILE, TOKEN, PIN = "envelope", "master", "transit-token", "pkcs11-pin"
VARIABLE = "EPILOOP_KEYSERVICE_MASTER"
NEXT_VARIABLE = "EPILOOP_KEYSERVICE_NEW_MASTER"


def provider(home: KeyHome, name: str | None = None) -> envelope.Provider:
    """The provider of that name, else the one of the settings. Raises InvalidInput."""
    wanted = name or str(home.settings.get("master", "file"))
    if wanted not in _PROVIDERS:
        raise InvalidInput(
            N_("There is no provider of master keys called %(name)s."),
            where=str(home.settings_file),
            remedy=N_("There are: file, environment, transit, pkcs11."),
            name=wanted,
        )
    return _PROVIDERS[wanted](home)


def make_if_empty(home: KeyHome, *, empty: bool) -> None:
    """The envelope of a new vault. Raises NotFound if a full one has lost it: another key could never read it."""
    if home.key_file(ENVELOPE).exists():
        return
    if not empty:
        raise NotFound(
            N_("There is no master key."), where=str(home.home), remedy=N_("Restore it from where it is kept safe.")
        )
    chosen = provider(home)
    if chosen.name == "file" and not home.key_file(FILE).exists():
        home.write_key(FILE, os.urandom(32))
    home.write_key(ENVELOPE, envelope.made(os.urandom, chosen, datetime.now(UTC)))


def unlocked(home: KeyHome) -> bytes:
    """The master key. Raises NotFound, Broken, Unavailable."""
    return envelope.opened(_envelope(home), provider(home))


def about(home: KeyHome) -> envelope.Wrapping:
    """What may be known of the wrapping."""
    return envelope.about(_envelope(home), provider(home))


def wrap_anew(home: KeyHome, to: str | None = None) -> envelope.Wrapping:
    """Wrap the same master key under a new key of the same provider, or under that of another; the old one is needed.

    A file is written anew; the environment's new key is that of EPILOOP_KEYSERVICE_NEW_MASTER; the transit service
    takes its newest version. A service that runs goes on. Whoever changes the provider then changes it in the settings.
    """
    old = provider(home)
    content = _envelope(home)
    envelope.opened(content, old)
    replacement = os.urandom(32) if (to or old.name) == "file" else None
    new = _next(home, to or old.name, replacement)
    written = envelope.wrapped_anew(content, old, new, datetime.now(UTC))
    if replacement is not None:
        _write_both(home, replacement, written)
    else:
        home.write_key(ENVELOPE, written)
    return envelope.about(written, new)


def _write_both(home: KeyHome, key: bytes, written: bytes) -> None:
    """Key and envelope change together: a crash in between leaves the new key beside the old envelope, under .new."""
    home.write_key(f"{FILE}.new", key)
    home.write_key(ENVELOPE, written)
    home.key_file(f"{FILE}.new").replace(home.key_file(FILE))


def finish_rotation(home: KeyHome) -> None:
    """Take up a rotation that was broken off between its two files: whichever key opens the envelope stays."""
    waiting = home.key_file(f"{FILE}.new")
    if waiting.exists() and str(home.settings.get("master", "file")) == "file":
        try:
            envelope.opened(_envelope(home), providers.file(waiting))
        except EpiloopError:
            waiting.unlink()
        else:
            waiting.replace(home.key_file(FILE))


def _next(home: KeyHome, name: str, key: bytes | None) -> envelope.Provider:
    if key is not None:
        return providers.LocalKey("file", lambda: key)
    if name == "environment" and os.environ.get(NEXT_VARIABLE):
        return providers.environment(os.environ[NEXT_VARIABLE], NEXT_VARIABLE)
    return provider(home, name)


def _envelope(home: KeyHome) -> bytes:
    try:
        return home.key_file(ENVELOPE).read_bytes()
    except FileNotFoundError:
        raise NotFound(
            N_("There is no master key."), where=str(home.home), remedy=N_("Restore it from where it is kept safe.")
        ) from None


def _secret(home: KeyHome, name: str) -> str:
    path = home.key_file(name)
    return path.read_text("utf-8").strip() if path.exists() else ""


def _transit(home: KeyHome) -> envelope.Provider:
    given: Mapping[str, Any] = home.settings.get("transit", {})
    return providers.Transit(
        str(given.get("address", "")),
        str(given.get("key", "epiloop")),
        _secret(home, TOKEN),
        str(given.get("mount", "transit")),
        given.get("authority"),
    )


def _pkcs11(home: KeyHome) -> envelope.Provider:
    given: Mapping[str, Any] = home.settings.get("pkcs11", {})
    module, token, label = (str(given.get(name, "")) for name in ("module", "token", "label"))
    return providers.HardwareToken(module, token, label, _secret(home, PIN))


_PROVIDERS: Mapping[str, Callable[[KeyHome], envelope.Provider]] = {
    "file": lambda home: providers.file(home.key_file(FILE)),
    "environment": lambda _home: providers.environment(os.environ.get(VARIABLE), VARIABLE),
    "transit": _transit,
    "pkcs11": _pkcs11,
}
