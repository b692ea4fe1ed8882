"""Tokens: keyed hashes under which the vault finds people without keeping their names readable.

An exact token stands for a whole document or phone number, or for a name together with an address or a date of
birth (record linkage). A name is cut into short pieces, each a token: two neighbouring Chinese characters, three
neighbouring letters (an alphabet has too few pairs of letters to tell names apart), two neighbouring syllables of its
sound. Words are padded, so that beginnings and ends count.

The hash is keyed BLAKE2b (RFC 7693), a message authentication code three times as fast here as HMAC-SHA256. Equal
pieces give equal tokens, so whoever holds a dump can count them: the pieces of a frequent surname can be guessed.
That is why a match needs two of them, and why tokens live in the vault and nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from math import ceil
from typing import Literal, TypeVar

from epiloop.vault import normal, sounds
from epiloop.vault.port import Identity
from epiloop.vault.reach import Reach, ReachKind, code_of, known_of, reach_of

T = TypeVar("T")
Family = Literal["spelling", "sound"]

FEWEST = 2
"""No name is found by fewer tokens (PRIVACY, "Sealing")."""
SOUND_WEIGHT = 0.9
"""A name that only sounds the same stands behind one that is written the same."""

_ENOUGH_SPELLING = 0.5  # a wrong character in the middle spoils two pieces of four
_ENOUGH_SOUND = 0.75  # sound is there for other characters, not for other syllables
_KINDS = ("document", "phone", "home", "birth", "spelling", "sound", "code")
_REACHED = {ReachKind.DOCUMENT: "document", ReachKind.PHONE: "phone"}
_MOST_KEPT = 300_000  # tokens kept at hand: all pieces of a province's names, some 40 MB
_PAD = "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class NameTokens:
    """What is stored of a name: sorted tokens (signed 32 bits) of its spelling and of its sound."""

    spelling: tuple[int, ...] = ()
    sound: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """One way to look for a name: at least `need` of these tokens, in that family, counting `weight`."""

    family: Family
    tokens: tuple[int, ...]
    need: int
    weight: float

    def score(self, stored: NameTokens) -> float:
        """How alike (0..1): shared tokens over the mean number of tokens (Dice); 0 below `need`."""
        there = stored.spelling if self.family == "spelling" else stored.sound
        shared = len(set(self.tokens).intersection(there))
        if shared < self.need:
            return 0.0
        return self.weight * (2 * shared / (len(self.tokens) + len(there)))


class Tokens:
    """The tokens of texts under one token key (32 bytes)."""

    def __init__(self, key: bytes) -> None:
        # Copying a hasher that has taken in the key is several times cheaper than keying a new one.
        self._hashers = {kind: blake2b(digest_size=16, key=key, person=kind.encode()) for kind in _KINDS}
        self._spelt, self._heard = _Remembered(self._spelling_token), _Remembered(self._sound_token)

    def document(self, number: str) -> bytes:
        """The token of a document number, however it is written; 128 bits, so two numbers never share one."""
        return self._hash("document", normal.document(number))

    def phone(self, number: str) -> bytes:
        """The token of a phone number, however it is written."""
        return self._hash("phone", normal.phone(number))

    def code(self, code: bytes) -> bytes:
        """The token of the number in a code of `vault.reach`; it is that of a document or a phone, if it is one."""
        told = known_of(code)
        kind = _REACHED.get(told.kind) if isinstance(told, Reach) and told.text else None
        return self._hash(kind, told.text) if kind and isinstance(told, Reach) else self._hash("code", code.hex())

    def exact(self, identity: Identity) -> frozenset[bytes]:
        """All tokens of an identity under which it is found exactly or compared in record linkage."""
        documents = [(kind, normal.document(number)) for kind, number in identity.documents]
        texts = [("document", number) for _, number in documents if number]
        texts += [("phone", number) for number in map(normal.phone, identity.phones) if number]
        texts += [("code", code.hex()) for code in map(_digest_of, texts) if code]
        if name := " ".join(normal.words(identity.name)):
            if home := normal.address(identity.address):
                texts.append(("home", f"{name}\n{home}"))
            cards = [number for kind, number in documents if kind == normal.ID_CARD and normal.birth_date(number)]
            texts += [("birth", f"{name}\n{number[6:14]}") for number in cards]
        return frozenset([self._hash(kind, text) for kind, text in texts])

    def name(self, name: str) -> NameTokens:
        """The tokens to store for a name."""
        words = normal.words(name)
        heard = sounds.of_name(words)
        return NameTokens(self._spelling(words), self._sound(heard[0]) if heard else ())

    def probes(self, text: str) -> list[Probe]:
        """The ways to look for a name like this text; none if there is a digit or too little to go by."""
        words = normal.words(text)
        if any(sign.isdigit() for sign in text):
            return []
        heard = dict.fromkeys([*sounds.of_name(words), *self._turned(words)])
        probes = [
            Probe("spelling", spelt := self._spelling(words), _need(len(spelt), _ENOUGH_SPELLING), 1.0),
            *(
                Probe("sound", found, _need(len(found), _ENOUGH_SOUND), SOUND_WEIGHT)
                for found in map(self._sound, heard)
            ),
        ]
        return [probe for probe in probes if len(probe.tokens) >= FEWEST]

    def _turned(self, words: Sequence[str]) -> list[sounds.Sound]:
        """The sounds with the surname moved to the front: people also type "Wei Zhang"."""
        if len(words) < 2 or any(map(normal.is_ideographic, words)):
            return []
        return sounds.of_words((words[-1], *words[:-1]))

    def _spelling(self, words: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted({self._spelt[piece] for word in words for piece in _pieces(word)}))

    def _sound(self, sound: sounds.Sound) -> tuple[int, ...]:
        return tuple(sorted({self._heard[piece] for piece in pairwise((_PAD[0], *sound, _PAD[1]))}))

    def _spelling_token(self, piece: str) -> int:
        return int.from_bytes(self._hash("spelling", piece)[:4], signed=True)

    def _sound_token(self, piece: tuple[str, str]) -> int:
        return int.from_bytes(self._hash("sound", " ".join(piece))[:4], signed=True)

    def _hash(self, kind: str, text: str) -> bytes:
        hasher = self._hashers[kind].copy()
        hasher.update(text.encode())
        return hasher.digest()


class _Remembered(dict[T, int]):
    """Tokens already made. The same few thousand pieces make up most names; a look-up costs a tenth of a hash."""

    def __init__(self, make: Callable[[T], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, piece: T) -> int:
        if len(self) >= _MOST_KEPT:
            self.clear()
        token = self[piece] = self._make(piece)
        return token


def _digest_of(said: tuple[str, str]) -> bytes:
    """The code of a document that is too long to be read from it; b"" for any other number."""
    kind, number = said
    if kind != "document" or len(number) <= 15 or number[:-1].isdigit():
        return b""
    code = code_of(ReachKind.DOCUMENT, number)
    told = reach_of(code)
    return b"" if isinstance(told, Reach) and told.text else code


def _pieces(word: str) -> list[str]:
    length = 2 if normal.is_ideographic(word) else 3
    padded = f"{_PAD[0]}{word}{_PAD[1]}"
    return [padded[start : start + length] for start in range(len(padded) - length + 1)]


def _need(size: int, share: float) -> int:
    return max(FEWEST, ceil(size * share))
