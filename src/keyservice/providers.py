"""Where the key that wraps the master key may lie: a file, the environment, a transit service, a hardware token."""

import base64
import binascii
import hashlib
import http.client
import importlib
import json
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from epiloop.core.errors import N_, Broken, InvalidInput, NotFound, Unavailable
from epiloop.vault.keys import MASTER_BYTES
from keyservice import keyfile

NONCE_BYTES = 12
_PLACE = b"epiloop master v1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def does_not_open() -> Broken:
    """The refusal of an envelope that another key closed."""
    return Broken(
        N_("The master key does not open: it was wrapped under another key, or changed."),
        where="key service",
        remedy=N_("Restore the envelope and the key that belong together."),
    )


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A wrapping key of 32 bytes at hand, read each time it is needed: from a file or from the environment."""

    name: str
    read: Callable[[], bytes] = field(repr=False)
    randomness: Callable[[int], bytes] = field(default=os.urandom, repr=False)

    def wrap(self, key: bytes) -> str:
        """AES-256-GCM under a random nonce."""
        nonce = self.randomness(NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(self.read()).encrypt(nonce, key, _PLACE)).decode()

    def unwrap(self, wrapped: str) -> bytes:
        """See `Provider.unwrap`."""
        try:
            content = base64.b64decode(wrapped, validate=True)
            return AESGCM(self.read()).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _PLACE)
        except (InvalidTag, ValueError):
            raise does_not_open() from None

    def version(self, wrapped: str) -> str:  # noqa: ARG002 - of the port
        """The first digits of the key's digest."""
        return hashlib.sha256(_PLACE + self.read()).hexdigest()[:8]


def file(path: Path) -> LocalKey:
    """A key in a file (mode 0600); reading raises as `keyfile.load`."""
    return LocalKey("file", lambda: keyfile.load(path))


def environment(text: str | None, variable: str) -> LocalKey:
    """A key as base64 in an environment variable, which whoever starts the service takes out of a safe."""

    def read() -> bytes:
        if not text:
            raise NotFound(
                N_("The environment holds no master key in %(variable)s."), where="key service", variable=variable
            )
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != MASTER_BYTES:
            raise InvalidInput(N_("%(variable)s must be 32 bytes as base64."), where="key service", variable=variable)
        return key

    return LocalKey("environment", read)


@dataclass(frozen=True, slots=True)
class Transit:
    """A key that never leaves the transit engine of HashiCorp Vault or OpenBao.

    Source: their HTTP API, "Transit secrets engine", encrypt data and decrypt data. The ciphertext begins with
    `vault:vN:`, N the version of the key. `authority` is a file of certificates, for a service with one of its own.
    """

    address: str
    key: str
    token: str = field(repr=False)
    mount: str = "transit"
    authority: str | None = None
    timeout: float = 10.0

    name: ClassVar[str] = "transit"

    def wrap(self, key: bytes) -> str:
        """See `Provider.wrap`."""
        return str(self._asked("encrypt", "plaintext", base64.b64encode(key).decode(), "ciphertext"))

    def unwrap(self, wrapped: str) -> bytes:
        """See `Provider.unwrap`."""
        try:
            return base64.b64decode(self._asked("decrypt", "ciphertext", wrapped, "plaintext"), validate=True)
        except binascii.Error:
            raise does_not_open() from None

    def version(self, wrapped: str) -> str:
        """The version of the key in the transit engine."""
        return wrapped.split(":")[1] if wrapped.count(":") > 1 else ""

    def _asked(self, verb: str, name: str, value: str, wanted: str) -> str:
        path = f"/v1/{quote(self.mount)}/{verb}/{quote(self.key, safe='')}"
        headers = {"X-Vault-Token": self.token, "Content-Type": "application/json"}
        connection = self._connection()
        try:
            connection.request("POST", path, json.dumps({name: value}), headers)
            answer = connection.getresponse()
            said = answer.read(1 << 20)
        except (OSError, http.client.HTTPException):
            raise _transit_away() from None
        finally:
            connection.close()
        if answer.status == http.HTTPStatus.BAD_REQUEST and verb == "decrypt":
            raise does_not_open()
        if answer.status != http.HTTPStatus.OK:
            raise _transit_away(answer.status)
        return str(json.loads(said)["data"][wanted])

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        if parts.scheme == "https" and parts.hostname:
            context = ssl.create_default_context(cafile=self.authority)
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self.timeout, context=context)
        if parts.scheme == "http" and parts.hostname in LOOPBACK:  # an agent on this machine
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
        raise InvalidInput(N_("The transit service is reached over https, or on this machine."), where="key service")


def _transit_away(status: int = 0) -> Unavailable:
    return Unavailable(
        N_("The transit service does not give the master key (answer %(status)d)."),
        where="key service",
        remedy=N_("Check its address, its seal, the token and the token's rights."),
        status=status,
    )


@dataclass(frozen=True, slots=True)
class HardwareToken:
    """An AES key in a PKCS#11 token, found by its label; the token does the wrapping (AES-CBC, PKCS#7 padding).

    The envelope's check detects a changed ciphertext, which this mode does not. Needs the package `python-pkcs11`.
    """

    module: str
    token: str
    label: str
    pin: str = field(repr=False)
    randomness: Callable[[int], bytes] = field(default=os.urandom, repr=False)

    name: ClassVar[str] = "pkcs11"

    def wrap(self, key: bytes) -> str:
        """See `Provider.wrap`."""
        start = self.randomness(16)
        return base64.b64encode(
            start + self._with_key(lambda found: found.encrypt(key, mechanism_param=start))
        ).decode()

    def unwrap(self, wrapped: str) -> bytes:
        """See `Provider.unwrap`."""
        try:
            content = base64.b64decode(wrapped, validate=True)
        except binascii.Error:
            content = b""
        if len(content) < 32 or len(content) % 16:
            raise does_not_open()
        return self._with_key(lambda found: found.decrypt(content[16:], mechanism_param=content[:16]))

    def version(self, wrapped: str) -> str:  # noqa: ARG002 - of the port
        """The label of the key."""
        return self.label

    def _with_key(self, use: Callable[[Any], Any]) -> bytes:
        try:
            pkcs11: Any = importlib.import_module("pkcs11")
        except ImportError:
            raise Unavailable(
                N_("The package python-pkcs11, which reads hardware tokens, is not installed."), where="key service"
            ) from None
        try:
            with pkcs11.lib(self.module).get_token(token_label=self.token).open(user_pin=self.pin) as session:
                kind = {"object_class": pkcs11.ObjectClass.SECRET_KEY, "key_type": pkcs11.KeyType.AES}
                return bytes(use(session.get_key(label=self.label, **kind)))
        except (pkcs11.exceptions.EncryptedDataInvalid, pkcs11.exceptions.EncryptedDataLenRange):
            raise does_not_open() from None
        except pkcs11.exceptions.PKCS11Error as wrong:
            raise Unavailable(
                N_("The hardware token does not give the master key (%(kind)s)."),
                where="key service",
                remedy=N_("Check module, token, label and PIN in the key service's settings."),
                kind=type(wrong).__name__,
            ) from None
