"""Record linkage: may two identities be one person? Candidates share an exact token; this judges a pair of them.

| what they share | score | why |
|---|---|---|
| a document number | 1.0 | the state gives each number to one person |
| a phone, and a like name | 0.6 to 0.95 by the likeness | families share phones, but not names |
| the name and the address | 0.8 | a father and son of one name are rarer than a doubled record |
| the name and the date of birth in ID cards that differ in one slip of the pen | 0.9 | the number was mistyped |
| the name and the date of birth | 0.5 | two people, more often than not, in a large city |

Two ID card numbers that are both valid and differ by more than one slip belong to two people: never a pair.
"""

from collections.abc import Iterable
from datetime import date

from epiloop.vault import normal
from epiloop.vault.port import Identity
from epiloop.vault.tokens import Tokens

MOST_SHARING = 20
"""A phone more people than this have given is a company's or an invented one, and says nothing."""
LIKE_NAME = 0.5

Reason = tuple[float, str]


def judge(left: Identity, right: Identity, tokens: Tokens) -> tuple[float, tuple[str, ...]] | None:
    """The score (0..1) and on what ("document", "phone", "name", "address", "birth date"); None if not a pair."""
    if _documents(left) & _documents(right):
        return 1.0, ("document",)
    if _are_two(left, right):
        return None
    found = [reason for reason in _reasons(left, right, tokens) if reason is not None]
    return max(found, default=None, key=lambda reason: reason[0])


def name_likeness(left: str, right: str, tokens: Tokens) -> float:
    """How alike two names are (0..1), as a search for one would find the other."""
    stored = tokens.name(right)
    return max((probe.score(stored) for probe in tokens.probes(left)), default=0.0)


def is_slip(left: str, right: str) -> bool:
    """Whether two numbers differ by one wrong character, or by two neighbours swapped."""
    if len(left) != len(right):
        return False
    wrong = [place for place, (one, other) in enumerate(zip(left, right, strict=True)) if one != other]
    if len(wrong) == 2 and wrong[1] - wrong[0] == 1:
        return left[wrong[0]] == right[wrong[1]] and left[wrong[1]] == right[wrong[0]]
    return len(wrong) == 1


def _reasons(left: Identity, right: Identity, tokens: Tokens) -> Iterable[tuple[float, tuple[str, ...]] | None]:
    likeness = name_likeness(left.name, right.name, tokens)
    if _phones(left) & _phones(right) and likeness >= LIKE_NAME:
        yield round(0.6 + 0.35 * (likeness - LIKE_NAME) / (1 - LIKE_NAME), 4), ("phone", "name")
    if not normal.words(left.name) or normal.words(left.name) != normal.words(right.name):
        return
    if normal.address(left.address) and normal.address(left.address) == normal.address(right.address):
        yield 0.8, ("name", "address")
    if _births(left) & _births(right):
        slip = any(is_slip(one, other) for one in _id_cards(left) for other in _id_cards(right))
        yield (0.9 if slip else 0.5), ("name", "birth date")


def _are_two(left: Identity, right: Identity) -> bool:
    return any(
        normal.is_id_card(one) and normal.is_id_card(other) and not is_slip(one, other)
        for one in _id_cards(left)
        for other in _id_cards(right)
    )


def _documents(identity: Identity) -> set[str]:
    return {normal.document(number) for _, number in identity.documents} - {""}


def _id_cards(identity: Identity) -> set[str]:
    return {normal.document(number) for kind, number in identity.documents if kind == normal.ID_CARD} - {""}


def _phones(identity: Identity) -> set[str]:
    return {normal.phone(number) for number in identity.phones} - {""}


def _births(identity: Identity) -> set[date]:
    return {born for number in _id_cards(identity) if (born := normal.birth_date(number))}
