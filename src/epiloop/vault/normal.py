"""One way to write a document number, a phone number, a card number, an address and a name, however people typed it."""

import re
import unicodedata
from datetime import date

ID_CARD = "id-card"

_SPACES_AND_DASHES = re.compile(r"[\s\-‐‑‒–—―()（）.·/]+")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_IDEOGRAPH = r"〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_IDEOGRAPHS = re.compile(rf"(?<=[{_IDEOGRAPH}])\s+(?=[{_IDEOGRAPH}])")
_WORD = re.compile(rf"[{_IDEOGRAPH}]+|[^\W\d_{_IDEOGRAPH}]+")
_IDEOGRAPHS = re.compile(rf"[{_IDEOGRAPH}]+")


def document(number: str) -> str:
    """A document number in capitals without spaces and dashes; a 15-digit ID card as its 18-digit successor."""
    plain = _compact(number).upper()
    return _lengthened(plain) if len(plain) == 15 and plain.isdigit() else plain


def phone(number: str) -> str:
    """A phone number in digits: Chinese mobiles without +86, others with + if a country code was given."""
    if len(number) <= 11 and number.isascii() and number.isdigit() and not number.startswith("00"):
        return number  # most numbers; too short for a country code
    plain = _compact(number)
    mobile = _MOBILE.fullmatch(plain)
    if mobile:
        return mobile[1]
    return "+" + plain[2:] if plain.startswith("00") else plain


def card(number: str) -> str:
    """The number of a card in capitals without spaces and dashes."""
    return _compact(number).upper()


def address(text: str) -> str:
    """An address line without spaces and punctuation, in small letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters without accents; ideographs and letters are never in one word.

    Spaces that only spread two ideographs over a form's boxes are dropped; a middle dot parts words.
    """
    if _IDEOGRAPHS.fullmatch(name) and unicodedata.is_normalized("NFKC", name):
        return (name,)  # most names; the rest of this function costs ten times as much
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _BETWEEN_IDEOGRAPHS.sub("", text.replace("'", "").replace("’", ""))
    return tuple(_WORD.findall(_without_accents(text)))


def is_ideographic(word: str) -> bool:
    """Whether a word is written in Chinese characters."""
    return _IDEOGRAPHS.fullmatch(word) is not None


def check_digit(first_17: str) -> str:
    """The 18th character of an ID card (GB 11643-1999: weights modulo 11)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def is_id_card(number: str) -> bool:
    """Whether it is an 18-character ID card number with a real date and the right check digit."""
    plain = document(number)
    body = plain[:17]
    return (
        len(plain) == 18
        and body.isascii()
        and body.isdigit()
        and plain[17] == check_digit(body)
        and birth_date(plain) is not None
    )


def birth_date(id_card: str) -> date | None:
    """The date of birth in an 18-character ID card number, None if there is none."""
    try:
        return date(int(id_card[6:10]), int(id_card[10:12]), int(id_card[12:14]))
    except ValueError:
        return None


def _compact(number: str) -> str:
    if number.isascii() and number.isalnum():
        return number
    return _SPACES_AND_DASHES.sub("", unicodedata.normalize("NFKC", number))


def _lengthened(old: str) -> str:
    """The 18-character number of a 15-digit one: the century written out and a check digit (GB 11643-1999)."""
    longer = old[:6] + "19" + old[6:]
    return longer + check_digit(longer) if birth_date(longer) else old


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    # Composed again afterwards: Korean syllables are decomposed too, and have no accents to lose.
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if unicodedata.category(sign) != "Mn"))
