"""Which codes are of one person, from the exact tokens and sealed identities of the vault; for use inside only.

Who checked in gave a phone, a document, a card, or is known. Several codes are one person where the vault says so; a
number that several people gave (a family's phone) joins nobody, except to the case whose contacts are looked for: whose
laboratory result or whose visits are looked for is nobody whom such a phone alone names.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from epiloop.core.errors import InvalidInput
from epiloop.vault.keys import token_key
from epiloop.vault.port import Identity
from epiloop.vault.reach import Reach, ReachKind, code_of, known_of, subject_code
from epiloop.vault.tokens import Tokens
from keyservice.database import Pool, id_list, transaction
from keyservice.identity import opened
from keyservice.statements import statement


class WhoIs:
    """Asks the vault's tables, each time anew."""

    def __init__(self, pool: Pool, master: bytes) -> None:
        self._pool, self._master = pool, master
        self._tokens = Tokens(token_key(master))

    def token(self, code: bytes) -> UUID:
        """Under which id somebody of whom only a number is known stands in the log."""
        return UUID(bytes=self._tokens.code(code))

    def log_id(self, code: bytes) -> UUID:
        """Under which id somebody stands in the log: that of a subject, else that of the number."""
        told = known_of(code)
        return told if isinstance(told, UUID) else self.token(code)

    def identities(self, subjects: Collection[UUID]) -> dict[UUID, Identity]:
        """Who they are; whoever lets it out has logged it before."""
        with transaction(self._pool) as connection:
            return opened(connection, self._master, subjects)

    def codes(self, subject: UUID) -> tuple[bytes, ...]:
        """All codes of a subject, its own first; also those that others gave too."""
        identity = self.identities([subject]).get(subject)
        return (subject_code(subject), *(_codes(identity) if identity else ()))

    def sole(self, subject: UUID) -> tuple[bytes, ...]:
        """The codes that nobody else gave, its own first: what was said under them was said of this subject."""
        codes = self.codes(subject)
        owner = self.owners(codes)
        return tuple(code for code in codes if owner.get(code) == subject)

    def attested(self, subject: UUID) -> tuple[bytes, ...]:
        """The codes under which a laboratory can mean this subject: documents, and phones that nobody else gave. So a
        positive person's phone that somebody adds to another record makes no case of that one (PRIVACY R9).
        """
        codes = self.codes(subject)
        owner = self.owners(codes)
        return tuple(code for code in codes if owner.get(code) == subject or _is_document(code))

    def meant(self, code: bytes) -> dict[UUID, tuple[bytes, ...]]:
        """Whom a laboratory can mean by a number; of each all codes under which it can."""
        with transaction(self._pool) as connection:
            rows = connection.execute(statement("owners"), {"tokens": id_list([self.token(code)])}).fetchall()
        every = {subject: self.attested(subject) for _token, subjects in rows for subject in subjects}
        return {subject: codes for subject, codes in every.items() if code in codes}

    def same(self, codes: Collection[bytes]) -> Mapping[bytes, Sequence[bytes]]:
        """See `found.Same`: of each code whose person is known all codes of that person, the subject's own first."""
        owner = self.owners(codes)
        identities = self.identities(sorted(set(owner.values())))
        every = {subject: _codes(identity) for subject, identity in identities.items()}
        sole = self.owners({code for some in every.values() for code in some})
        told = {
            subject: (subject.bytes, *[code for code in some if sole.get(code) == subject])
            for subject, some in every.items()
        }
        return {code: told[subject] for code, subject in owner.items() if subject in told}

    def owners(self, codes: Iterable[bytes]) -> dict[bytes, UUID]:
        """The only subject that has each code, as far as there is one."""
        reached = {code: known_of(code) for code in codes}
        numbers = {code: self.token(code) for code, told in reached.items() if isinstance(told, Reach)}
        with transaction(self._pool) as connection:
            rows = connection.execute(statement("owners"), {"tokens": id_list(set(numbers.values()))})
            sole = {token: subjects[0] for token, subjects in rows if len(subjects) == 1}
        known = {code: sole[token] for code, token in numbers.items() if token in sole}
        return known | {code: told for code, told in reached.items() if isinstance(told, UUID)}


def _is_document(code: bytes) -> bool:
    told = known_of(code)
    return isinstance(told, Reach) and told.kind is ReachKind.DOCUMENT


def _codes(identity: Identity) -> list[bytes]:
    numbers = [(ReachKind.PHONE, phone) for phone in identity.phones]
    numbers += [(ReachKind.DOCUMENT, number) for _, number in identity.documents]
    found = []
    for kind, number in numbers:
        try:
            found.append(code_of(kind, number))
        except InvalidInput:
            continue  # a field with nothing but signs between words
    return list(dict.fromkeys(found))
