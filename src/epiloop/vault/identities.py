"""What every implementation of the vault does alike with an identity: checks, its stored form, candidates to pairs."""

from collections.abc import Iterable, Mapping
from typing import cast
from uuid import UUID

from epiloop.core.errors import N_, InvalidInput, Refused
from epiloop.core.purposes import check_purpose
from epiloop.vault.linkage import judge
from epiloop.vault.port import Identity, Match, Pair
from epiloop.vault.sealing import Json, seal, unseal
from epiloop.vault.tokens import Tokens

KIND = "identity"


def seal_identity(identity: Identity, key: bytes, *, subject: UUID, nonce: bytes) -> bytes:
    """An identity as the vault stores it, sealed under the subject's identity key; empty fields are left out."""
    part: dict[str, Json] = {
        "name": identity.name,
        "documents": [[kind, number] for kind, number in identity.documents],
        "phones": list(identity.phones),
        "address": identity.address,
    }
    return seal({field: value for field, value in part.items() if value}, key, stream=subject, kind=KIND, nonce=nonce)


def unseal_identity(sealed: bytes, key: bytes, *, subject: UUID) -> Identity:
    """The identity sealed for this subject. Raises Broken."""
    part = unseal(sealed, key, stream=subject, kind=KIND)
    documents = cast("list[list[str]]", part.get("documents", []))
    return Identity(
        name=str(part.get("name", "")),
        documents=tuple((kind, number) for kind, number in documents),
        phones=tuple(cast("list[str]", part.get("phones", []))),
        address=str(part.get("address", "")),
    )


def check_put(identities: Mapping[UUID, Identity], jurisdictions: Mapping[UUID, int]) -> None:
    """Raise InvalidInput unless every subject has a jurisdiction."""
    without = [subject for subject in identities if subject not in jurisdictions]
    if without:
        raise InvalidInput(
            N_("%(count)d people have no jurisdiction, the first is %(first)s."),
            where="vault put",
            remedy=N_("Give every person the jurisdiction that answers for them."),
            count=len(without),
            first=without[0],
        )


def check_not_erased(erased: Iterable[UUID]) -> None:
    """Raise Refused if there is any: erasure is final."""
    subjects = sorted(erased)
    if subjects:
        raise Refused(
            N_("%(count)d people were erased and cannot be stored again, the first is %(first)s."),
            where="vault put",
            remedy=N_("Register whoever came back as a new person."),
            count=len(subjects),
            first=subjects[0],
        )


def check_asked(asker: str, purpose: str) -> None:
    """Raise InvalidInput unless somebody asks, for a purpose of the closed list (PRIVACY R12)."""
    if not asker.strip() or not purpose.strip():
        raise InvalidInput(N_("Nobody reads an identity without saying who asks and for what."), where="vault read")
    check_purpose(purpose)


def best(found: Iterable[Match], limit: int) -> list[Match]:
    """The best match of each subject, best first, equal ones in the order of ids."""
    top: dict[UUID, Match] = {}
    for match in found:
        if match.subject not in top or match.score > top[match.subject].score:
            top[match.subject] = match
    return sorted(top.values(), key=lambda match: (-match.score, match.subject))[: max(limit, 0)]


def judged(candidates: Iterable[tuple[UUID, UUID]], identities: Mapping[UUID, Identity], tokens: Tokens) -> list[Pair]:
    """Those candidates that may be one person, best first, equal ones in the order of ids."""
    pairs = []
    for left, right in {(min(pair), max(pair)) for pair in candidates}:
        verdict = judge(identities[left], identities[right], tokens)
        if verdict:
            pairs.append(Pair(left, right, *verdict))
    return sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right))
