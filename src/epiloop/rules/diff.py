"""What differs between two rulebooks or two versions of a measure, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from typing import Any

from epiloop.core.errors import N_
from epiloop.rules.model import DutyRule, Length, Measure, Rulebook, Source, StageRule, Version


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, and what as a message id with its values."""

    measure: str
    version: str
    what: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        place = " ".join(part for part in (self.measure, self.version) if part)
        return f"{place}: {self.what % dict(self.values)}"


def diff_books(old: Rulebook, new: Rulebook) -> list[Change]:
    """Everything that adopting `new` in place of `old` changes in the law."""
    changes: list[Change] = []
    for name in sorted({*old.measures, *new.measures}):
        before, after = old.measures.get(name), new.measures.get(name)
        if before is None:
            changes.append(Change(name, "", N_("The measure is new.")))
        elif after is None:
            changes.append(Change(name, "", N_("The measure is gone; open loops of it close.")))
        else:
            changes.extend(_measures(before, after))
    changes.extend(_parameters(old, new))
    changes.extend(_exposures(old, new))
    return changes


def diff_versions(measure: str, old: Version, new: Version) -> list[Change]:
    """What a version changes against another one of the same measure, such as the one before it."""
    if old.repealed or new.repealed:
        if old.repealed == new.repealed:
            return []
        what = N_("The measure ends.") if new.repealed else N_("The measure begins again.")
        return [Change(measure, new.id, what)]
    changes = list(
        _fields(measure, new.id, "", old, new, skip={"id", "in_force", "issued", "stages", "duties", "line"})
    )
    changes += _parts(measure, new.id, N_("stage"), _stages(old), _stages(new))
    changes += _parts(measure, new.id, N_("duty"), _duties(old), _duties(new))
    return changes


def _measures(old: Measure, new: Measure) -> Iterator[Change]:
    before = {version.id: version for version in old.versions}
    after = {version.id: version for version in new.versions}
    for name in sorted({*before, *after}):
        if name not in before:
            day = (("day", after[name].in_force),)
            yield Change(new.name, name, N_("The version is new; it comes into force on %(day)s."), day)
        elif name not in after:
            yield Change(new.name, name, N_("The version is gone."))
        else:
            yield from _dates(new.name, before[name], after[name])
            yield from diff_versions(new.name, before[name], after[name])


def _dates(measure: str, old: Version, new: Version) -> Iterator[Change]:
    for name in ("in_force", "issued"):
        if getattr(old, name) != getattr(new, name):
            yield _changed(measure, new.id, name, getattr(old, name), getattr(new, name))


def _parameters(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for name in sorted({*old.parameters, *new.parameters}):
        before, after = old.parameters.get(name), new.parameters.get(name)
        if before != after:
            values = [
                "; ".join(f"{value.in_force}: {value.value}" for value in one.values) if one else "-"
                for one in (before, after)
            ]
            yield _changed(name, "", N_("parameter"), *values)


def _exposures(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for disease in sorted({*old.exposures, *new.exposures}):
        before, after = (_by_version(book, disease) for book in (old, new))
        for name in sorted({*before, *after}):
            for part in sorted({*before.get(name, {}), *after.get(name, {})}):
                values = [one.get(name, {}).get(part) for one in (before, after)]
                if values[0] != values[1]:
                    yield _changed(disease, name, f"exposure.{part}", *values)


def _by_version(book: Rulebook, disease: str) -> dict[str, dict[str, object]]:
    versions = book.exposures[disease].versions if disease in book.exposures else ()
    return {
        one.id: {
            **{name: str(value) for name, value in one.terms.items()},
            **{name: getattr(one, name) for name in ("in_force", "until", "repealed", "own")},
        }
        for one in versions
    }


def _stages(version: Version) -> dict[str, StageRule]:
    return {stage.key: stage for stage in version.stages}


def _duties(version: Version) -> dict[str, DutyRule]:
    return {f"{duty.key}@{duty.stage}" if duty.stage else duty.key: duty for duty in version.duties}


def _parts(measure: str, version: str, sort: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        named = (("name", name), ("sort", sort))
        if name not in new:
            yield Change(measure, version, N_("%(sort)s %(name)s is gone."), named)
        elif name not in old:
            yield Change(measure, version, N_("%(sort)s %(name)s is new."), named)
        else:
            yield from _fields(measure, version, f"{sort} {name}: ", old[name], new[name], skip={"key", "line"})


def _fields(measure: str, version: str, prefix: str, old: Any, new: Any, *, skip: set[str]) -> Iterator[Change]:
    for one in fields(old):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if one.name not in skip and before != after:
            yield _changed(measure, version, prefix + one.name.replace("_", " "), before, after)


def _changed(measure: str, version: str, name: str, old: object, new: object) -> Change:
    values = (("name", name), ("new", say(new)), ("old", say(old)))
    return Change(measure, version, N_("%(name)s was %(old)s, is %(new)s."), values)


def say(value: object) -> str:
    """A value of the model as a person would write it."""
    if isinstance(value, Length):
        return f"{value.days} d" if value.days else str(value.exact)
    if isinstance(value, Source):
        return value.title["en"]
    if isinstance(value, date | time | timedelta | str | int | float) or value is None:
        return "-" if value in (None, "") else str(value)
    if isinstance(value, Sequence):
        return ", ".join(map(say, value)) or "-"
    if isinstance(value, dict):
        return say(value.get("en", ""))
    named = [(one.name, getattr(value, one.name)) for one in fields(value)]  # type: ignore[arg-type]
    return " ".join(say(part) for name, part in named if part not in (None, "", ()) and name != "line")
