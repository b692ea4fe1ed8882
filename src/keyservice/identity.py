"""The vault on PostgreSQL, in the process of its caller: identities sealed, tokens to find them, a log of who looked.

Later a process of its own serves the same port. Nothing readable reaches the database: names, documents, phones and
addresses go there only sealed or as keyed tokens, so neither its logs nor its dumps can tell them.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

from epiloop.core.errors import N_, Broken
from epiloop.core.jurisdictions import Scope
from epiloop.vault import identities as alike
from epiloop.vault import witness
from epiloop.vault.grants import LONGEST_WINDOW
from epiloop.vault.heads import ends_before, signed
from epiloop.vault.keys import SALT_BYTES, identity_key, subject_key, token_key
from epiloop.vault.linkage import MOST_SHARING
from epiloop.vault.port import LINKING, Access, Head, Identity, LedgerEnd, Match, Pair
from epiloop.vault.sealing import NONCE_BYTES
from epiloop.vault.tokens import Tokens
from keyservice import copying, keyfile, witnessing
from keyservice.accesslog import Look, record
from keyservice.database import Connection, Pool, away, id_list, refused, transaction
from keyservice.statements import statement
from keyservice.upkeep import nightly

_BY_INT = attrgetter("int")  # the order of ids, without a call of __lt__ for each comparison
CHUNK = 1 << 18
"""Bytes per message of a COPY; PostgreSQL indexes one chunk while the next is sealed."""


def now() -> datetime:
    """The present instant; a vault is a process of its own and reads its own clock."""
    return datetime.now(UTC)


class LocalVault:
    """Implements `epiloop.vault.port.Vault`. Safe to use from several threads; each call is a transaction of its own.

    `randomness(n)` gives n bytes for salts and nonces, `clock()` the time of an access.
    """

    def __init__(
        self,
        pool: Pool,
        master: bytes,
        *,
        randomness: Callable[[int], bytes] = os.urandom,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._pool, self._master, self._randomness, self._clock = pool, master, randomness, clock
        self._tokens = Tokens(token_key(master))

    @classmethod
    def open(cls, dsn: str, key_file: Path, *, connections: int = 4) -> Self:
        """A vault with its own pool of connections; they are made when first needed. Raises as `keyfile.load`."""
        return cls.on(dsn, keyfile.load(key_file), connections=connections)

    @classmethod
    def on(cls, dsn: str, master: bytes, *, connections: int = 4, clock: Callable[[], datetime] = now) -> Self:
        """A vault with its own pool of connections and this master key."""
        check = ConnectionPool.check_connection  # a restarted PostgreSQL is found again by itself
        pool: Pool = ConnectionPool(
            dsn, min_size=0, max_size=connections, open=True, timeout=10, check=check, name="vault"
        )
        return cls(pool, master, clock=clock)

    @property
    def pool(self) -> Pool:
        """Its connections, for other calls on the same database."""
        return self._pool

    def close(self) -> None:
        """Give the connections back to PostgreSQL."""
        self._pool.close()

    def put(self, identities: Mapping[UUID, Identity], *, jurisdictions: Mapping[UUID, int], key: str) -> None:
        """See `Vault.put`."""
        alike.check_put(identities, jurisdictions)
        with self._transaction() as connection:
            # The row is locked until the commit, so a second put with this key waits and then does nothing.
            hashed = blake2b(key.encode(), digest_size=32).digest()
            if not connection.execute(statement("mark_done"), {"key": hashed}).fetchone():
                return
            salts = self._salts_for(connection, identities.keys())
            _copy(connection, "copy_identities", self._identity_rows(identities, salts))
            _copy(connection, "copy_sought", self._sought_rows(identities, jurisdictions))

    def _salts_for(self, connection: Connection, subjects: Set[UUID]) -> dict[UUID, bytes]:
        """The salts of subjects about to be stored, their rows locked; what was stored of them is gone.

        New salts are inserted first, so that of two puts of one new subject the second waits, sees the first's salt and
        replaces its identity.
        """
        known = _dict(connection.execute(statement("lock_salts"), {"subjects": id_list(subjects)}, binary=True))
        made = {subject: self._randomness(SALT_BYTES) for subject in sorted(subjects - known.keys(), key=_BY_INT)}
        if self._add_salts(connection, made) < len(made):
            return self._salts_for(connection, subjects)
        alike.check_not_erased(subject for subject, salt in known.items() if salt is None)
        if known:
            for name in ("forget_identities", "forget_sought"):
                connection.execute(statement(name), {"subjects": id_list(known)})
        return known | made

    def _add_salts(self, connection: Connection, salts: Mapping[UUID, bytes]) -> int:
        """Store salts of subjects that have none; how many those were."""
        new = {"subjects": id_list(salts), "salts": b"".join(salts.values())}
        return connection.execute(statement("add_salts"), new).rowcount if salts else 0

    def _identity_rows(self, identities: Mapping[UUID, Identity], salts: Mapping[UUID, bytes]) -> Iterator[bytes]:
        for subject, identity in identities.items():
            key = identity_key(self._master, salts[subject], subject)
            nonce = self._randomness(NONCE_BYTES)
            yield copying.pair(subject, alike.seal_identity(identity, key, subject=subject, nonce=nonce))

    def _sought_rows(self, identities: Mapping[UUID, Identity], jurisdictions: Mapping[UUID, int]) -> Iterator[bytes]:
        for subject, identity in identities.items():
            name = self._tokens.name(identity.name)
            exact = self._tokens.exact(identity)
            yield copying.sought(subject, jurisdictions[subject], exact, name.spelling, name.sound)

    def place(self, jurisdictions: Mapping[UUID, int]) -> None:
        """See `Vault.place`."""
        moved = {"subjects": id_list(jurisdictions), "jurisdictions": list(jurisdictions.values())}
        with self._transaction() as connection:
            connection.execute(statement("move"), moved)

    def keys(self, subjects: Iterable[UUID], *, create: bool) -> dict[UUID, bytes]:
        """See `Vault.keys`."""
        wanted = set(subjects)
        with self._transaction() as connection:
            salts = _salts(connection, wanted)
            if create and (missing := sorted(wanted - salts.keys())):
                self._add_salts(connection, {subject: self._randomness(SALT_BYTES) for subject in missing})
                salts |= _salts(connection, missing)
        return {subject: subject_key(self._master, salt, subject) for subject, salt in salts.items()}

    def reveal(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, Identity]:
        """See `Vault.reveal`. The log row is committed before the identities are read (PRIVACY R11)."""
        alike.check_asked(asker, purpose)
        self._record("reveal", asker, purpose, subjects)
        with self._transaction() as connection:
            return self._opened(connection, subjects)

    def unlock(self, subjects: Sequence[UUID], *, asker: str, purpose: str) -> dict[UUID, bytes]:
        """See `Vault.unlock`. The log row is committed before a key is given (PRIVACY R11)."""
        alike.check_asked(asker, purpose)
        self._record("facts", asker, purpose, subjects)
        return self.keys(subjects, create=False)

    def _opened(self, connection: Connection, subjects: Collection[UUID]) -> dict[UUID, Identity]:
        return opened(connection, self._master, subjects)

    def search(self, text: str, *, scope: Scope, limit: int, asker: str, purpose: str) -> list[Match]:
        """See `Vault.search`."""
        alike.check_asked(asker, purpose)
        with self._transaction() as connection:
            matches = alike.best(self._found(connection, text, scope, max(limit, 0)), limit)
        self._record("search", asker, purpose, [match.subject for match in matches])
        return matches

    def _found(self, connection: Connection, text: str, scope: Scope, limit: int) -> Iterator[Match]:
        within = {"scope": scope.as_multirange(), "limit": limit}
        for by, token in (("document", self._tokens.document(text)), ("phone", self._tokens.phone(text))):
            for row in connection.execute(statement("seek_exact"), within | {"token": UUID(bytes=token)}):
                yield Match(row[0], 1.0, by)
        for probe in self._tokens.probes(text):
            sought = {"family": probe.family, "tokens": [*probe.tokens], "need": probe.need, "weight": probe.weight}
            for subject, score in connection.execute(statement("seek_name"), within | sought):
                yield Match(subject, score, "name")

    def linkage(self, subjects: Sequence[UUID], *, scope: Scope, asker: str = "linkage") -> list[Pair]:
        """See `Vault.linkage`."""
        alike.check_asked(asker, LINKING)
        asked = {"subjects": id_list(subjects), "scope": scope.as_multirange(), "most": MOST_SHARING}
        with self._transaction() as connection:
            candidates = connection.execute(statement("candidates"), asked).fetchall()
            identities = self._opened(connection, {subject for pair in candidates for subject in pair})
        pairs = alike.judged([(left, right) for left, right in candidates], identities, self._tokens)
        self._record("linkage", asker, LINKING, sorted({one for pair in pairs for one in (pair.left, pair.right)}))
        return pairs

    def erase(self, subjects: Sequence[UUID]) -> None:
        """See `Vault.erase`. `keyservice.upkeep.scrub` afterwards takes the bytes out of the files."""
        with self._transaction() as connection:
            for name in ("forget_salts", "forget_identities", "forget_sought"):
                connection.execute(statement(name), {"subjects": id_list(sorted(set(subjects)))})

    def accesses(self, *, subject: UUID | None = None, limit: int = 100, before: int | None = None) -> list[Access]:
        """See `Vault.accesses`."""
        name = "accesses" if subject is None else "accesses_of"
        with self._transaction() as connection:
            asked = {"subject": subject, "limit": limit, "before": before}
            rows = connection.execute(statement(name), asked).fetchall()
        return [
            Access(at, kind, asker, purpose, tuple(some), number, unit, about)
            for at, kind, asker, purpose, some, number, unit, about in rows
        ]

    def upkeep(self) -> None:
        """What is due once a night: old texts of authorisations, results and looks go; see `keyservice.upkeep`."""
        with self._transaction() as connection:
            for name in ("forget_texts", "forget_attestations"):
                connection.execute(statement(name), {"before": self._clock() - LONGEST_WINDOW})
            connection.execute(statement("end_log"), {"before": ends_before(self._clock())})
        try:
            nightly(str(self._pool.conninfo))
        except psycopg.OperationalError:
            raise away() from None
        except psycopg.Error as wrong:
            raise refused(wrong) from None

    def status(self) -> dict[str, Any]:
        """How many keys, erasures and identities there are, and the head of the log and whether its chain is whole."""
        with self._transaction() as connection:
            row = connection.execute(statement("counts")).fetchone()
            server = connection.info.server_version // 10000
        salts, erased, identities, entries, head, latest = row or (0, 0, 0, 0, b"", None)
        log = {"entries": entries, "head": head.hex() if head else "", "intact": not self.broken_accesses()}
        return {
            "database": {"up": True, "version": server},
            "subjects": {"keys": salts, "erased": erased, "identities": identities},
            "log": log | {"latest_at": latest.isoformat() if latest else None},
        }

    def broken_accesses(self) -> list[int]:
        """The first ten rows of the access log that are not what they were or whose predecessor is missing."""
        with self._transaction() as connection:
            return [row[0] for row in connection.execute(statement("broken_accesses"))]

    def heads(self, *, after: date | None = None, checked: bool = False) -> list[Head]:
        """See `Vault.heads`."""
        if checked and (broken := self.broken_accesses()):
            raise Broken(N_("The log of looks is not what was written, from entry %(entry)d on."), entry=broken[0])
        days = {"after": after or date.min, "today": self._clock().astimezone(UTC).date()}
        with self._transaction() as connection:
            rows = connection.execute(statement("daily_heads"), days).fetchall()
        return [signed(day, entries, digest, self._master) for day, entries, digest in rows]

    def hashes(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """See `Vault.hashes`."""
        with self._transaction() as connection:
            return dict(connection.execute(statement("hashes"), {"numbers": list(numbers)}).fetchall())

    def witness(self, end: LedgerEnd) -> None:
        """See `Vault.witness`."""
        witness.check_end(end, self._clock().astimezone(UTC).date())
        with self._transaction() as connection:
            counts = witnessing.keep(connection, end, self._clock())
        if not counts:
            raise witness.other_end(end)

    def witnessed(self, *, after: date | None = None) -> list[LedgerEnd]:
        """See `Vault.witnessed`."""
        with self._transaction() as connection:
            return witnessing.kept(connection, witnessing.after(after))

    def _record(self, kind: str, asker: str, purpose: str, subjects: Sequence[UUID]) -> None:
        with self._transaction() as connection:
            record(connection, Look(kind, asker, purpose, subjects), self._clock())

    def _transaction(self) -> AbstractContextManager[Connection]:
        return transaction(self._pool)


def _salts(connection: Connection, subjects: Collection[UUID]) -> dict[UUID, bytes]:
    return _dict(connection.execute(statement("salts"), {"subjects": id_list(subjects)}, binary=True))


def _dict(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, bytes]:
    return {subject: salt for subject, salt in rows}  # noqa: C416 - says what the two are


def _copy(connection: Connection, name: str, rows: Iterable[bytes]) -> None:
    """Send rows in chunks, so that PostgreSQL stores the first while the next are made."""
    waiting = bytearray(copying.HEADER)
    with connection.cursor() as cursor, cursor.copy(statement(name)) as copy:
        for row in rows:
            waiting += row
            if len(waiting) >= CHUNK:
                copy.write(waiting)
                waiting = bytearray()
        copy.write(waiting + copying.TRAILER)


def opened(connection: Connection, master: bytes, subjects: Collection[UUID]) -> dict[UUID, Identity]:
    """The identities of those who have one; what leaves the key service of them was logged before."""
    rows = connection.execute(statement("sealed"), {"subjects": id_list(subjects)}, binary=True)
    return {
        subject: alike.unseal_identity(sealed, identity_key(master, salt, subject), subject=subject)
        for subject, salt, sealed in rows
    }
