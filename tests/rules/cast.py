"""The rulebooks, the place and the ways to write facts that the rules tests share."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from epiloop.core.jurisdictions import code
from epiloop.core.subjects import EventRef
from epiloop.rules.facts import Fact
from epiloop.rules.loader import load
from epiloop.rules.model import Rulebook
from epiloop.rules.regimes import Adoption, Context
from epiloop.rules.source import load_named

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE = Context(SHANGHAI, code("320412"))
SUBJECT = UUID(int=7)
LONG_AFTER = datetime(2035, 1, 1, tzinfo=UTC)
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@cache
def book(name: str) -> Rulebook:
    return load_named(RULEBOOKS, name)[-1]


def adopted(*books: Rulebook) -> tuple[Adoption, ...]:
    return tuple(Adoption(one, BEFORE_ALL) for one in books)


def when(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """An instant written in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def facts(*parts: tuple[str, str, dict[str, object]], zone: ZoneInfo = SHANGHAI) -> list[Fact]:
    """(kind, local time, values) as facts of one stream, recorded as they happened."""
    made = []
    for version, (kind, at, values) in enumerate(parts, 1):
        moment = when(at, zone)
        made.append(Fact(kind, moment, moment, values, EventRef(SUBJECT, version)))  # type: ignore[arg-type]
    return made


def contact(
    last_exposure: str, at: str = "", ring: int = 1, disease: str = "covid-19"
) -> tuple[str, str, dict[str, object]]:
    values: dict[str, object] = {"disease": disease, "ring": ring, "last_exposure": date.fromisoformat(last_exposure)}
    return "contact-determined", at or last_exposure, values


def sample(name: str, at: str) -> tuple[str, str, dict[str, object]]:
    return "sample-taken", at, {"sample": name, "kind": "single"}


def result(name: str, at: str, outcome: str = "negative") -> tuple[str, str, dict[str, object]]:
    return "result", at, {"sample": name, "outcome": outcome, "kind": "single"}


HEAD = 'rulebook: lab\ntitle: {en: "Lab", zh: "试验"}\ntimezone: Asia/Shanghai\njurisdictions: all\n'


def lab(**measures: str) -> Rulebook:
    """A rulebook made up for a test: measure name (with _ for -) -> text of its file."""
    files = {f"measures/{name.replace('_', '-')}.yaml": text for name, text in measures.items()}
    return load({"rulebook.yaml": HEAD, **files})
