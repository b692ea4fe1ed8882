"""The terms of a clause: which shared time makes a contact. A rulebook gives them as a plain mapping.

Inside they are whole numbers (seconds, thousandths), so that two ways of adding up cannot differ by a rounding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.instants import ONE_DAY, start_of_day
from epiloop.exposure.visits import ANY_ROW, CARRIAGE, NO_SEAT, seconds

POINTS_PER_MINUTE = 60 * 1000
"""A point is a thousandth of a weighted second; scores are shown in weighted minutes."""
LARGEST_WEIGHT = 1000
LONGEST = 28 * 24 * 60
"""Minutes of the longest time that a term may name: check-ins are kept for 28 days at most (PRIVACY, R15)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How time shared at a kind of place counts.

    `minimum`: seconds together, over the whole window, from which the place counts. `lag`: seconds after the case left
    in which being there counts; `lag_minimum`: seconds within the lag from which the place counts. `weight`,
    `lag_weight`: thousandths. `rows`: seats further apart do not count; None if they do, or where there are none; in
    another carriage none counts.
    """

    minimum: int
    lag: int
    lag_minimum: int
    weight: int
    lag_weight: int
    rows: int | None

    def points(self, together: int, after: int) -> int:
        """What so many seconds are worth: nothing below both minimums, everything from one of them on."""
        if together < self.minimum and after < self.lag_minimum:
            return 0
        return self.weight * together + self.lag_weight * after

    def near(self, one: int, other: int) -> bool:
        """Whether two seats are near enough: in one carriage, and in rows near enough. What is not known of a seat may
        be near, so that nobody is missed.
        """
        if NO_SEAT in (one, other):
            return True
        (carriage, row), (other_carriage, other_row) = divmod(one, CARRIAGE), divmod(other, CARRIAGE)
        if carriage and other_carriage and carriage != other_carriage:
            return False
        return self.rows is None or ANY_ROW in (row, other_row) or abs(row - other_row) <= self.rows


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of a clause. `first`, `second`: points from which somebody is in ring 1 or 2; `second` None: the clause
    knows no ring 2. `latency`: seconds after the first exposure from which a contact may expose others.
    """

    clause: str
    window_days: int
    first: int
    second: int | None
    latency: int
    settings: Mapping[str, Setting]

    def setting(self, kind: str) -> Setting:
        """The setting of a kind of place: of its class of zone, else of the kind, else the default."""
        for name in (kind, kind.partition("/")[0]):
            if name in self.settings:
                return self.settings[name]
        return self.settings["default"]

    def threshold(self, ring: int) -> int:
        """Points from which somebody is in a ring. Raises InvalidInput where the clause has none."""
        if ring == 1:
            return self.first
        if ring == 2 and self.second is not None:
            return self.second
        raise InvalidInput(N_("The clause %(clause)s determines no ring %(ring)s."), clause=self.clause, ring=ring)

    def window(self, first_sign: date, until: datetime, zone: tzinfo) -> tuple[int, int]:
        """The seconds in which a case counts as infectious: from the start of the calendar day `window_days` before the
        onset (without symptoms: the sample), until isolated.
        """
        return seconds(start_of_day(first_sign - self.window_days * ONE_DAY, zone)), seconds(until)


_AMOUNTS: Mapping[str, tuple[str, int, int]] = {
    # name in the mapping -> (field, factor to whole units, largest value as written)
    "minimum_minutes": ("minimum", 60, LONGEST),
    "lag_hours": ("lag", 3600, LONGEST // 60),
    "lag_minimum_minutes": ("lag_minimum", 60, LONGEST),
    "weight": ("weight", 1000, LARGEST_WEIGHT),
    "lag_weight": ("lag_weight", 1000, LARGEST_WEIGHT),
    "rows": ("rows", 1, 1000),
}
_PLAIN: Mapping[str, int | None] = {
    "minimum": 1,
    "lag": 0,
    "lag_minimum": 1,
    "weight": 1000,
    "lag_weight": 0,
    "rows": None,
}
_TOP = ("clause", "window_days", "ring_1", "ring_2", "kinds")


def load_terms(given: Mapping[str, Any]) -> Terms:
    """Terms from plain values. What a kind leaves out is taken from the kind before the slash, then from the default.

    Raises InvalidInput that names the place of the mistake.
    """
    _known(given, _TOP, "")
    first, second = (_ring(given, name) for name in ("ring_1", "ring_2"))
    if first is None:
        raise InvalidInput(N_("A threshold is missing."), where="ring_1.minutes")
    return Terms(
        clause=_text(given, "clause"),
        window_days=_whole(given.get("window_days"), 1, "window_days", 60),
        first=first[0],
        second=second[0] if second else None,
        latency=second[1] if second else 0,
        settings=dict(_settings(_mapping(given.get("kinds"), "kinds"))),
    )


def _ring(given: Mapping[str, Any], name: str) -> tuple[int, int] | None:
    if given.get(name) is None:
        return None
    ring = _mapping(given[name], name)
    _known(ring, ("minutes", "latency_hours") if name == "ring_2" else ("minutes",), name)
    points = _whole(ring.get("minutes"), POINTS_PER_MINUTE, f"{name}.minutes", LONGEST * LARGEST_WEIGHT)
    if points < 1:
        raise InvalidInput(
            N_("Without a threshold the ring is the whole city."),
            where=f"{name}.minutes",
            remedy=N_("Give weighted minutes above 0."),
        )
    return points, _whole(ring.get("latency_hours", 0), 3600, f"{name}.latency_hours", LONGEST // 60)


def _settings(kinds: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    read = {name: _amounts(_mapping(kinds[name], f"kinds.{name}"), f"kinds.{name}") for name in kinds}
    default = dict(_PLAIN) | read.get("default", {})
    for name in {"default": None, **kinds}:
        own = default | read.get(name.partition("/")[0], {}) | read.get(name, {})
        yield name, Setting(**own)  # type: ignore[arg-type]  # only `rows` may be None, see _PLAIN


def _amounts(given: Mapping[str, Any], where: str) -> dict[str, int | None]:
    _known(given, _AMOUNTS, where)
    amounts: dict[str, int | None] = {}
    for name, value in given.items():
        field, factor, most = _AMOUNTS[name]
        amount = _whole(value, factor, f"{where}.{name}", most) if value is not None or field != "rows" else None
        amounts[field] = max(1, amount) if amount is not None and field.endswith("minimum") else amount
    return amounts


def _whole(value: Any, factor: int, where: str, most: int) -> int:
    """A number times a factor, which must come out whole. Decimals as written: 0.1 is a tenth."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise InvalidOperation
        number = Decimal(str(value)) * factor
        if not 0 <= number <= most * factor or number != number.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        message = N_("%(value)s is not a number from 0 to %(most)s that comes out whole in seconds or thousandths.")
        raise InvalidInput(message, where=where, value=repr(value), most=most) from None
    return int(number)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(N_("The terms must name their clause."), where=name)
    return value


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(N_("Names with values are expected here."), where=where)
    return value


def _known(given: Mapping[str, Any], names: Any, where: str) -> None:
    for name in given:
        if name not in names:
            message = N_("%(name)s is not a term; known are: %(choices)s.")
            raise InvalidInput(message, where=where, name=repr(name), choices=", ".join(names))
