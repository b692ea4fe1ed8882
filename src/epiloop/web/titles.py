"""What measures, stages, duties, posts and people are called on pages, in the language that is active."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language, gettext

from epiloop.core.errors import N_
from epiloop.rules import vocabulary
from epiloop.rules.model import DutyRule, Measure, Source, StageRule, Version
from epiloop.runtime.laws import Laws
from epiloop.runtime.terms import written_clause
from epiloop.store.reading.lists import DutyRecord
from epiloop.store.tables import StageRow

LINES = {
    "people": N_("People"),
    "vehicles": N_("Vehicles and vessels"),
    "goods": N_("Goods"),
    "places": N_("Places and environment"),
    "instructions": N_("Instructions and findings"),
}
LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def chinese() -> bool:
    """Whether pages are shown in Chinese now."""
    return (get_language() or "").startswith("zh")


def short_code(subject: UUID) -> str:
    """What people call a subject whose identity is covered: six letters made from its id, "3F7K-9Q"."""
    letters = base64.b32encode(subject.bytes[-5:]).translate(LETTERS).decode()
    return f"{letters[:4]}-{letters[4:6]}"


def of_language(titles: Mapping[str, str]) -> str:
    """A title of a rulebook in the reader's language."""
    return titles.get("zh" if chinese() else "en") or next(iter(titles.values()), "")


def of_clause(one: Source | StageRule | DutyRule) -> str:
    """A clause in the reader's language."""
    return (one.clause_zh if chinese() else "") or one.clause


def post(kind: str) -> str:
    """A kind of post."""
    english, zh = vocabulary.POSTS.get(kind, (kind, kind))
    return zh if chinese() else english


def status(key: str | None) -> str:
    """A status; without one there is no restriction."""
    known = vocabulary.STATUSES.get(key or "free")
    return (known.zh if chinese() else known.en) if known else str(key)


def strictness(key: str | None) -> int:
    """How strict a status is, 0 free to 90 hospital."""
    known = vocabulary.STATUSES.get(key or "free")
    return known.strictness if known else 0


def line(key: str) -> str:
    """A line of the board."""
    return gettext(LINES.get(key, key))


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles in the rulebooks as adopted; what a rulebook does not say, the vocabulary does."""

    laws: Laws

    def measures(self) -> list[tuple[str, str]]:
        """All measures as (name, title), by title."""
        names = {name for book in self.laws.books().values() for name in book.measures}
        return sorted(((name, self.measure(name)) for name in names), key=lambda pair: pair[1])

    def terms(self, written: str) -> str:
        """The clause of terms of exposure, as a signed text writes it, in the reader's language."""
        for book in self.laws.books().values():
            for version in (version for one in book.exposures.values() for version in one.versions):
                if written == written_clause(version):
                    parts = {"clause": of_clause(version.source), "version": version.id}
                    return gettext("%(clause)s (%(version)s)") % parts
        return written

    def measure(self, name: str) -> str:
        """The title of a measure."""
        found = self._measure(name)
        return of_language(found.title) if found else name

    def duty(self, row: DutyRecord) -> str:
        """What is to be done, with its day: "Nucleic acid sample · day 3"."""
        names = self.laws.kept.setdefault("duties", {})
        asked = (chinese(), row.measure, row.version, row.clause, row.stage, row.kind)
        if asked not in names:
            names[asked] = self._duty(row)
        words = str(names[asked])
        if row.day is None:
            return words
        return gettext("%(what)s · day %(day)s") % {"what": words, "day": row.day}

    def stage(self, row: StageRow, measure: str) -> str:
        """A stage by its rule, else by its status."""
        version = self.version(measure, row.version)
        rules = version.stages if version else ()
        found = next((rule for rule in rules if rule.key == row.key), None)
        return of_language(found.title) if found and found.title else status(row.status)

    def version(self, measure: str, version: str) -> Version | None:
        """A version of a measure, if the rulebooks adopted last still have it."""
        found = self._measure(measure)
        return next((one for one in found.versions if one.id == version), None) if found else None

    def clause(self, measure: str, version: str, part: str = "") -> str:
        """The law in one line: measure, source, the clause of the part."""
        lines = self.laws.kept.setdefault("clauses", {})  # a list has fifty duties of some five clauses
        asked = (chinese(), measure, version, part)
        if asked not in lines:
            lines[asked] = self._clause(*asked[1:])
        return str(lines[asked])

    def _clause(self, measure: str, version: str, part: str) -> str:
        known = self.version(measure, version)
        words = [self.measure(measure)]
        if known:
            words.append(of_language(known.source.title))
        rules: list[StageRule | DutyRule] = [*known.stages, *known.duties] if known else []
        name = part.rpartition(".")[2]
        words += [of_clause(rule) for rule in rules if part and rule.key == name and rule.clause][:1]
        return " · ".join(words)

    def _measure(self, name: str) -> Measure | None:
        books = self.laws.books().values()
        return next((book.measures[name] for book in books if name in book.measures), None)

    def _duty(self, row: DutyRecord) -> str:
        rule = self._duty_rule(row)
        kind = vocabulary.DUTIES.get(row.kind)
        words = of_language(rule.title) if rule and rule.title else ""
        return words or ((kind.zh if chinese() else kind.en) if kind else row.kind)

    def _duty_rule(self, row: DutyRecord) -> DutyRule | None:
        version = self.version(row.measure, row.version)
        name = row.clause.rpartition(".")[2]
        rules = [rule for rule in version.duties if rule.key == name] if version else []
        return next((rule for rule in rules if rule.stage == row.stage), rules[0] if rules else None)
