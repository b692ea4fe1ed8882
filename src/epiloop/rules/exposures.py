"""Terms of exposure in a rulebook: dated and sourced like a measure, plain values that `exposure` reads.

The rule language knows their shape and what a number may be; what they mean stands in `exposure.terms`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from epiloop.core.errors import N_
from epiloop.rules.build import build_scope, build_source
from epiloop.rules.model import Exposure, ExposureVersion
from epiloop.rules.text import Document, Path
from epiloop.rules.words import check_versions

TERMS = ("window_days", "ring_1", "ring_2", "kinds")
_STEPS = {"minutes": 60_000, "minimum_minutes": 60, "lag_minimum_minutes": 60, "lag_hours": 3600, "latency_hours": 3600}
_STEPS |= {"weight": 1000, "lag_weight": 1000}
"""What a number times this must come out whole in: seconds, or thousandths."""


def check_exposure(document: Document) -> None:
    """Report what a JSON Schema cannot see: days that do not fit, numbers between two seconds, parts that are not
    there.
    """
    versions = document.value["versions"]
    check_versions(document, versions)
    for index, version in enumerate(versions):
        for place, number in _numbers({name: version[name] for name in TERMS if name in version}):
            step = _STEPS.get(str(place[-1]))
            if step and (Decimal(str(number)) * step) % 1:
                what = N_("%(value)s does not come out whole in seconds or thousandths.")
                document.report(("versions", index, *place), what, value=number)
        for at, part in enumerate(version.get("own", ())):
            if not _is_there(version, part):
                what = N_("%(part)s is not a part of these terms.")
                document.report(("versions", index, "own", at), what, part=part)


def build_exposure(document: Document) -> Exposure:
    """The terms of one checked file."""
    raw = document.value
    versions = [_version(item, document.line(("versions", at))) for at, item in enumerate(raw["versions"])]
    versions.sort(key=lambda version: version.in_force)
    return Exposure(raw["exposure"], raw["title"], tuple(versions), document.path)


def _version(raw: Mapping[str, Any], line: int) -> ExposureVersion:
    return ExposureVersion(
        id=raw["version"],
        in_force=date.fromisoformat(raw["in_force"]),
        issued=date.fromisoformat(raw.get("issued", raw["in_force"])),
        source=build_source(raw["source"]),
        until=date.fromisoformat(raw["until"]) if "until" in raw else None,
        scope=build_scope(raw["scope"]) if "scope" in raw else None,
        repealed=raw.get("repealed", False),
        terms={name: raw[name] for name in TERMS if name in raw},
        own=tuple(raw.get("own", ())),
        note=raw.get("note", ""),
        line=line,
    )


def _numbers(raw: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, int | float]]:
    for name, value in raw.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, (*path, name))
        elif value is not None:
            yield (*path, name), value


def _is_there(version: Mapping[str, Any], part: str) -> bool:
    """Whether a part named like `ring_1`, `kinds`, `kinds.train` or `kinds.train.rows` is there."""
    value: Any = {name: version[name] for name in TERMS if name in version}
    for name in part.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = value[name]
    return True
