"""Results that laboratories signed, kept sealed under the token of the number that they name."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from epiloop.core.errors import N_, NotFound, Refused
from epiloop.vault import results
from epiloop.vault.keys import statement_key
from epiloop.vault.results import Found, LaboratoryResult
from epiloop.vault.sealing import NONCE_BYTES, seal, unseal
from epiloop.vault.signatures import Signature
from keyservice.accesslog import Look, record
from keyservice.checking import POSITIVE_FOR, Attested, Signed, check_result
from keyservice.database import Connection, id_list
from keyservice.enrolment import by_name, check_signer, enrolled
from keyservice.statements import statement

_KIND = "attestation"
PURPOSE = "testing"


class Attestations:
    """The results; each call is part of its caller's transaction. `token` gives the id of a code (`WhoIs.token`)."""

    def __init__(self, master: bytes, randomness: Callable[[int], bytes], token: Callable[[bytes], UUID]) -> None:
        self._key, self._randomness, self._token = statement_key(master), randomness, token

    def attest(self, connection: Connection, text: bytes, signature: Signature, now: datetime) -> UUID:
        """Keep a result; the same text twice is one. Raises NotAllowed, Refused, InvalidInput; NotFound where a
        positive is taken back that is not there.
        """
        result = results.read(text)
        signer = check_signer(text, signature, by_name(connection, signature.key), "laboratory", now)
        check_result(result, signer, now)
        number, person = UUID(bytes=sha256(text).digest()[:16]), self._token(result.person)
        sealed = seal({"text": text.hex()}, self._key, stream=number, kind=_KIND, nonce=self._randomness(NONCE_BYTES))
        values = {"id": number, "person": person, "taken_at": result.taken_at, "at": now}
        more = {"key": signature.key, "signature": signature.value, "sealed": sealed}
        if connection.execute(statement("attest"), values | more).fetchone():
            _check_fits(result, [results.read(one.text) for one in self.of(connection, [result.person], now)])
            record(connection, Look("attest", signer.holder, PURPOSE, [person], signer.holder), now)
        return number

    def of(self, connection: Connection, codes: Sequence[bytes], now: datetime) -> list[Attested]:
        """What laboratories signed in the last weeks of somebody with these numbers."""
        asked = {"people": id_list(map(self._token, codes)), "after": now - POSITIVE_FOR}
        rows = connection.execute(statement("attestations"), asked).fetchall()
        return [self._attested(*row) for row in rows]

    def _attested(self, number: UUID, at: datetime, value: bytes, sealed: bytes, *by: object) -> Attested:
        text = bytes.fromhex(str(unseal(bytes(sealed), self._key, stream=number, kind=_KIND)["text"]))
        signer = enrolled(*by)  # type: ignore[arg-type]
        return Attested(text, Signed(signer, Signature(signer.key.name, bytes(value)), at))


def _check_fits(result: LaboratoryResult, told: Sequence[LaboratoryResult]) -> None:
    """Raise unless it goes with what was told of the same sample: only a positive is taken back, and that for good."""
    found = {one.found for one in told if results.of_one_sample(one, result)}
    if result.found is Found.WITHDRAWN and not found - {Found.WITHDRAWN}:
        raise NotFound(
            N_("This laboratory has signed no such positive."),
            where="key service",
            remedy=N_("Name sample, time and number of the person as the positive does."),
        )
    if result.found is not Found.WITHDRAWN and Found.WITHDRAWN in found:
        raise Refused(
            N_("This laboratory has taken its result of this sample back."),
            where="key service",
            remedy=N_("Sign the result of another sample."),
        )
