"""The in-memory twin of the vault: the same behaviour, obvious and slow, for tests and previews."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import product
from uuid import UUID

from epiloop.core.jurisdictions import Scope
from epiloop.vault import identities as alike
from epiloop.vault import witness
from epiloop.vault.heads import signed
from epiloop.vault.keys import MASTER_BYTES, SALT_BYTES, identity_key, subject_key, token_key
from epiloop.vault.linkage import MOST_SHARING
from epiloop.vault.port import LINKING, Access, Head, Identity, LedgerEnd, Match, Pair
from epiloop.vault.sealing import NONCE_BYTES
from epiloop.vault.tokens import NameTokens, Tokens


@dataclass(slots=True)
class _Person:
    sealed: bytes
    exact: frozenset[bytes]
    name: NameTokens
    jurisdiction: int


class MemoryVault:
    """Implements `Vault`. `randomness(n)` gives n bytes for salts and nonces, `clock()` the time of an access."""

    def __init__(self, master: bytes, *, randomness: Callable[[int], bytes], clock: Callable[[], datetime]) -> None:
        assert len(master) == MASTER_BYTES
        self._master, self._randomness, self._clock = master, randomness, clock
        self._tokens = Tokens(token_key(master))
        self._salts: dict[UUID, bytes | None] = {}  # None: erased
        self._people: dict[UUID, _Person] = {}
        self._used: set[str] = set()
        self._log: list[Access] = []

    def put(self, identities: Mapping[UUID, Identity], *, jurisdictions: Mapping[UUID, int], key: str) -> None:
        alike.check_put(identities, jurisdictions)
        if key in self._used:
            return
        alike.check_not_erased(subject for subject in identities if self._salts.get(subject, b"") is None)
        for subject, identity in identities.items():
            self._people[subject] = self._sealed(subject, identity, jurisdictions[subject])
        self._used.add(key)

    def _sealed(self, subject: UUID, identity: Identity, jurisdiction: int) -> _Person:
        key = identity_key(self._master, self._salt(subject), subject)
        return _Person(
            alike.seal_identity(identity, key, subject=subject, nonce=self._randomness(NONCE_BYTES)),
            self._tokens.exact(identity),
            self._tokens.name(identity.name),
            jurisdiction,
        )

    def _salt(self, subject: UUID) -> bytes:
        salt = self._salts.get(subject)
        if salt is None:
            salt = self._salts[subject] = self._randomness(SALT_BYTES)
        return salt

    def place(self, jurisdictions: Mapping[UUID, int]) -> None:
        for subject, jurisdiction in jurisdictions.items():
            if subject in self._people:
                self._people[subject].jurisdiction = jurisdiction

    def keys(self, subjects: Iterable[UUID], *, create: bool) -> dict[UUID, bytes]:
        wanted = set(subjects)
        if create:
            for subject in wanted - self._salts.keys():
                self._salt(subject)
        salts = {subject: self._salts.get(subject) for subject in wanted}
        return {subject: subject_key(self._master, salt, subject) for subject, salt in salts.items() if salt}

    def reveal(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, Identity]:
        alike.check_asked(asker, purpose)
        self._record("reveal", asker, purpose, subjects)
        return self._open(subject for subject in subjects if subject in self._people)

    def unlock(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, bytes]:
        alike.check_asked(asker, purpose)
        self._record("facts", asker, purpose, subjects)
        return self.keys(subjects, create=False)

    def _open(self, subjects: Iterable[UUID]) -> dict[UUID, Identity]:
        keys = {subject: identity_key(self._master, self._salt(subject), subject) for subject in subjects}
        return {
            subject: alike.unseal_identity(self._people[subject].sealed, key, subject=subject)
            for subject, key in keys.items()
        }

    def search(self, text: str, *, scope: Scope, limit: int, asker: str, purpose: str) -> list[Match]:
        alike.check_asked(asker, purpose)
        within = {subject: person for subject, person in self._people.items() if person.jurisdiction in scope}
        exact = (("document", self._tokens.document(text)), ("phone", self._tokens.phone(text)))
        found = [Match(s, 1.0, by) for (by, token), (s, p) in product(exact, within.items()) if token in p.exact]
        for probe, (subject, person) in product(self._tokens.probes(text), within.items()):
            if score := probe.score(person.name):
                found.append(Match(subject, score, "name"))
        matches = alike.best(found, limit)
        self._record("search", asker, purpose, [match.subject for match in matches])
        return matches

    def linkage(self, subjects: Sequence[UUID], *, scope: Scope, asker: str = "linkage") -> list[Pair]:
        alike.check_asked(asker, LINKING)
        within = {subject: person for subject, person in self._people.items() if person.jurisdiction in scope}
        candidates = [
            (subject, other)
            for subject in within.keys() & set(subjects)
            for token in within[subject].exact
            for other in self._sharing(token)
            if other in within and other != subject
        ]
        pairs = alike.judged(candidates, self._open({s for pair in candidates for s in pair}), self._tokens)
        self._record("linkage", asker, LINKING, sorted({s for pair in pairs for s in (pair.left, pair.right)}))
        return pairs

    def _sharing(self, token: bytes) -> list[UUID]:
        sharing = [subject for subject, person in self._people.items() if token in person.exact]
        return sharing if len(sharing) <= MOST_SHARING else []

    def erase(self, subjects: Sequence[UUID]) -> None:
        for subject in subjects:
            self._salts[subject] = None
            self._people.pop(subject, None)

    def accesses(self, *, subject: UUID | None = None, limit: int = 100, before: int | None = None) -> list[Access]:
        earlier = self._log if before is None else self._log[: before - 1]
        shown = [access for access in reversed(earlier) if subject is None or subject in access.subjects]
        return shown[:limit]

    def heads(self, *, after: date | None = None, checked: bool = False) -> list[Head]:  # noqa: ARG002 - nothing breaks
        days = {access.at.astimezone(UTC).date(): access.number for access in self._log}
        over = (
            day for day in sorted(days) if day < self._clock().astimezone(UTC).date() and (not after or day > after)
        )
        return [signed(day, days[day], self._digest(days[day]), self._master) for day in over]

    def hashes(self, numbers: Sequence[int]) -> dict[int, bytes]:
        return {number: self._digest(number) for number in numbers if 0 < number <= len(self._log)}

    def witness(self, end: LedgerEnd) -> None:
        witness.check_end(end, self._clock().astimezone(UTC).date())
        known = next((one for one in self.witnessed() if one.day == end.day), None)
        told = Access(self._clock(), witness.WITNESS, witness.TELLER, witness.PURPOSE, (), unit=witness.text_of(end))
        if known is None:
            self._append(told)
        elif known != end:
            told = replace(told, kind=witness.CONFLICT)
            if not any((one.kind, one.unit) == (told.kind, told.unit) for one in self._log):
                self._append(told)
            raise witness.other_end(end)

    def witnessed(self, *, after: date | None = None) -> list[LedgerEnd]:
        ends = (witness.end_of(one.unit) for one in self._log if one.kind == witness.WITNESS)
        return sorted((end for end in ends if not after or end.day > after), key=lambda end: end.day)

    def _append(self, told: Access) -> None:
        self._log.append(replace(told, number=len(self._log) + 1))

    def _digest(self, entries: int) -> bytes:
        return sha256(repr(self._log[:entries]).encode()).digest()

    def _record(self, kind: str, asker: str, purpose: str, subjects: Sequence[UUID]) -> None:
        self._log.append(Access(self._clock(), kind, asker, purpose, tuple(subjects), len(self._log) + 1))
