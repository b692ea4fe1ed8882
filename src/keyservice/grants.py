"""Authorisations as the key service keeps them: handed in, signed by others, withdrawn, reviewed; and how they stand.

The text is sealed under the subject's key. What the table says beside it is for lists only: whoever opens something
reads the text and checks its signatures again (`checking`).
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from epiloop.core.errors import N_, NotAllowed, NotFound, Refused
from epiloop.vault import grants
from epiloop.vault.answers import Grant
from epiloop.vault.grants import APPROVALS, REVIEW_WITHIN, Authorisation, GrantKind
from epiloop.vault.identities import check_asked
from epiloop.vault.keys import grant_key
from epiloop.vault.sealing import NONCE_BYTES, seal, unseal
from epiloop.vault.signatures import Signature
from keyservice import checking
from keyservice.accesslog import Look, check_not_suspended, check_reviewed, record
from keyservice.checking import Signed, Standing
from keyservice.database import Connection
from keyservice.enrolment import by_name, check_signer, enrolled, signers
from keyservice.statements import statement

_KIND = "authorisation"
Randomness = Callable[[int], bytes]


class Grants:
    """The authorisations of a vault; each call is part of its caller's transaction."""

    def __init__(self, master: bytes, randomness: Randomness) -> None:
        self._master, self._randomness = master, randomness

    def propose(self, connection: Connection, text: bytes, signature: Signature, now: datetime) -> UUID:
        """Keep what its creator signed; the same text twice is one. Raises NotAllowed, Refused, InvalidInput."""
        given = grants.read(text)
        signer = check_signer(text, signature, by_name(connection, signature.key), "person", now)
        checking.check_creator(given, signer)
        check_not_suspended(connection, signer.holder, now)
        known = connection.execute(statement("digest_of"), {"id": given.id}).fetchone()
        if known is None:
            checking.check_proposal(given, now)
            if given.kind is GrantKind.BREAK_GLASS:
                check_reviewed(connection, given.creator)
            self._add(connection, given, text, now)
            known = connection.execute(statement("digest_of"), {"id": given.id}).fetchone()
        if known is None or bytes(known[0]) != grants.digest(text):
            raise Refused(N_("Another authorisation has this id."), where="key service")
        _sign(connection, given.id, signer.holder, signature, now)
        return given.id

    def read(self, connection: Connection, grant: UUID, asker: str, now: datetime) -> bytes:
        """The text, for somebody. It says whose visits are opened and what they told, so it is a look, and logged.
        Raises Refused for one that was withdrawn, NotFound, InvalidInput if nobody asks.
        """
        known = self.standing(connection, grant)
        if known.withdrawn:
            raise Refused(N_("This authorisation was withdrawn."), where="key service")
        given = grants.read(known.text)
        check_asked(asker, given.purpose)
        unit = next((one.unit for one in signers(connection, asker, now) if not one.waiting), "")
        record(connection, Look("read", asker, given.purpose, [given.subject], unit, grant), now)
        return known.text

    def approve(self, connection: Connection, grant: UUID, signature: Signature, now: datetime) -> datetime:
        """Add the signature of another person of another unit; logged. Until when it opens. Raises NotAllowed, Refused,
        NotFound.
        """
        known = self.standing(connection, grant)
        given = grants.read(known.text)
        if known.withdrawn:
            raise Refused(N_("This authorisation was withdrawn."), where="key service")
        checking.check_running(given, now)
        signer = check_signer(known.text, signature, by_name(connection, signature.key), "person", now)
        others = [one.by for one in known.signed]
        checking.check_approver(given, signer, others)
        record(connection, Look("approve", signer.holder, given.purpose, [given.subject], signer.unit, grant), now)
        _sign(connection, grant, signer.holder, signature, now)
        return given.expires

    def withdraw(self, connection: Connection, grant: UUID, asker: str, now: datetime) -> None:
        """It opens nothing any more, whoever says so. Raises NotFound, NotAllowed if nobody does."""
        if not asker.strip():
            raise NotAllowed(N_("Nobody reads an identity without saying who asks and for what."), where="key service")
        self._row(connection, grant)
        connection.execute(statement("withdraw"), {"id": grant, "by": asker, "at": now})

    def review(
        self, connection: Connection, grant: UUID, signature: Signature, now: datetime, *, justified: bool
    ) -> None:
        """Another person looked at a broken glass. Raises NotAllowed for who broke it, Refused for anything else."""
        known = self.standing(connection, grant)
        given, text = grants.read(known.text), grants.review_text(grant, justified=justified)
        if given.kind is not GrantKind.BREAK_GLASS:
            raise Refused(N_("Only an emergency is reviewed."), where="key service")
        signer = check_signer(text, signature, by_name(connection, signature.key), "person", now)
        if signer.holder == given.creator:
            raise NotAllowed(N_("Nobody reviews what they did themselves."), where="key service")
        check_not_suspended(connection, signer.holder, now)
        connection.execute(statement("review"), {"id": grant, "by": signer.holder, "justified": justified, "at": now})

    def standing(self, connection: Connection, grant: UUID, *, held: bool = False) -> Standing:
        """What is known of an authorisation; `held`: and stays so until the transaction ends, nobody withdraws it
        meanwhile. Raises NotFound if there is none, or its subject was erased; Broken.
        """
        if held:
            connection.execute(statement("hold"), {"id": grant})
        subject, salt, sealed, digest, _proposed, withdrawn, _reviewed = self._row(connection, grant)
        if salt is None or sealed is None:
            raise NotFound(N_("What this authorisation was about is not there any more."), where="key service")
        key = grant_key(self._master, salt, subject)
        text = bytes.fromhex(str(unseal(sealed, key, stream=grant, kind=_KIND)["text"]))
        if grants.digest(text) != digest:
            raise NotFound(N_("What this authorisation was about is not there any more."), where="key service")
        rows = connection.execute(statement("signatures"), {"id": grant})
        signed = [Signed(enrolled(*by), Signature(bytes(key), bytes(value)), at) for key, value, at, *by in rows]
        return Standing(text, signed, withdrawn is not None)

    def listed(self, connection: Connection, limit: int, now: datetime) -> list[Grant]:
        """How authorisations stand, the latest first; nothing personal."""
        needed = json.dumps({kind.value: count for kind, count in APPROVALS.items()})
        asked = {"now": now, "needed": needed, "within": REVIEW_WITHIN, "limit": max(0, min(limit, 1000))}
        rows = connection.execute(statement("grants"), asked)
        return [Grant(id_, GrantKind(kind), *rest) for id_, kind, *rest in rows]

    def _add(self, connection: Connection, given: Authorisation, text: bytes, now: datetime) -> None:
        row = connection.execute(statement("salts"), {"subjects": [given.subject]}).fetchone()
        if row is None:
            raise NotFound(N_("The vault does not know this person."), where="key service")
        key = grant_key(self._master, row[1], given.subject)
        nonce = self._randomness(NONCE_BYTES)
        values: dict[str, Any] = {
            name: getattr(given, name) for name in ("id", "subject", "creator", "unit", "made_at", "expires")
        }
        values |= {"kind": given.kind.value, "at": now, "digest": grants.digest(text)}
        values["sealed"] = seal({"text": text.hex()}, key, stream=given.id, kind=_KIND, nonce=nonce)
        connection.execute(statement("propose"), values)

    def _row(self, connection: Connection, grant: UUID) -> tuple[Any, ...]:
        row = connection.execute(statement("authorisation"), {"id": grant}).fetchone()
        if row is None:
            raise NotFound(N_("There is no such authorisation."), where="key service")
        return row


def _sign(connection: Connection, grant: UUID, holder: str, signature: Signature, now: datetime) -> None:
    values = {"id": grant, "holder": holder, "key": signature.key, "value": signature.value, "at": now}
    connection.execute(statement("sign"), values)
