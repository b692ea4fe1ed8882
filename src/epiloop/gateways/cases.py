"""The client's side of the calls about cases: keys, authorisations, and what they open.

All raise Unavailable if the key service does not answer, and what it refuses with: NotAllowed, Refused, NotFound,
InvalidInput.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from epiloop.vault import cases
from epiloop.vault.answers import DayCount, Grant, Signer, TraceAnswer, Visits
from epiloop.vault.signatures import PublicKey, Signature
from epiloop.vault.wire import Call


class CaseCalls:
    """The methods; whoever has `_call` has them."""

    def enrol(self, key: PublicKey, person: str, unit: str) -> bool:
        """Let a key sign for somebody of a unit; whether it may at once. Else it waits for administrators."""
        return bool(self._call(cases.ENROL, key, person, unit))

    def signers(self, person: str) -> list[Signer]:
        """The keys of somebody that count now, and those that wait."""
        found: list[Signer] = self._call(cases.SIGNERS, person)
        return found

    def attest(self, text: bytes, signature: Signature) -> UUID:
        """Hand in what a laboratory signed (`vault.results`). The same text twice is one. Where it takes the last
        positive of somebody back, what was to be opened because of that opens nothing any more.
        """
        number: UUID = self._call(cases.ATTEST, text, signature)
        return number

    def attested(self, subject: UUID, asker: str) -> str:
        """What laboratories signed of somebody: "confirmed", "positive", "withdrawn" (all that would count was taken
        back) or "". A look, and logged as one.
        """
        return str(self._call(cases.ATTESTED, subject, asker))

    def propose(self, text: bytes, signature: Signature) -> UUID:
        """Hand in an authorisation that its creator signed (`vault.grants`). The same text twice is one."""
        number: UUID = self._call(cases.PROPOSE, text, signature)
        return number

    def approve(self, grant: UUID, signature: Signature) -> datetime:
        """Another person of another unit signed the same text; until when it opens something."""
        until: datetime = self._call(cases.APPROVE, grant, signature)
        return until

    def withdraw(self, grant: UUID, asker: str) -> None:
        """It opens nothing any more."""
        self._call(cases.WITHDRAW, grant, asker)

    def text(self, grant: UUID, asker: str) -> bytes:
        """The text of an authorisation that may still be signed or used. It says of whom it is and what they told, so
        this is a look, and logged as one (PRIVACY R11).
        """
        found: bytes = self._call(cases.TEXT, grant, asker)
        return found

    def grants(self, *, limit: int = 100) -> list[Grant]:
        """How authorisations stand, the latest first; nothing personal."""
        found: list[Grant] = self._call(cases.GRANTS, limit)
        return found

    def trace(self, grant: UUID, asker: str) -> TraceAnswer:
        """Who met the case of an open authorisation. Logged before anything is opened (PRIVACY R9-R11)."""
        answer: TraceAnswer = self._call(cases.TRACE, grant, asker)
        return answer

    def history(self, grant: UUID, asker: str) -> Visits:
        """Where the person of an open authorisation was, by time. Logged before anything is opened (R8, R11)."""
        found: Visits = self._call(cases.HISTORY, grant, asker)
        return found

    def review(self, grant: UUID, signature: Signature, *, justified: bool) -> None:
        """Another person reviewed a broken glass and signed `grants.review_text`."""
        self._call(cases.REVIEW, grant, signature, justified)

    def counts(self, *, after: date | None = None) -> list[DayCount]:
        """What everybody may read, of each day after one, the earliest first."""
        found: list[DayCount] = self._call(cases.COUNTS, after)
        return found

    def _call(self, call: Call, *arguments: Any) -> Any:
        raise NotImplementedError
