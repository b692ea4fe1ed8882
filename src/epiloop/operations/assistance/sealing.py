"""A message on its way: sealed to the receiving installation, signed by the sending one. Nothing of it lies in clear.

The payload of a COSE_Sign1 (RFC 9052, EdDSA) is

    "epiloop letter v1" | receiver 8 | public key of this sealing 32 | ciphertext and tag       receiver: its key's id

X25519 (RFC 7748) with a key pair made for this one message, HKDF-SHA256 (RFC 5869) over all that stands before the
ciphertext, the receiver's public key and the sender's, ChaCha20-Poly1305 (RFC 8439) with the zero nonce, since the key
is used once. The sender's key goes into the derivation, so that nobody can take the ciphertext and sign it as theirs.
"""

import hashlib
from dataclasses import dataclass
from struct import Struct

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.operations.assistance.peers import Card, OwnKeys, unsigned

TITLE = b"epiloop letter v1"
TYPE = "application/epiloop-assistance"
LONGEST = 1_000_000
"""Bytes of a message: 200 people handed over with their facts take less."""
ONCE_BYTES = 32
ID_BYTES = 8
_HEAD = Struct(f">{len(TITLE)}s{ID_BYTES}s32s")
_NONCE = bytes(12)
_ALGORITHM, _KEY, _TYPE, _EDDSA, _SIGN1 = 1, 4, 16, -8, 18
_UNREADABLE = (cbor2.CBORError, ValueError, TypeError, OverflowError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it travels: the ids of the keys of sender and receiver, the parts; nothing is checked yet."""

    sender: bytes
    receiver: bytes
    payload: bytes
    signature: bytes


def card_of(keys: OwnKeys, name: str, jurisdictions: tuple[int, ...], address: str = "") -> tuple[Card, bytes]:
    """The card of whoever has these keys, and its signature."""
    signer, opener = (
        Ed25519PrivateKey.from_private_bytes(keys.signing),
        X25519PrivateKey.from_private_bytes(keys.opening),
    )
    publics = signer.public_key().public_bytes_raw(), opener.public_key().public_bytes_raw()
    card = Card(name, jurisdictions, *publics, address)
    return card, signer.sign(unsigned(card))


def id_of(signing: bytes) -> bytes:
    """What names an installation in messages: the beginning of the SHA-256 of its signing key."""
    return hashlib.sha256(signing).digest()[:ID_BYTES]


def seal(text: bytes, keys: OwnKeys, to: Card, once: bytes) -> bytes:
    """The message for a peer. `once`: 32 random bytes, used for nothing else."""
    signer, made = Ed25519PrivateKey.from_private_bytes(keys.signing), X25519PrivateKey.from_private_bytes(once)
    sender = signer.public_key().public_bytes_raw()
    head = _HEAD.pack(TITLE, id_of(to.signing), made.public_key().public_bytes_raw())
    key = _shared(made, to.opening, head, to.opening, sender)
    payload = head + ChaCha20Poly1305(key).encrypt(_NONCE, text, head)
    signature = signer.sign(_signed(id_of(sender), payload))
    return cbor2.dumps(cbor2.CBORTag(_SIGN1, [_protected(id_of(sender)), {}, payload, signature]), canonical=True)


def read(raw: bytes) -> Letter:
    """The message in these bytes. Raises InvalidInput for anything but the one form of one."""
    try:
        if len(raw) > LONGEST:
            raise ValueError("too long")
        letter = _read(raw)
    except _UNREADABLE as wrong:
        raise InvalidInput(
            N_("This is not a message of another installation, or it is damaged."),
            remedy=N_("Ask the other side to send it again."),
        ) from wrong
    return letter


def open_letter(letter: Letter, keys: OwnKeys, sender: Card) -> bytes:
    """What the message says. Raises Refused for another receiver, a wrong signature, and altered bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(sender.signing).verify(
            letter.signature, _signed(letter.sender, letter.payload)
        )
    except InvalidSignature:
        raise Refused(
            N_("The signature of this message is wrong: it was altered, or somebody else wrote it."),
            remedy=N_("Ask the other side to send it again, and compare the fingerprint by telephone."),
        ) from None
    own = Ed25519PrivateKey.from_private_bytes(keys.signing).public_key().public_bytes_raw()
    if letter.receiver != id_of(own):
        raise Refused(N_("This message is for another installation."), remedy=N_("Carry it to where it belongs."))
    head, opener = letter.payload[: _HEAD.size], X25519PrivateKey.from_private_bytes(keys.opening)
    key = _shared(opener, head[-32:], head, opener.public_key().public_bytes_raw(), sender.signing)
    try:
        return ChaCha20Poly1305(key).decrypt(_NONCE, letter.payload[_HEAD.size :], head)
    except InvalidTag:
        raise Refused(
            N_("This message does not open: it was not sealed to this installation by its sender."),
            remedy=N_("Exchange the cards again."),
        ) from None


def _read(raw: bytes) -> Letter:
    tag = cbor2.loads(raw)
    if not isinstance(tag, cbor2.CBORTag) or tag.tag != _SIGN1:
        raise ValueError("not COSE_Sign1")
    protected, _open, payload, signature = tag.value
    sender = cbor2.loads(protected)[_KEY]
    title, receiver, _public = _HEAD.unpack_from(payload)
    again = cbor2.dumps(cbor2.CBORTag(_SIGN1, [_protected(sender), {}, payload, signature]), canonical=True)
    if title != TITLE or again != raw:
        raise ValueError("another form")
    return Letter(sender, receiver, payload, signature)


def _protected(sender: bytes) -> bytes:
    return cbor2.dumps({_ALGORITHM: _EDDSA, _KEY: sender, _TYPE: TYPE}, canonical=True)


def _signed(sender: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", _protected(sender), b"", payload], canonical=True)


def _shared(mine: X25519PrivateKey, other: bytes, head: bytes, receiver: bytes, sender: bytes) -> bytes:
    try:
        secret = mine.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        raise Refused(N_("This message does not open: its key is none.")) from None
    return HKDF(SHA256(), 32, receiver, TITLE + head + sender).derive(secret)
