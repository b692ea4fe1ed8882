"""One division of the tree, and one functional zone laid over it."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from epiloop.core.ids import derived
from epiloop.core.jurisdictions import Code, short

STREAM_KIND = "division"

_PLACEHOLDER = re.compile(r"^市辖区$|^县$|直辖县级行政(区划|单位)$|直辖村级区划|虚拟|类似(村|居)委")


def is_placeholder(name: str) -> bool:
    """Whether a name only fills a level of the code table ("市辖区", "...虚拟社区") and nobody governs there."""
    return bool(_PLACEHOLDER.search(name))


def stream_of(code: Code) -> UUID:
    """The stream that holds a division's events: the same for the same number, for ever."""
    return derived(STREAM_KIND, short(code))


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city, county, township, community, grid or micro-grid, as it is in [since, until).

    `parent` comes from the table, not from the digits. `pinyin` is the whole name without tones or spaces,
    `initials` the first letter of each syllable. A `placeholder` owns nothing: its duties go to the next one up.
    """

    code: Code
    level: str
    parent: Code | None
    name: str
    name_en: str = ""
    pinyin: str = ""
    initials: str = ""
    placeholder: bool = False
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this is how the division is on a day; an open end means always."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Zone:
    """A functional zone (开发区, 高新区) that governs some divisions at the rank of `level` in [since, until)."""

    code: Code
    level: str
    parent: Code
    name: str
    territory: tuple[Code, ...]
    since: date
    until: date | None = None
    source: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the zone governs its territory on a day."""
        return self.since <= day and (self.until is None or day < self.until)
