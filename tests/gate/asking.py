"""What phones and gateways ask of a gate, over HTTP as they do."""

import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

CANARY = "10899990001"


@dataclass(frozen=True)
class Door:
    """A zone of a place, and what its poster's picture holds."""

    place: UUID
    zone: str
    address: str


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Phone:
    """Somebody's phone, or a gateway if it has a token."""

    port: int
    door: Door | None = None
    token: str = ""
    language: str = "en"

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == HTTPStatus.OK
        except OSError:
            return False

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        own = {"Accept-Language": self.language, **headers}
        own |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            connection.request(method, path, body or None, own)
            answer = connection.getresponse()
            kept = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(answer.status, kept, answer.read())
        finally:
            connection.close()

    def send(self, *said: dict[str, Any], batch: UUID | None = None, path: str = "/C/said") -> Answered:
        body = json.dumps({"id": str(batch or uuid4()), "said": list(said)}).encode()
        answer = self.ask("POST", path, body)
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        return answer

    def came(self, visit: UUID | None = None, *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        assert self.door is not None
        said = {"what": "came", "visit": str(visit or uuid4()), "code": self.door.address, "way": "phone"}
        came = (at or datetime.now(UTC)).isoformat()
        return {**said, "came": came, "visitor": {"phone": CANARY}, **more}

    def left(self, came: dict[str, Any], minutes: float = 5) -> dict[str, Any]:
        ends = datetime.fromisoformat(came["came"]) + timedelta(minutes=minutes)
        return {**came, "what": "left", "left": ends.isoformat()}
